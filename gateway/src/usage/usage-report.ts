import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

export const wholeNumber = Type.Integer({ minimum: 0 });
const mayBeUnknown = Type.Optional(Type.Union([Type.String(), Type.Undefined()]));

export const usageCount = Type.Object({
  /** Queries and mutations that were run, subscriptions that were begun. */
  count: wholeNumber,
  /** How many of them were answered with errors. */
  errors: wholeNumber,
});

export type UsageCount = Readonly<Static<typeof usageCount>>;

/** One operation of one client under one contract. */
export const usedOperation = Type.Object({
  /** The label of the contract that served it, as in `Takt-Contract`; empty where the graph has no versions. */
  contract: Type.String(),
  /** Whether the client asked for this version; if not, it takes whatever is stable. */
  isPinned: Type.Boolean(),
  client: Type.String(),
  clientVersion: mayBeUnknown,
  operationName: mayBeUnknown,
  /** SHA-256 of the document, in lower-case hex. */
  hash: Type.String(),
});

const usageEntry = Type.Composite([
  usedOperation,
  usageCount,
  Type.Object({
    /** As it was sent, with every string written as `""` and every number as `0`. */
    document: Type.String(),
    /** RFC 3339 */
    firstSeen: Type.String(),
    lastSeen: Type.String(),
    /**
     * Schema coordinates of what the operation uses of its contract, sorted: `Type.field`, `Type.field(argument:)`,
     * `Input.field`, `Enum.VALUE`, and `Type` of variables, whose values are not recorded. None if there is no such
     * contract any more.
     */
    fields: Type.Array(Type.String()),
  }),
]);

export type UsageEntry = Readonly<Static<typeof usageEntry>>;

const usageReport = Type.Object({
  /** The first and the last moment that it tells of, RFC 3339; both unknown if nothing was recorded. */
  since: mayBeUnknown,
  until: mayBeUnknown,
  /** Those that ran most often first. */
  entries: Type.Array(usageEntry),
  /** Runs beyond what is kept apart: of which contract, client and document is not known any more. */
  other: usageCount,
});

/** What consumers have run, as `GET /usage` answers it. */
export type UsageReport = Readonly<Static<typeof usageReport>>;

/** Reads an answer of `GET /usage`. Throws Error with what is wrong. */
export function parseUsageReport(text: string): UsageReport {
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch (error) {
    throw new Error('It is not JSON.', { cause: error });
  }
  if (Value.Check(usageReport, report)) return report;
  const first = Value.Errors(usageReport, report).First();
  throw new Error(`It is not a usage report: ${first?.path || '/'}: ${first?.message ?? 'wrong'}.`);
}
