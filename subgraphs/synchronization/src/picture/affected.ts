import type { CustomerOrderRecord, Forecast } from '@takt/forecasts/contract';
import type { InventoryPosition, TransferOrderRecord } from '@takt/inventory/contract';
import type { ProductionOrder } from '@takt/production-orders/contract';
import type {
  BillOfMaterialRecord,
  CalendarRecord,
  ItemLocationRecord,
  LocationRecord,
  ProductRecord,
  RoutingRecord,
} from '@takt/products/contract';
import type { SupplierCommitment } from '@takt/supplier-commitments/contract';
import type { WorkCenter } from '@takt/work-centers/contract';
import type { PlanningUnitKey } from './unit-facts.ts';

/** Whom a change concerns: one item at a location, or all that hang on something. */
export type Concern =
  | ({ readonly kind: 'UNIT' } & PlanningUnitKey)
  /** The item at every location. */
  | { readonly kind: 'ITEM'; readonly sku: string }
  /** Every item there. */
  | { readonly kind: 'LOCATION'; readonly location: string }
  /** Whatever goes by it: items at locations, and orders at work centers. */
  | { readonly kind: 'CALENDAR'; readonly calendar: string }
  /** Items that open orders make there. */
  | { readonly kind: 'ORDERS_AT'; readonly workCenter: string }
  /** Items that routings lead there, whether there are orders or not. */
  | { readonly kind: 'MADE_AT'; readonly workCenter: string };

interface Affected {
  readonly concerns: readonly Concern[];
  /** How soon changes of these items are judged is another than before, also of those that wait already. */
  readonly movesCadence: boolean;
}

/** A document before and after something happened to it; neither is there if it is new, or gone. */
export interface HeardChange {
  /** Of its aggregate. */
  readonly noun: string;
  readonly before?: object | undefined;
  readonly after?: object | undefined;
  readonly event?: { readonly type: string } | undefined;
}

/**
 * Which items at which locations have to be looked at again, whether for what they were or for what they are now. What
 * changes nothing that is planned with, such as a description or the acknowledgement of a revision, concerns nobody. An
 * order concerns what it makes and what it takes; that it loads a work center differently does not concern the other
 * orders there, which are looked at when something happens to them or to the work center.
 */
export function affected({ noun, before, after, event }: HeardChange): Affected {
  const states = [before, after].filter((state) => state !== undefined);
  const concerning = (concerns: readonly Concern[], movesCadence = false): Affected => ({
    concerns: distinct(concerns),
    movesCadence,
  });
  const differ = (fields: readonly string[]) =>
    !before || !after || fields.some((field) => !isSame(Reflect.get(before, field), Reflect.get(after, field)));

  switch (noun) {
    case 'Product':
      if (!differ(PLANNED_BY)) return NOBODY;
      return concerning((states as ProductRecord[]).map(({ sku }) => ({ kind: 'ITEM', sku })));
    case 'ItemLocation':
      return concerning((states as ItemLocationRecord[]).map(unit), differ(REFRESHED_BY));
    case 'Location':
      if (!differ(TIMED_BY)) return NOBODY;
      return concerning((states as LocationRecord[]).map(({ code }) => ({ kind: 'LOCATION', location: code })));
    case 'Calendar':
      return concerning((states as CalendarRecord[]).map(({ code }) => ({ kind: 'CALENDAR', calendar: code })));
    case 'BillOfMaterial':
      return concerning((states as BillOfMaterialRecord[]).flatMap(inBillOfMaterial));
    case 'Routing':
      return concerning((states as RoutingRecord[]).flatMap(({ sku, location }) => units(location, [sku])));
    case 'Forecast':
    case 'CustomerOrder':
    case 'InventoryPosition':
    case 'SupplierCommitment':
      return concerning(
        (states as (Forecast | CustomerOrderRecord | InventoryPosition | SupplierCommitment)[]).map(unit),
      );
    case 'TransferOrder':
      return concerning(
        (states as TransferOrderRecord[]).flatMap(({ sku, origin, destination }) => [
          ...units(origin, [sku]),
          ...units(destination, [sku]),
        ]),
      );
    case 'ProductionOrder':
      if (event && ACKNOWLEDGEMENTS.has(event.type)) return NOBODY;
      return concerning((states as ProductionOrder[]).flatMap(inOrder));
    case 'WorkCenter':
      return ofWorkCenter(before as WorkCenter | undefined, after as WorkCenter | undefined);
    default:
      return NOBODY;
  }
}

const NOBODY: Affected = { concerns: [], movesCadence: false };

/** What of a product's record is planned with. */
const PLANNED_BY: readonly (keyof ProductRecord)[] = [
  'type',
  'baseUnit',
  'unitConversions',
  'family',
  'lifecycle',
  'procurement',
  'criticality',
];

const REFRESHED_BY: readonly (keyof ItemLocationRecord)[] = ['refreshClass'];
const TIMED_BY: readonly (keyof LocationRecord)[] = ['calendar', 'timeZone'];

/** What the owner of an order says of a revision, or of what it was told, while the order stays as it is. */
const ACKNOWLEDGEMENTS: ReadonlySet<string> = new Set([
  'ScheduleRevisionSent',
  'ScheduleRevisionApplied',
  'WriteBackSettled',
]);

const STANDS_STILL: ReadonlySet<string | undefined> = new Set(['DOWN', 'MAINTENANCE']);

function ofWorkCenter(before: WorkCenter | undefined, after: WorkCenter | undefined): Affected {
  const { code } = after ?? before ?? { code: '' };
  const becameConstrained = (before?.constrained ?? false) !== (after?.constrained ?? false);
  const isAsBefore = isSame(capacityIn(before), capacityIn(after)) && isSame(standstillIn(before), standstillIn(after));
  return {
    concerns: [
      ...(isAsBefore ? [] : [{ kind: 'ORDERS_AT', workCenter: code } as const]),
      ...(becameConstrained ? [{ kind: 'MADE_AT', workCenter: code } as const] : []),
    ],
    movesCadence: becameConstrained,
  };
}

function capacityIn(workCenter: WorkCenter | undefined) {
  if (!workCenter) return undefined;
  const { capacity, efficiencyPercent, calendar, capacityCalendar, shifts, timeZone } = workCenter;
  return { capacity, efficiencyPercent, calendar, capacityCalendar, shifts, timeZone };
}

/** Since when it stands still, and until when as far as is known; undefined while it can work. */
function standstillIn(workCenter: WorkCenter | undefined) {
  const { status } = workCenter ?? {};
  return STANDS_STILL.has(status?.state) ? { since: status?.since, expectedEnd: status?.expectedEnd } : undefined;
}

function inOrder({ sku, location, components }: ProductionOrder): Concern[] {
  return units(location, [sku, ...components.map((component) => component.sku)]);
}

function inBillOfMaterial({ sku, location, lines, outputs = [] }: BillOfMaterialRecord): Concern[] {
  return units(location, [sku, ...lines.map(({ component }) => component), ...outputs.map((output) => output.sku)]);
}

function units(location: string, skus: readonly (string | undefined)[]): Concern[] {
  return skus.flatMap((sku) => (sku === undefined ? [] : [unit({ sku, location })]));
}

function unit({ sku, location }: PlanningUnitKey): Concern {
  return { kind: 'UNIT', sku, location };
}

function distinct(concerns: readonly Concern[]): Concern[] {
  return [...new Map(concerns.map((concern) => [JSON.stringify(concern), concern])).values()];
}

/** Of what came as JSON; the order of fields counts, which costs another look at most. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
