import type { ProductionOrder } from '@takt/production-orders/contract';
import type { ChangedOrder } from './recalculation.ts';
import type { ScheduleProposal } from './scheduler.ts';

export function proposalOf({ unit, before, after, reason }: ChangedOrder): ScheduleProposal {
  const { scheduledStart, scheduledEnd, quantity } = after;
  const starts = [before, after].flatMap((order) => (order ? [Date.parse(order.scheduledStart)] : []));
  const needsApproval = Math.min(...starts) < Date.parse(unit.slushyUntil);
  if (!before) {
    const { sku, location, routing, components } = after;
    const operations = after.operations.map(({ sequence, name, workCenter, plannedMinutes, ...at }) => ({
      sequence,
      ...(name !== undefined && { name }),
      ...(workCenter !== undefined && { workCenter }),
      ...(plannedMinutes !== undefined && { plannedMinutes }),
      ...(at.scheduledStart !== undefined && { scheduledStart: at.scheduledStart }),
      ...(at.scheduledEnd !== undefined && { scheduledEnd: at.scheduledEnd }),
    }));
    return {
      kind: 'CREATE',
      sku,
      location,
      quantity,
      scheduledStart,
      scheduledEnd,
      ...(routing !== undefined && { routing }),
      operations,
      components: [...components],
      needsApproval,
      reason,
    };
  }
  const operations = movedOperations(before, after);
  return {
    kind: 'REVISE',
    order: after.id,
    ...(scheduledStart !== before.scheduledStart && { scheduledStart }),
    ...(scheduledEnd !== before.scheduledEnd && { scheduledEnd }),
    ...(quantity.value !== before.quantity.value && { quantity }),
    ...(operations.length > 0 && { operations }),
    needsApproval,
    reason,
  };
}

function movedOperations(before: ProductionOrder, after: ProductionOrder) {
  return after.operations.flatMap(({ sequence, workCenter, scheduledStart, scheduledEnd }, index) => {
    const old = before.operations[index];
    if (scheduledStart === undefined || scheduledEnd === undefined) return [];
    const isElsewhere = workCenter !== old?.workCenter;
    if (!isElsewhere && scheduledStart === old?.scheduledStart && scheduledEnd === old.scheduledEnd) return [];
    return [{ sequence, ...(isElsewhere && workCenter !== undefined && { workCenter }), scheduledStart, scheduledEnd }];
  });
}
