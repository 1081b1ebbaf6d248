import type { ProductionOrder } from '@takt/production-orders/contract';
import type { RoutingRecord } from '@takt/products/contract';
import { quantity, type Quantity } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { componentsOf } from './components.ts';
import type { JobOperation, Placement } from './job.ts';
import { instant } from './work-center-time.ts';

/** An order that is to be made, as it would be kept. */
export function newOrder(
  id: string,
  facts: UnitFacts,
  routing: RoutingRecord | undefined,
  over: Quantity,
  work: readonly JobOperation[],
  placement: Placement,
): ProductionOrder {
  const none = quantity('0', over.unit);
  const confirmed = { yield: none, scrap: none, rework: none };
  const operations = (routing ? work : []).map(({ sequence, name }, index): ProductionOrder['operations'][number] => {
    const { start = 0, end = 0, place } = placement[index] ?? {};
    return {
      sequence,
      ...(name !== undefined && { name }),
      ...(place && { workCenter: place.workCenter, plannedMinutes: place.minutes }),
      scheduledStart: instant(start),
      scheduledEnd: instant(end),
      reported: {},
      state: 'PLANNED',
      confirmed,
    };
  });
  const scheduledStart = instant(placement[0]?.start ?? 0);
  return {
    id,
    sku: facts.sku,
    location: facts.location,
    owner: 'TAKT',
    quantity: over,
    scheduledStart,
    scheduledEnd: instant(placement.at(-1)?.end ?? 0),
    ...(routing && { routing: routing.id }),
    stage: 'PLANNED',
    state: 'PLANNED',
    sourceStatuses: [],
    frozen: false,
    materialShortage: false,
    onHold: false,
    confirmed,
    operations,
    workCenters: [...new Set(operations.flatMap(({ workCenter }) => workCenter ?? []))],
    components: componentsOf(facts, routing, over, scheduledStart.slice(0, 10)),
    confirmations: [],
    qualityHolds: [],
    substitutions: [],
    scheduleRevisions: [],
  };
}

/** The routing by which an item is made: of several the one with the lowest priority number. */
export function routingOf({ routings }: UnitFacts): RoutingRecord | undefined {
  const byPriority = (a: RoutingRecord, b: RoutingRecord) =>
    (a.priority ?? 0) - (b.priority ?? 0) || (a.id < b.id ? -1 : 1);
  return [...routings].filter(({ operations }) => operations.length > 0).sort(byPriority)[0];
}
