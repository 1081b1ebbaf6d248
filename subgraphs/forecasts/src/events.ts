import { Type, type Static } from '@sinclair/typebox';
import { DecimalSchema } from '@takt/quantity';
import { ATTRIBUTES, date, id } from './messages.ts';

const quantity = Type.Union([DecimalSchema, Type.Null()]);
const BucketChange = Type.Object({ start: date, prior: quantity, quantity });

/** Data of `ForecastRevised`: the series as it is now, and the buckets that differ from what was planned for before. */
export const ForecastRevision = Type.Object({
  id,
  ...ATTRIBUTES,
  /** What it is compared with; absent for a new series. */
  priorVersion: Type.Optional(Type.String()),
  /** Buckets whose effective quantity changed; null: there was, or is, none. */
  buckets: Type.Array(BucketChange),
  /** Baselines that changed beneath an override: what is planned for stays the same. */
  baselines: Type.Optional(Type.Array(Type.Object({ start: date, quantity: DecimalSchema }))),
  /** A planner's word, given or (null) taken back; the baselines stay the same. */
  overrides: Type.Optional(Type.Array(Type.Object({ start: date, quantity }))),
  reason: Type.Optional(Type.String()),
});

/** Data of `ForecastWithdrawn`: from the bucket of that day on nothing is left of the series. */
export const ForecastWithdrawal = Type.Object({
  id,
  sku: ATTRIBUTES.sku,
  location: ATTRIBUTES.location,
  customer: ATTRIBUTES.customer,
  granularity: ATTRIBUTES.granularity,
  unit: ATTRIBUTES.unit,
  version: ATTRIBUTES.version,
  reason: Type.String(),
  withdrawnAt: Type.String({ format: 'date-time' }),
  buckets: Type.Array(BucketChange),
});

export type ForecastRevision = Static<typeof ForecastRevision>;
export type ForecastWithdrawal = Static<typeof ForecastWithdrawal>;
export type BucketChange = Static<typeof BucketChange>;
