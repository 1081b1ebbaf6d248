import { Temporal } from 'temporal-polyfill';

/** How soon changes are judged. */
export interface RefreshCadence {
  readonly criticalSeconds: number;
  readonly stableMinutes: number;
  /** Of the location's clock. */
  readonly batchHour: number;
}

/** What decides how soon a unit's changes are judged. */
export interface RefreshedUnit {
  /** The item is of refresh class CRITICAL, or made at a constrained work center. */
  readonly isUrgent: boolean;
  /** IANA, of the location. */
  readonly timeZone: string;
}

/**
 * When a change that was heard of at `heardAt` is to be judged. Of an urgent unit within seconds, whatever changed: what
 * comes until then is judged together with it. Of the others what happens in execution (orders, stock, machines, suppliers)
 * within minutes, and forecasts in the daily batch: at the next full `batchHour` of the location's clock.
 */
export function judgedAt(
  { isUrgent, timeZone }: RefreshedUnit,
  { type }: { readonly type: string },
  heardAt: string,
  { criticalSeconds, stableMinutes, batchHour }: RefreshCadence,
): string {
  const after = (seconds: number) => new Date(Date.parse(heardAt) + seconds * 1000).toISOString();
  if (isUrgent) return after(criticalSeconds);
  if (!BATCHED.has(type)) return after(stableMinutes * 60);
  return nextBatch(timeZone, batchHour, heardAt);
}

/** Events of the planning platform's cycle; a customer's order is execution. */
const BATCHED: ReadonlySet<string> = new Set(['ForecastRevised', 'ForecastWithdrawn']);

/** A cycle revises many units of one zone at once: the batch that they wait for is computed once. */
const batches = new Map<string, { readonly from: number; readonly at: string }>();

/** The next full `hour` of a zone's clock behind `heardAt`; RFC 3339, in UTC with milliseconds. */
export function nextBatch(timeZone: string, hour: number, heardAt: string): string {
  const key = `${timeZone} ${hour}`;
  const heard = Date.parse(heardAt);
  const known = batches.get(key);
  if (known && known.from <= heard && heard < Date.parse(known.at)) return known.at;
  const local = Temporal.Instant.fromEpochMilliseconds(heard).toZonedDateTimeISO(timeZone);
  const onDay = (days: number) =>
    local.toPlainDate().add({ days }).toZonedDateTime({ timeZone, plainTime: { hour } }).epochMilliseconds;
  const at = new Date([0, 1].map(onDay).find((batch) => batch > heard) ?? onDay(2)).toISOString();
  if (batches.size >= MOST_ZONES) batches.clear();
  batches.set(key, { from: heard, at });
  return at;
}

const MOST_ZONES = 1_000;
