import type { Answer } from '@takt/backing-system';
import type { CloudEvent } from '@takt/event-log';
import type { ReferenceKind } from '@takt/mapping';
import { Temporal } from 'temporal-polyfill';

/** What is to be imported into one of frePPLe's models: one row. */
export interface ImportRow {
  readonly model: 'manufacturingorder' | 'operationplanresource' | 'demand';
  /** By what frePPLe knows it: the order's reference, the demand's name. */
  readonly key: string;
  /** By column; the key is one of them. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface ImportRowOptions {
  readonly timeZone: string;
  /** Whether its orders have one step each: only then the step's reference is the order's, and has a resource to be told. */
  readonly oneStep: boolean;
  /** What frePPLe calls something. */
  readonly named: (kind: ReferenceKind, code: string) => Promise<string>;
}

/**
 * What a command is to `frepplectl importfromfolder`
 * (https://frepple.com/docs/current/command-reference.php): the columns that change, and the reference by which frePPLe
 * knows the order (https://frepple.com/docs/current/model-reference/manufacturing-orders.php). An order is moved as a
 * whole: when its steps are, between its start and its end, frePPLe plans itself. Released orders are `confirmed`: frePPLe
 * moves them no more. A request to schedule is the open demand that is to be met, as frePPLe's
 * [sales orders](https://frepple.com/docs/current/model-reference/sales-orders.php): it plans for them when it plans next.
 */
export async function importRowsOf(
  command: CloudEvent,
  options: ImportRowOptions,
): Promise<readonly ImportRow[] | Extract<Answer, { kind: 'REFUSED' }>> {
  const { type, data } = command;
  if (type === 'ApplyOrderRelease') {
    const { id: reference } = data as { readonly id: string };
    return [{ model: 'manufacturingorder', key: reference, fields: { reference, status: 'confirmed' } }];
  }
  if (type === 'RequestSchedule') return demandRows(data as ScheduleRequest, options);
  if (type === 'ApplyScheduleRevision') return revisionRows(data as ScheduleRevision, options);
  return refused(`frePPLe takes no ${type}.`);
}

async function revisionRows({ id: reference, to }: ScheduleRevision, options: ImportRowOptions) {
  const { scheduledStart, scheduledEnd, quantity, operations = [] } = to;
  const order = {
    ...(scheduledStart !== undefined && { 'start date': local(scheduledStart, options.timeZone) }),
    ...(scheduledEnd !== undefined && { 'end date': local(scheduledEnd, options.timeZone) }),
    ...(quantity !== undefined && { quantity: quantity.value }),
  };
  const rows: ImportRow[] = [];
  if (Object.keys(order).length > 0)
    rows.push({ model: 'manufacturingorder', key: reference, fields: { reference, ...order } });
  const [moved, ...others] = operations.filter(({ workCenter }) => workCenter !== undefined);
  if (moved) {
    if (others.length > 0 || !options.oneStep || moved.workCenter == null) {
      return refused('frePPLe can be told another resource where its orders have one step each (oneStep).');
    }
    const resource = await options.named('WORK_CENTER', moved.workCenter);
    rows.push({ model: 'operationplanresource', key: reference, fields: { reference, resource } });
  }
  return rows.length > 0 ? rows : refused('frePPLe plans the steps of an order itself: nothing else changes.');
}

async function demandRows({ demands }: ScheduleRequest, { named, timeZone }: ImportRowOptions) {
  const rows: ImportRow[] = [];
  for (const { id, sku, location, customer, dueAt, quantity, priority } of demands) {
    const fields = {
      name: id,
      item: await named('PRODUCT', sku),
      location: await named('LOCATION', location),
      customer: await named('CUSTOMER', customer),
      due: local(dueAt, timeZone),
      quantity: quantity.value,
      status: 'open',
      ...(priority !== undefined && { priority: String(priority) }),
    };
    rows.push({ model: 'demand', key: id, fields });
  }
  return rows.length > 0 ? rows : refused('There is no open demand that frePPLe could be told.');
}

function local(instant: string, timeZone: string): string {
  const at = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDateTime();
  return at.toString({ smallestUnit: 'second' }).replace('T', ' ');
}

function refused(reason: string): Extract<Answer, { kind: 'REFUSED' }> {
  return { kind: 'REFUSED', reason };
}

/** What counts here of the data of `ApplyScheduleRevision`. */
interface ScheduleRevision {
  readonly id: string;
  readonly to: {
    /** RFC 3339. */
    readonly scheduledStart?: string;
    readonly scheduledEnd?: string;
    readonly quantity?: { readonly value: string };
    readonly operations?: readonly { readonly workCenter?: string | null }[];
  };
}

/** What counts here of the data of `RequestSchedule`. */
interface ScheduleRequest {
  readonly demands: readonly {
    readonly id: string;
    readonly sku: string;
    readonly location: string;
    readonly customer: string;
    /** RFC 3339. */
    readonly dueAt: string;
    readonly quantity: { readonly value: string };
    readonly priority?: number;
  }[];
}
