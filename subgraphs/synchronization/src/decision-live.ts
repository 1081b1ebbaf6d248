import type { EventLog } from '@takt/event-log';
import { liveChanges } from '@takt/subgraph-server';
import type { Decision, DecisionOutcome } from './judgement/decision.ts';
import { decisionRecord, type DecisionRecord } from './judgement/decision-follower.ts';

export interface DecisionsAsked {
  readonly plant?: string | null;
  readonly outcome?: readonly DecisionOutcome[] | null;
  readonly after?: string | null;
}

/** Decisions as they are made, of one plant and with some outcomes if so asked. */
export function decisionsMade(log: EventLog, { plant, outcome, after }: DecisionsAsked) {
  return liveChanges(log, after, (event): { readonly decision: DecisionRecord } | undefined => {
    if (event.type !== 'DecisionMade') return undefined;
    const decision = event.data as Decision;
    if (plant != null && decision.observation.location !== plant) return undefined;
    if (outcome != null && !outcome.includes(decision.outcome)) return undefined;
    return { decision: decisionRecord(decision, event.correlationid) };
  });
}
