import type { ProductionOrder } from '@takt/production-orders/contract';
import type { BillOfMaterialRecord, RoutingRecord } from '@takt/products/contract';
import { convert, isZero, quantity, type Quantity } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { planningMeasure } from '../supply-demand/planning-measure.ts';
import type { JobOperation, Placement } from './job.ts';
import { grossOf } from './lot-size.ts';
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

/**
 * What the bill of material asks for, which is valid on a date: base quantities of it times what a line takes, and what
 * is expected to be scrap of that; a fixed line takes the same whatever is made.
 */
function componentsOf(
  facts: UnitFacts,
  routing: RoutingRecord | undefined,
  over: Quantity,
  date: string,
): ProductionOrder['components'] {
  const bill = billOf(facts, routing, date);
  const base = bill && planningMeasure(facts)?.measure(bill.baseQuantity, 'COMPONENT', bill.id);
  if (!bill || !base || isZero(base)) return [];
  const holds = ({ effectiveFrom = '', effectiveTo = '9999' }: BillOfMaterialRecord['lines'][number]) =>
    effectiveFrom <= date && date < effectiveTo;
  return bill.lines
    .filter((line) => holds(line) && !isZero(line.quantity))
    .map(({ position, component, quantity: per, fixed, scrapPercent = 0, operation }) => {
      const step = routing?.operations.find(({ id }) => id === operation);
      return {
        position,
        sku: component,
        required: grossOf(fixed ? per : times(over, per, base), scrapPercent),
        ...(step && { operation: step.sequence }),
      };
    });
}

function billOf({ billsOfMaterial }: UnitFacts, routing: RoutingRecord | undefined, date: string) {
  const valid = billsOfMaterial.filter(({ validFrom = '', validTo = '9999' }) => validFrom <= date && date < validTo);
  return valid.find((bill) => bill.routing !== undefined && bill.routing === routing?.id) ?? valid[0];
}

function times(over: Quantity, per: Quantity, base: Quantity): Quantity {
  const ratio = [
    { unit: 'made', numerator: per.value, denominator: base.value },
    { unit: 'taken', numerator: '1', denominator: '1' },
  ];
  return { value: convert({ value: over.value, unit: 'made' }, 'taken', ratio).value, unit: per.unit };
}
