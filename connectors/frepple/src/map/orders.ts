import { multiply } from '@takt/quantity';
import { Temporal } from 'temporal-polyfill';
import type { FixtureRecord } from '../record-set.ts';
import type { ImportRun, MessageData } from './import-run.ts';
import { present } from './import-run.ts';
import { isContainer, perUnit } from './plant.ts';
import { agreementId } from './supply.ts';

type OperationPlan = FixtureRecord<'input.operationplan'>;
type Operation = FixtureRecord<'input.operation'>;
type PlannedOperation = MessageData<'ProductionOrderReported'>['operations'][number];
type Component = MessageData<'ProductionOrderReported'>['components'][number];

/** Customer orders, supplier commitments, transfer orders and production orders. */
export function mapOrders(run: ImportRun): void {
  const { records } = run.plant;
  for (const record of records.all('input.demand')) mapDemand(run, record);
  for (const record of records.all('input.operationplan')) {
    const { type = 'MO', owner } = record.values;
    if (type === 'PO') mapPurchaseOrder(run, record);
    else if (type === 'DO') mapDistributionOrder(run, record);
    else if (type !== 'MO')
      run.leaveOut(record, type === 'STCK' ? 'it repeats stock on hand' : 'it repeats a customer order');
    else if (owner === undefined) mapManufacturingOrder(run, record);
    else run.leaveOut(record, 'it is a step of another order');
  }
}

const DEMAND_STATUS = {
  inquiry: 'INQUIRY',
  quote: 'QUOTE',
  open: 'OPEN',
  closed: 'CLOSED',
  canceled: 'CANCELLED',
} as const;

function mapDemand(run: ImportRun, record: FixtureRecord<'input.demand'>): void {
  const {
    name,
    item,
    location,
    customer,
    operation,
    due,
    quantity,
    priority,
    status = 'open',
    minshipment,
  } = record.values;
  if (location === undefined || customer === undefined) {
    run.leaveOut(record, `its ${location === undefined ? 'location' : 'customer'} is not told`);
    return;
  }
  const data = {
    id: name,
    sku: item,
    location,
    customer,
    dueAt: run.instant(due),
    quantity: run.plant.quantityOf(item, quantity),
    priority,
    status: DEMAND_STATUS[status],
    minimumShipment: run.plant.quantityOf(item, minshipment),
    routing: operation,
  };
  run.report('CustomerOrderReported', present(data), [record]);
}

function mapPurchaseOrder(run: ImportRun, record: OperationPlan): void {
  const { reference, item, location, supplier, quantity, startdate, enddate, status = 'proposed' } = record.values;
  if (item === undefined || location === undefined || supplier === undefined) return;
  const { records } = run.plant;
  const terms =
    records.find('input.itemsupplier', item, location, supplier, '') ??
    records.find('input.itemsupplier', item, '', supplier, '');
  const isCommitted = status !== 'proposed' && status !== 'approved';
  if (status === 'completed' || status === 'closed') run.leaveOutField(record, 'status');
  const required = run.plant.quantityOf(item, quantity);
  const requiredOn = (enddate ?? startdate)?.slice(0, 10) ?? '';
  const data = {
    id: reference,
    supplier,
    sku: item,
    location,
    agreement: terms === undefined ? undefined : agreementId(supplier, item, terms.values.location),
    document: reference,
    level: status === 'proposed' ? ('PLANNED' as const) : ('FIRM' as const),
    required,
    requiredOn,
    committed: isCommitted ? required : undefined,
    committedOn: isCommitted ? requiredOn : undefined,
    confirmation: isCommitted ? ('ACCEPTED' as const) : ('PENDING' as const),
    orderedOn: startdate?.slice(0, 10),
  };
  run.report('SupplierCommitmentReported', present(data), [record]);
}

const TRANSFER_STATE = {
  proposed: 'PROPOSED',
  approved: 'FIRMED',
  confirmed: 'FIRMED',
  completed: 'RECEIVED',
  closed: 'RECEIVED',
} as const;

function mapDistributionOrder(run: ImportRun, record: OperationPlan): void {
  const { reference, item, origin, destination, quantity, startdate, enddate, status = 'proposed' } = record.values;
  const shipped = startdate ?? enddate;
  if (item === undefined || origin === undefined || destination === undefined || shipped === undefined) return;
  const data = {
    id: reference,
    sku: item,
    origin,
    destination,
    quantity: run.plant.quantityOf(item, quantity),
    shipAt: run.instant(shipped),
    receiveAt: enddate === undefined ? undefined : run.instant(enddate),
    state: TRANSFER_STATE[status],
  };
  run.report('TransferOrderReported', present(data), [record]);
}

/** frePPLe may still reschedule what is approved; what is confirmed is on the floor and frozen. */
const PRODUCTION_STATE = {
  proposed: 'PROPOSED',
  approved: 'FIRMED',
  confirmed: 'RELEASED',
  completed: 'DELIVERED',
  closed: 'CLOSED',
} as const;

function mapManufacturingOrder(run: ImportRun, record: OperationPlan): void {
  const { plant } = run;
  const { reference, quantity, startdate, enddate, status = 'proposed', quantity_completed } = record.values;
  const operation = plant.records.find('input.operation', record.values.operation ?? '');
  const sku = record.values.item ?? (operation && plant.productOf(operation));
  const location = record.values.location ?? (operation && plant.locationOf(operation));
  if (sku === undefined || location === undefined) {
    run.leaveOut(record, `its ${sku === undefined ? 'item' : 'location'} is not told`);
    return;
  }
  const steps = operation === undefined ? [] : stepsOf(run, operation);
  const seconds = steps.reduce((total, step) => total + workSeconds(step, quantity), 0);
  const start = startdate ?? shift(enddate ?? '', -seconds);
  const end = enddate ?? shift(start, seconds);
  const isDone = status === 'completed' || status === 'closed';
  const delivered = quantity_completed ?? (isDone ? quantity : undefined);
  const data = {
    id: reference,
    sku,
    location,
    quantity: plant.quantityOf(sku, quantity),
    scheduledStart: run.instant(start),
    scheduledEnd: run.instant(end),
    routing: record.values.operation,
    operations: steps.map((step, index) => plannedOperation(run, step, index + 1, quantity)),
    components: componentsOf(run, record, steps),
    state: PRODUCTION_STATE[status],
    sourceStatuses: [status],
    frozen: status === 'confirmed',
    delivered: plant.quantityOf(sku, delivered),
  };
  run.report('ProductionOrderReported', present(data), [record]);
}

/** The steps of a routing; of alternates, which one is taken is not told. */
function stepsOf({ plant }: ImportRun, operation: Operation): readonly Operation[] {
  if (operation.values.type === 'routing') return plant.childrenOf(operation);
  return isContainer(operation) ? [] : [operation];
}

function workSeconds({ values: { duration = '0', duration_per = '0' } }: Operation, quantity: string): number {
  return Number(duration) + Number(duration_per) * Number(quantity);
}

/** Around the clock: when the order really ends depends on calendars that are the scheduler's business. */
function shift(local: string, seconds: number): string {
  const most = Math.sign(seconds) * Math.min(Math.abs(Math.round(seconds)), LONGEST_WORK_SECONDS);
  return Temporal.PlainDateTime.from(local).add({ seconds: most }).toString({ smallestUnit: 'second' });
}

/** A century. */
const LONGEST_WORK_SECONDS = 100 * 365 * 86_400;

function plannedOperation(run: ImportRun, step: Operation, place: number, quantity: string): PlannedOperation {
  const [first] = run.plant.resourcesOf(step);
  const sequence = place * 10;
  return present({
    sequence,
    name: step.values.name,
    workCenter: first?.values.resource,
    plannedMinutes: workSeconds(step, quantity) / 60,
  });
}

function componentsOf(run: ImportRun, order: OperationPlan, steps: readonly Operation[]): Component[] {
  const { plant } = run;
  const consumed = steps.flatMap((step, index) =>
    plant
      .consumedBy(step)
      .flatMap(([material]) => (material === undefined ? [] : { material, operation: (index + 1) * 10 })),
  );
  return consumed.map(({ material, operation }, index) => {
    const { item, type, quantity_fixed = '0' } = material.values;
    const each = perUnit(material);
    const isFixed = each === '0' || type === 'fixed_start' || type === 'fixed_end';
    const perOrder = plant.quantityOf(item, magnitude(each === '0' ? quantity_fixed : each));
    const scaled = isFixed ? perOrder : run.exact(order, 'quantity', () => multiply(perOrder, order.values.quantity));
    return { position: (index + 1) * 10, sku: item, required: scaled ?? perOrder, operation };
  });
}

function magnitude(value: string): string {
  return value.startsWith('-') ? value.slice(1) : value;
}
