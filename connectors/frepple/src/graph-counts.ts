import type { ModelName } from './models.ts';
import { readRecords } from './read-records.ts';
import type { FixtureFile } from './read-records.ts';
import type { FixtureRecord, RecordSet } from './record-set.ts';

/** How the records of one model are counted in the graph after an import into an empty one. */
export interface GraphCount {
  readonly model: ModelName;
  /** Only these of the model's records. */
  readonly type?: 'PO' | 'DO' | 'MO';
  readonly counter: Counter;
  /** Where the same number is found in the graph. */
  readonly inGraph: string;
}

export type Counter =
  | 'locations'
  | 'calendars'
  | 'calendarPeriods'
  | 'customers'
  | 'products'
  | 'operations'
  | 'materials'
  | 'operationWorkCenters'
  | 'inventoryPositions'
  | 'workCenters'
  | 'skills'
  | 'workCenterSkills'
  | 'suppliers'
  | 'supplyAgreements'
  | 'distributionLanes'
  | 'customerOrders'
  | 'supplierCommitments'
  | 'transferOrders'
  | 'productionOrders'
  | 'forecasts';

export const graphCounts: readonly GraphCount[] = [
  { model: 'input.location', counter: 'locations', inGraph: 'locations.totalCount' },
  { model: 'input.calendar', counter: 'calendars', inGraph: 'calendars.totalCount' },
  { model: 'input.calendarbucket', counter: 'calendarPeriods', inGraph: 'sum of the calendars’ periods' },
  { model: 'input.customer', counter: 'customers', inGraph: 'customers.totalCount' },
  { model: 'input.item', counter: 'products', inGraph: 'products.totalCount' },
  { model: 'input.operation', counter: 'operations', inGraph: 'distinct ids of routings and of their operations' },
  {
    model: 'input.operationmaterial',
    counter: 'materials',
    inGraph: 'sum of the bills of material’s lines, their substitutes and outputs',
  },
  {
    model: 'input.operationresource',
    counter: 'operationWorkCenters',
    inGraph: 'sum of the work centers of the routings’ operations',
  },
  { model: 'input.buffer', counter: 'inventoryPositions', inGraph: 'inventoryPositions.totalCount' },
  { model: 'input.resource', counter: 'workCenters', inGraph: 'workCenters.totalCount' },
  { model: 'input.skill', counter: 'skills', inGraph: 'distinct names of the work centers’ skills' },
  { model: 'input.resourceskill', counter: 'workCenterSkills', inGraph: 'sum of the work centers’ skills' },
  { model: 'input.supplier', counter: 'suppliers', inGraph: 'suppliers.totalCount' },
  { model: 'input.itemsupplier', counter: 'supplyAgreements', inGraph: 'supplyAgreements.totalCount' },
  { model: 'input.itemdistribution', counter: 'distributionLanes', inGraph: 'distributionLanes.totalCount' },
  { model: 'input.demand', counter: 'customerOrders', inGraph: 'customerOrders.totalCount' },
  {
    model: 'input.operationplan',
    type: 'PO',
    counter: 'supplierCommitments',
    inGraph: 'supplierCommitments.totalCount',
  },
  { model: 'input.operationplan', type: 'DO', counter: 'transferOrders', inGraph: 'transferOrders.totalCount' },
  { model: 'input.operationplan', type: 'MO', counter: 'productionOrders', inGraph: 'productionOrders.totalCount' },
  { model: 'forecast.forecast', counter: 'forecasts', inGraph: 'forecasts.totalCount' },
];

/** What the graph should count after these files: their distinct records, counted without looking at any message. */
export function expectedCounts(files: readonly FixtureFile[]): Record<Counter, number> {
  const { records } = readRecords(files);
  return Object.fromEntries(graphCounts.map((count) => [count.counter, countRecords(records, count)])) as Record<
    Counter,
    number
  >;
}

function countRecords(records: RecordSet, { model, type }: GraphCount): number {
  if (model === 'input.buffer') return positionsOf(records).size;
  if (type === undefined) return records.all(model).length;
  return records.all('input.operationplan').filter((plan) => isOrder(plan, type)).length;
}

/** Buffers of one item at one location differ by batch: together they are one position. */
function positionsOf(records: RecordSet): Set<string> {
  return new Set(records.all('input.buffer').map(({ values }) => JSON.stringify([values.item, values.location])));
}

/** A manufacturing order with an owner is a step of that one. */
function isOrder({ values }: FixtureRecord<'input.operationplan'>, type: 'PO' | 'DO' | 'MO'): boolean {
  return (values.type ?? 'MO') === type && (type !== 'MO' || values.owner === undefined);
}
