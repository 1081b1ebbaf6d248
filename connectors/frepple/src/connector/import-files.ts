import type { Answer } from '@takt/backing-system';
import type { CloudEvent } from '@takt/event-log';
import { Temporal } from 'temporal-polyfill';

/** A file of values as frePPLe imports it, for one of its models. */
export interface ImportFile {
  /** With which the file's name begins. */
  readonly model: 'manufacturingorder' | 'operationplanresource';
  readonly text: string;
}

export interface ImportFileOptions {
  readonly delimiter: string;
  readonly timeZone: string;
  /** Whether its orders have one step each: only then the step's reference is the order's, and has a resource to be told. */
  readonly oneStep: boolean;
  /** What frePPLe calls a work center. */
  readonly resource: (workCenter: string) => Promise<string>;
}

/**
 * What a command is as files for `frepplectl importfromfolder`
 * (https://frepple.com/docs/current/command-reference.php): the columns that change, and the reference by which frePPLe
 * knows the order (https://frepple.com/docs/current/model-reference/manufacturing-orders.php). An order is moved as a
 * whole: when its steps are, between its start and its end, frePPLe plans itself. Released orders are `confirmed`: frePPLe
 * moves them no more.
 */
export async function importFilesOf(
  command: CloudEvent,
  options: ImportFileOptions,
): Promise<readonly ImportFile[] | Extract<Answer, { kind: 'REFUSED' }>> {
  const { type, data } = command;
  if (type === 'ApplyOrderRelease') {
    return [
      csv('manufacturingorder', { reference: (data as { readonly id: string }).id, status: 'confirmed' }, options),
    ];
  }
  if (type === 'ApplyScheduleRevision') return revisionFiles(data as ScheduleRevision, options);
  return refused(`frePPLe takes no ${type}.`);
}

async function revisionFiles({ id: reference, to }: ScheduleRevision, options: ImportFileOptions) {
  const { scheduledStart, scheduledEnd, quantity, operations = [] } = to;
  const order = {
    ...(scheduledStart !== undefined && { 'start date': local(scheduledStart, options.timeZone) }),
    ...(scheduledEnd !== undefined && { 'end date': local(scheduledEnd, options.timeZone) }),
    ...(quantity !== undefined && { quantity: quantity.value }),
  };
  const files: ImportFile[] = [];
  if (Object.keys(order).length > 0) files.push(csv('manufacturingorder', { reference, ...order }, options));
  const [moved, ...others] = operations.filter(({ workCenter }) => workCenter !== undefined);
  if (moved) {
    if (others.length > 0 || !options.oneStep || moved.workCenter == null) {
      return refused('frePPLe can be told another resource where its orders have one step each (oneStep).');
    }
    const resource = await options.resource(moved.workCenter);
    files.push(csv('operationplanresource', { reference, resource }, options));
  }
  return files.length > 0 ? files : refused('frePPLe plans the steps of an order itself: nothing else changes.');
}

function csv(
  model: ImportFile['model'],
  fields: Readonly<Record<string, string>>,
  { delimiter }: ImportFileOptions,
): ImportFile {
  const line = (cells: readonly string[]) => cells.map((text) => cell(text, delimiter)).join(delimiter);
  return { model, text: `${line(Object.keys(fields))}\n${line(Object.values(fields))}\n` };
}

function cell(text: string, delimiter: string): string {
  return /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
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
