import { olderThanKnown, type Aggregate, type Decision, type DecisionContext } from '@takt/intake';
import { bucketStart, type Granularity } from '@takt/planning-time';
import { ForecastRevision, ForecastWithdrawal, type BucketChange } from './events.ts';
import { ATTRIBUTES, ForecastReport, OverrideForecast, WithdrawForecast, type Attributes } from './messages.ts';

export interface ForecastBucket {
  /** First day of the bucket. */
  readonly start: string;
  readonly baseline: string;
  /** A planner's word; replaces the baseline. */
  readonly override?: string;
  /** Effective quantity before the latest change; absent if there was none. */
  readonly prior?: string;
  /** The cycle that gave the effective quantity. */
  readonly version: string;
}

export interface Forecast extends Attributes {
  readonly priorVersion?: string;
  readonly withdrawnAt?: string;
  /** In order of time, within {@link HISTORY_YEARS} and at most {@link MOST_BUCKETS}. */
  readonly buckets: readonly ForecastBucket[];
}

/** Buckets that start earlier than so many years before the publication are not kept. */
const HISTORY_YEARS = 2;
/** Of more buckets than that, the latest are kept. */
export const MOST_BUCKETS = 1000;

type Message =
  | { readonly type: 'ForecastReported'; readonly data: ForecastReport }
  | { readonly type: 'OverrideForecast'; readonly data: OverrideForecast }
  | { readonly type: 'WithdrawForecast'; readonly data: WithdrawForecast };
type Event =
  | { readonly type: 'ForecastRevised'; readonly data: ForecastRevision }
  | { readonly type: 'ForecastWithdrawn'; readonly data: ForecastWithdrawal };

export const forecast: Aggregate<Forecast, Message, Event> = {
  noun: 'Forecast',
  collection: {
    name: 'forecasts',
    indexes: [
      ['sku', 'location'],
      ['location', 'sku'],
      ['customer', 'sku', 'location'],
      ['publishedAt', 'sku'],
    ],
  },
  messages: { ForecastReported: ForecastReport, OverrideForecast, WithdrawForecast },
  events: { ForecastRevised: ForecastRevision, ForecastWithdrawn: ForecastWithdrawal },
  identify: ({ type, data }) =>
    type === 'ForecastReported' ? forecastId(data.sku, data.location, data.customer) : data.id,
  decide,
  evolve,
};

/** The parts are percent-encoded, so that no other codes give the same id. */
export function forecastId(sku: string, location: string, customer?: string): string {
  const itemLocation = `${encodeURIComponent(sku)}@${encodeURIComponent(location)}`;
  return customer === undefined ? itemLocation : `${itemLocation}/${encodeURIComponent(customer)}`;
}

/** What is planned for: the planner's word if there is one, else the statistics. */
export function effective({ override, baseline }: Pick<ForecastBucket, 'override' | 'baseline'>): string {
  return override ?? baseline;
}

/** Whether supply is planned for this series; a draft counts as long as nothing has been published. */
export function isPlanned({ status, planned }: Pick<Forecast, 'status' | 'planned'>): boolean {
  return status !== 'SUPERSEDED' && planned !== false;
}

function decide(state: Forecast | undefined, message: Message, context: DecisionContext): Decision<Event> {
  switch (message.type) {
    case 'ForecastReported':
      return report(state, message.data, context);
    case 'OverrideForecast':
      return override(state, message.data);
    case 'WithdrawForecast':
      return withdraw(state, message.data, context);
  }
}

function report(state: Forecast | undefined, data: ForecastReport, context: DecisionContext): Decision<Event> {
  const fault = faultOf(data) ?? (state && (conflictWith(state, data) ?? olderThanKnown(context)));
  if (fault) return fault;

  const reshaped = state !== undefined && !sameShape(state, data);
  const before = reshaped ? [] : (state?.buckets ?? []);
  const known = new Map(before.map((bucket) => [bucket.start, bucket]));
  const named = new Map(data.buckets.map(({ start, baseline }) => [start, baseline]));
  const openFrom = bucketStart(data.publishedAt.slice(0, 10), data.granularity);

  const buckets: BucketChange[] = [];
  const baselines: { start: string; quantity: string }[] = [];
  for (const { start, baseline, override: word } of before) {
    if (!data.complete || start < openFrom || named.has(start)) continue;
    if (word === undefined) buckets.push({ start, prior: baseline, quantity: null });
    else if (baseline !== '0') baselines.push({ start, quantity: '0' });
  }
  const gone = new Set(buckets.map(({ start }) => start));
  const left = [...known.keys()].filter((start) => !gone.has(start));
  const kept = new Set(keptStarts([...new Set([...left, ...named.keys()])], data.publishedAt));
  for (const [start, baseline] of named) {
    const bucket = known.get(start);
    if (!kept.has(start) || bucket?.baseline === baseline) continue;
    if (bucket?.override !== undefined) baselines.push({ start, quantity: baseline });
    else buckets.push({ start, prior: bucket?.baseline ?? null, quantity: baseline });
  }

  const changed = buckets.length > 0 || baselines.length > 0 || !state || reshaped || !sameAttributes(state, data);
  if (!changed && !state.withdrawnAt) return { events: [] };
  const revised = revision(attributesOf(data), state?.version, { buckets, ...(baselines.length > 0 && { baselines }) });
  return { events: reshaped ? [cleared(state, data), revised] : [revised] };
}

/** A series of other buckets or another unit starts afresh: first everything goes, in the terms in which it was told. */
function cleared(state: Forecast, { version, publishedAt }: ForecastReport): Event {
  const buckets = state.buckets.map((bucket) => ({ start: bucket.start, prior: effective(bucket), quantity: null }));
  const overrides = state.buckets.filter((bucket) => bucket.override).map(({ start }) => ({ start, quantity: null }));
  const attributes = { ...attributesOf(state), version, publishedAt };
  return revision(attributes, state.version, { buckets, ...(overrides.length > 0 && { overrides }) });
}

function override(state: Forecast | undefined, data: OverrideForecast): Decision<Event> {
  if (!state) return refused('UNKNOWN_FORECAST', `There is no forecast ${data.id} to override.`);
  if (state.withdrawnAt) return refused('FORECAST_WITHDRAWN', `The forecast was withdrawn at ${state.withdrawnAt}.`);
  const fault = bucketFault(data.buckets, state.granularity);
  if (fault) return fault;
  const known = new Map(state.buckets.map((bucket) => [bucket.start, bucket]));
  const starts = [...new Set([...known.keys(), ...data.buckets.map(({ start }) => start)])];
  const kept = new Set(keptStarts(starts, state.publishedAt));
  const overrides: { start: string; quantity: string | null }[] = [];
  const buckets: BucketChange[] = [];
  for (const { start, quantity: given = null } of data.buckets) {
    const bucket = known.get(start);
    if (!kept.has(start)) return refused('BUCKET_NOT_KEPT', `The bucket of ${start} is too old to be kept.`);
    if (given === (bucket?.override ?? null)) continue;
    overrides.push({ start, quantity: given });
    const prior = bucket ? effective(bucket) : null;
    const now = given ?? bucket?.baseline ?? null;
    if (prior !== now) buckets.push({ start, prior, quantity: now });
  }
  if (overrides.length === 0) return { events: [] };
  const changes = { buckets, overrides, reason: data.reason };
  return { events: [revision(attributesOf(state), state.version, changes)] };
}

function withdraw(state: Forecast | undefined, data: WithdrawForecast, context: DecisionContext): Decision<Event> {
  if (!state) return refused('UNKNOWN_FORECAST', `There is no forecast ${data.id} to withdraw.`);
  if (state.withdrawnAt) return { events: [] };
  const { sku, location, customer, granularity, unit, version } = state;
  const openFrom = bucketStart(context.time.slice(0, 10), granularity);
  const buckets = state.buckets
    .filter(({ start }) => start >= openFrom)
    .map((bucket) => ({ start: bucket.start, prior: effective(bucket), quantity: null }));
  const series = { sku, location, ...(customer !== undefined && { customer }), granularity, unit, version };
  return {
    events: [
      {
        type: 'ForecastWithdrawn',
        data: { id: data.id, ...series, reason: data.reason, withdrawnAt: context.time, buckets },
      },
    ],
  };
}

function evolve(state: Forecast | undefined, event: Event): Forecast {
  switch (event.type) {
    case 'ForecastRevised':
      return revise(state, event.data);
    case 'ForecastWithdrawn': {
      if (!state) throw new Error(`Forecast ${event.data.id} was withdrawn but never known.`);
      const gone = new Set(event.data.buckets.map(({ start }) => start));
      return {
        ...state,
        status: 'SUPERSEDED',
        withdrawnAt: event.data.withdrawnAt,
        buckets: state.buckets.filter(({ start }) => !gone.has(start)),
      };
    }
  }
}

function revise(state: Forecast | undefined, data: ForecastRevision): Forecast {
  const { version, overrides, baselines = [], buckets: changes } = data;
  const buckets = new Map(state?.buckets.map((bucket) => [bucket.start, bucket]));
  for (const { start, quantity: given } of overrides ?? []) {
    const { baseline, prior, version: told } = buckets.get(start) ?? { baseline: '0', version };
    const word = given !== null && { override: given };
    buckets.set(start, { start, baseline, ...word, ...(prior !== undefined && { prior }), version: told });
  }
  for (const { start, quantity: baseline } of baselines) {
    const bucket = buckets.get(start);
    if (bucket) buckets.set(start, { ...bucket, baseline });
  }
  for (const { start, prior, quantity: now } of changes) {
    const bucket = buckets.get(start);
    if (now === null) buckets.delete(start);
    else if (overrides && bucket) buckets.set(start, { ...bucket, ...(prior !== null && { prior }) });
    else buckets.set(start, { start, baseline: now, version, ...(prior !== null && { prior }) });
  }
  const kept = keptStarts([...buckets.keys()], data.publishedAt);
  return {
    ...attributesOf(data),
    ...(data.priorVersion !== undefined && { priorVersion: data.priorVersion }),
    buckets: kept.flatMap((start) => buckets.get(start) ?? []),
  };
}

/** Sorted, without those that are too old to be kept. */
function keptStarts(starts: readonly string[], publishedAt: string): string[] {
  const oldest = `${String(Number(publishedAt.slice(0, 4)) - HISTORY_YEARS).padStart(4, '0')}${publishedAt.slice(4, 10)}`;
  return starts
    .filter((start) => start >= oldest)
    .sort()
    .slice(-MOST_BUCKETS);
}

function faultOf(data: ForecastReport) {
  const negative = data.buckets.find(({ baseline }) => baseline.startsWith('-'));
  if (negative) {
    return refused('NEGATIVE_FORECAST', `The forecast of ${negative.start} cannot be ${negative.baseline}.`);
  }
  return bucketFault(data.buckets, data.granularity);
}

function bucketFault(
  buckets: readonly { readonly start: string; readonly quantity?: string | null }[],
  granularity: Granularity,
) {
  const negative = buckets.find((bucket) => bucket.quantity?.startsWith('-'));
  if (negative) {
    return refused('NEGATIVE_FORECAST', `The forecast of ${negative.start} cannot be ${negative.quantity ?? ''}.`);
  }
  const odd = buckets.find(({ start }) => !startsBucket(start, granularity));
  if (odd) return refused('BUCKET_NOT_ALIGNED', `${odd.start} is not the first day of a ${granularity} of our time.`);
  const seen = new Set<string>();
  for (const { start } of buckets) {
    if (seen.has(start)) return refused('DUPLICATE_BUCKET', `The bucket of ${start} is named twice.`);
    seen.add(start);
  }
  return undefined;
}

/** Weeks start on Monday, as ISO 8601 has it. */
function startsBucket(start: string, granularity: Granularity): boolean {
  return start >= '1900-01-01' && start < '3000-01-01' && bucketStart(start, granularity) === start;
}

function conflictWith(state: Forecast, data: ForecastReport) {
  const { publishedAt, withdrawnAt, version } = state;
  if (Date.parse(data.publishedAt) < Date.parse(publishedAt)) {
    const reason = `Version ${version} was published at ${publishedAt}; this one is from ${data.publishedAt}.`;
    return refused('OLDER_THAN_KNOWN', reason);
  }
  if (withdrawnAt && Date.parse(data.publishedAt) <= Date.parse(withdrawnAt)) {
    const reason = `The forecast was withdrawn at ${withdrawnAt}; this one is from ${data.publishedAt}.`;
    return refused('OLDER_THAN_KNOWN', reason);
  }
  if (state.status === 'PUBLISHED' && data.status === 'DRAFT') {
    return refused('DRAFT_AFTER_PUBLISHED', `Version ${version} is published; a draft does not replace it.`);
  }
  if (!sameShape(state, data) && !data.complete && state.buckets.length > 0) {
    const [was, is] = [state, data].map(({ granularity, unit }) => `${granularity} in ${unit}`);
    return refused('SHAPE_MISMATCH', `The series is by ${was ?? ''}; only a complete report can make it ${is ?? ''}.`);
  }
  return undefined;
}

function sameShape(a: Attributes, b: Attributes): boolean {
  return a.granularity === b.granularity && a.unit === b.unit;
}

/** Apart from when and as what it was published. */
function sameAttributes(a: Attributes, b: Attributes): boolean {
  return ATTRIBUTE_NAMES.every((name) => name === 'version' || name === 'publishedAt' || a[name] === b[name]);
}

const ATTRIBUTE_NAMES = Object.keys(ATTRIBUTES) as (keyof Attributes)[];

function attributesOf(source: Attributes): Attributes {
  const given = ATTRIBUTE_NAMES.filter((name) => source[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, source[name]])) as unknown as Attributes;
}

function revision(
  attributes: Attributes,
  priorVersion: string | undefined,
  changes: Pick<ForecastRevision, 'buckets' | 'baselines' | 'overrides' | 'reason'>,
): Event {
  const id = forecastId(attributes.sku, attributes.location, attributes.customer);
  return {
    type: 'ForecastRevised',
    data: { id, ...attributes, ...(priorVersion !== undefined && { priorVersion }), ...changes },
  };
}

function refused(code: string, reason: string) {
  return { refused: { code, reason } };
}
