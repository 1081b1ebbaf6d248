import { bucketStart, localDateAt } from '@takt/planning-time';
import type { Decision, DecisionLine } from '../judgement/decision.ts';
import type { ScheduleProposal } from '../scheduling/scheduler.ts';

/**
 * Whether a proposal is carried out without asking: it needs no approval, and the line that it is for says RECALCULATE.
 * It is for the first line whose week does not end before it, since supply serves what is needed from then on; else for
 * the last one.
 */
export function isAutomatic(proposal: ScheduleProposal, decision: Decision, timeZone: string): boolean {
  if (proposal.needsApproval) return false;
  const lines = schedulingLines(decision);
  const week = weekOf(proposal, timeZone);
  const line = lines.find((each) => week === undefined || each.week >= week) ?? lines.at(-1);
  return line?.outcome === 'RECALCULATE';
}

/** Lines for which the schedule is to follow, in order of time. */
export function schedulingLines({ lines }: Pick<Decision, 'lines'>): DecisionLine[] {
  return lines
    .filter(({ outcome }) => outcome === 'RECALCULATE' || outcome === 'PROPOSE')
    .sort((one, other) => (one.week < other.week ? -1 : 1));
}

/** Monday of the week in which what is proposed will be there; undefined if only a quantity changes. */
function weekOf(proposal: ScheduleProposal, timeZone: string): string | undefined {
  const { scheduledEnd } = proposal;
  return scheduledEnd === undefined ? undefined : bucketStart(localDateAt(timeZone, scheduledEnd), 'WEEK');
}
