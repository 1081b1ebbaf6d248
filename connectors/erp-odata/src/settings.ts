import { Type, type Static } from '@sinclair/typebox';
import { HTTP_SETTINGS } from '@takt/backing-system-http';

const field = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' });
const fields = Type.Array(field, { minItems: 1, maxItems: 100 });
const paths = Type.Array(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_/]{0,199}$' }), { minItems: 1, maxItems: 200 });
const span = Type.String({ pattern: '^[1-9]\\d{0,5}(ms|s|m|h)$' });

/** Below the endpoint: services and entity sets, no keys. */
export const ENTITY_PATH = '^[A-Za-z_][A-Za-z0-9_.;=-]{0,127}(/[A-Za-z_][A-Za-z0-9_.;=-]{0,127}){0,5}$';

const EntitySet = Type.Object(
  {
    /** Type of its records in the mapping; those that are gone are `<name>.removed`. */
    name: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,59}$' }),
    path: Type.String({ pattern: ENTITY_PATH }),
    /** In the order by which it is paged. */
    key: fields,
    expand: Type.Optional(paths),
    select: Type.Optional(paths),
    filter: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
    /** Without it the set is read whole each time. */
    changedOn: Type.Optional(
      Type.Object(
        {
          field,
          /** `digits`: text such as 20261126093000, in UTC. */
          type: Type.Union(['instant', 'datetime', 'date', 'digits'].map((type) => Type.Literal(type))),
          /** How far before the last run is read again: for clocks that differ and transactions that take long. */
          overlap: Type.Optional(span),
        },
        { additionalProperties: false },
      ),
    ),
    /** The system says itself what changed: `@odata.deltaLink`, or `__delta` in v2. */
    trackChanges: Type.Optional(Type.Boolean()),
    /** Who cuts pages. The system's own next links are followed either way. */
    paging: Type.Optional(Type.Union([Type.Literal('client'), Type.Literal('server')])),
    pageSize: Type.Optional(Type.Integer({ minimum: 2, maximum: 10_000 })),
    /** Less often than the instance's schedule. */
    every: Type.Optional(span),
    /** Fields in which 'X' and '' mean true and false. */
    flags: Type.Optional(fields),
    /** Fields from which leading zeros are taken. */
    alpha: Type.Optional(fields),
  },
  { additionalProperties: false },
);
export type EntitySet = Static<typeof EntitySet>;

export const Settings = Type.Object({
  ...HTTP_SETTINGS,
  version: Type.Union([Type.Literal('v2'), Type.Literal('v4')]),
  entitySets: Type.Optional(Type.Array(EntitySet, { maxItems: 50 })),
  /** Of one request. */
  timeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 300_000 })),
  /** `sap-client` */
  client: Type.Optional(Type.String({ pattern: '^\\d{3}$' })),
  language: Type.Optional(Type.String({ pattern: '^[A-Za-z-]{2,10}$' })),
  /** In which the system's dates and times are that name none. */
  timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  /** Entity sets read at once. */
  concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
  /** Sends what one command takes as one change set, all or nothing. */
  batch: Type.Optional(Type.Boolean()),
  /** Whether writing takes an `x-csrf-token`; by default in v2. */
  csrf: Type.Optional(Type.Boolean()),
  maxPageBytes: Type.Optional(Type.Integer({ minimum: 10_000, maximum: 64 * 1024 * 1024 })),
});
export type Settings = Static<typeof Settings>;
export type Version = Settings['version'];

export const MAX_PAGE_BYTES = 16 * 1024 * 1024;
export const DEFAULT_PAGE_SIZE = 200;

/** Of a span such as `5m`. */
export function milliseconds(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+)(\D+)$/.exec(text) ?? [];
  return Number(amount) * ({ ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit] ?? 1);
}
