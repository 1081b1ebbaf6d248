import { Type, type Static } from '@sinclair/typebox';
import { GRANULARITIES } from '@takt/planning-time';
import { DecimalSchema } from '@takt/quantity';

export const FORECAST_STATUSES = ['DRAFT', 'PUBLISHED', 'SUPERSEDED'] as const;

export const date = Type.String({ format: 'date' });
export const id = Type.String({ minLength: 1, maxLength: 512 });
const reason = Type.String({ minLength: 1, maxLength: 1000 });

/** Of a series, as each report states them anew. */
export const ATTRIBUTES = {
  sku: Type.String({ minLength: 1 }),
  location: Type.String({ minLength: 1 }),
  /** Customer or segment; absent for all together. */
  customer: Type.Optional(Type.String({ minLength: 1 })),
  name: Type.Optional(Type.String()),
  granularity: Type.Union(GRANULARITIES.map((granularity) => Type.Literal(granularity))),
  unit: Type.String({ minLength: 1, maxLength: 20 }),
  /** The planning cycle, e.g. `2026-W47`. */
  version: Type.String({ minLength: 1 }),
  /** Orders versions: a report published earlier than what is known never overwrites it. */
  publishedAt: Type.String({ format: 'date-time' }),
  status: Type.Union(FORECAST_STATUSES.map((status) => Type.Literal(status))),
  method: Type.Optional(Type.String()),
  /** Mean absolute percentage error, in percent. */
  mape: Type.Optional(Type.Number({ minimum: 0 })),
  /** Mean error, in percent: positive means that the forecast is too high. */
  bias: Type.Optional(Type.Number()),
  priority: Type.Optional(Type.Integer()),
  discrete: Type.Optional(Type.Boolean()),
  /** Whether supply is planned for this series; false for one that only aggregates others. */
  planned: Type.Optional(Type.Boolean()),
};

/**
 * Data of `ForecastReported`: what a forecast cycle says of one series (an item at a location, of one customer segment
 * or of all together). Buckets that it does not name keep their quantity unless `complete` is true: then those that had
 * not ended when it was published are gone.
 */
export const ForecastReport = Type.Object(
  {
    ...ATTRIBUTES,
    complete: Type.Boolean(),
    buckets: Type.Array(
      Type.Object({
        /** First day of the bucket. */
        start: date,
        baseline: DecimalSchema,
      }),
      { maxItems: 1000 },
    ),
  },
  { additionalProperties: false },
);

/** Data of `OverrideForecast`: a planner's word against the statistics; no quantity takes it back. */
export const OverrideForecast = Type.Object(
  {
    id,
    reason,
    buckets: Type.Array(
      Type.Object({ start: date, quantity: Type.Optional(Type.Union([DecimalSchema, Type.Null()])) }),
      { minItems: 1, maxItems: 1000 },
    ),
  },
  { additionalProperties: false },
);

/** Data of `WithdrawForecast`: the series is no longer to be planned for. */
export const WithdrawForecast = Type.Object({ id, reason }, { additionalProperties: false });

export type ForecastReport = Static<typeof ForecastReport>;
export type OverrideForecast = Static<typeof OverrideForecast>;
export type WithdrawForecast = Static<typeof WithdrawForecast>;
export type Attributes = Omit<ForecastReport, 'complete' | 'buckets'>;
