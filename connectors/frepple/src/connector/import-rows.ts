import type { Answer } from '@takt/backing-system';
import type { CloudEvent } from '@takt/event-log';
import { Temporal } from 'temporal-polyfill';

/** What is to be imported into one of frePPLe's models: one row. */
export interface ImportRow {
  readonly model: 'manufacturingorder' | 'operationplanresource';
  /** By column; `reference` is the order's. */
  readonly fields: Readonly<Record<string, string>> & { readonly reference: string };
}

export interface ImportRowOptions {
  readonly timeZone: string;
  /** Whether its orders have one step each: only then the step's reference is the order's, and has a resource to be told. */
  readonly oneStep: boolean;
  /** What frePPLe calls a work center. */
  readonly resource: (workCenter: string) => Promise<string>;
}

/**
 * What a command is to `frepplectl importfromfolder`
 * (https://frepple.com/docs/current/command-reference.php): the columns that change, and the reference by which frePPLe
 * knows the order (https://frepple.com/docs/current/model-reference/manufacturing-orders.php). An order is moved as a
 * whole: when its steps are, between its start and its end, frePPLe plans itself. Released orders are `confirmed`: frePPLe
 * moves them no more.
 */
export async function importRowsOf(
  command: CloudEvent,
  options: ImportRowOptions,
): Promise<readonly ImportRow[] | Extract<Answer, { kind: 'REFUSED' }>> {
  const { type, data } = command;
  if (type === 'ApplyOrderRelease') {
    return [
      { model: 'manufacturingorder', fields: { reference: (data as { readonly id: string }).id, status: 'confirmed' } },
    ];
  }
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
  if (Object.keys(order).length > 0) rows.push({ model: 'manufacturingorder', fields: { reference, ...order } });
  const [moved, ...others] = operations.filter(({ workCenter }) => workCenter !== undefined);
  if (moved) {
    if (others.length > 0 || !options.oneStep || moved.workCenter == null) {
      return refused('frePPLe can be told another resource where its orders have one step each (oneStep).');
    }
    const resource = await options.resource(moved.workCenter);
    rows.push({ model: 'operationplanresource', fields: { reference, resource } });
  }
  return rows.length > 0 ? rows : refused('frePPLe plans the steps of an order itself: nothing else changes.');
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
