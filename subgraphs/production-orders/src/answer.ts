import type { DecisionContext } from '@takt/intake';
import type { ProductionOrderFact, ScheduleRevision } from './events.ts';
import type { ScheduleRevisionAnswer } from './messages.ts';
import type { ProductionOrder } from './order.ts';
import { endsBeforeStart, utc } from './plan.ts';
import { nextRevision } from './revise-schedule.ts';
import { isPending, undone, withSchedule } from './schedule.ts';

/**
 * What the owning system's answer changes of a revision that was sent to it. One that a report has settled in the
 * meantime stays as it is. A refused one no longer holds: what it changed is as it was before, unless something else has
 * changed it since.
 */
export function acceptAnswer(
  order: ProductionOrder,
  { number, outcome, reason }: ScheduleRevisionAnswer,
  context: DecisionContext,
): readonly ProductionOrderFact[] {
  const revision = order.scheduleRevisions.find((each) => each.number === number);
  if (!revision || !isPending(revision)) return [];
  const { id } = order;
  switch (outcome) {
    case 'TAKEN':
      return revision.state === 'SENT' ? [] : [{ type: 'ScheduleRevisionSent', data: { id, number } }];
    case 'APPLIED':
      return [{ type: 'ScheduleRevisionApplied', data: { id, number, answeredAt: utc(context.time) } }];
    case 'REFUSED': {
      const why = reason ?? 'The system that owns the order refused it.';
      return [
        { type: 'ScheduleRevisionRejected', data: { id, number, reason: why } },
        ...restored(order, revision, context),
      ];
    }
  }
}

function restored(
  order: ProductionOrder,
  rejected: ScheduleRevision,
  context: DecisionContext,
): readonly ProductionOrderFact[] {
  const change = undone(order, rejected);
  if (!change) return [];
  const before = withSchedule(order, change.to);
  // The rest of the plan has moved on: the owner's next report says what holds.
  if (endsBeforeStart(before) || before.operations.some(endsBeforeStart)) return [];
  const revision = {
    number: nextRevision(order),
    ...change,
    cause: context.cause,
    revisedAt: utc(context.time),
    state: 'APPLIED' as const,
  };
  return [{ type: 'ProductionOrderRescheduled', data: { id: order.id, revision } }];
}
