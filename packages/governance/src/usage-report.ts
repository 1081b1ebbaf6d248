import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

const Count = Type.Integer({ minimum: 0 });

const UsageEntrySchema = Type.Object({
  contract: Type.String({ description: 'Label of the contract that served it, as in `Takt-Contract`.' }),
  isPinned: Type.Boolean({
    description: 'Whether the client asked for this version; if not, it takes what is stable.',
  }),
  client: Type.String(),
  clientVersion: Type.Optional(Type.String()),
  operationName: Type.Optional(Type.String()),
  hash: Type.String(),
  document: Type.String(),
  firstSeen: Type.String(),
  lastSeen: Type.String(),
  fields: Type.Array(Type.String(), { description: 'Schema coordinates of what it uses of its contract.' }),
  count: Count,
  errors: Count,
});

const UsageReportSchema = Type.Object({
  since: Type.Optional(Type.String()),
  until: Type.Optional(Type.String()),
  entries: Type.Array(UsageEntrySchema),
  other: Type.Object({ count: Count, errors: Count }),
});

/** What consumers have run, as a gateway’s `GET /usage` answers it. */
export type UsageReport = Static<typeof UsageReportSchema>;

/** One operation of one client under one contract. */
export type UsageEntry = Static<typeof UsageEntrySchema>;

/** Throws Error with what is wrong. */
export function parseUsageReport(text: string): UsageReport {
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch (error) {
    throw new Error('It is not JSON.', { cause: error });
  }
  if (Value.Check(UsageReportSchema, report)) return report;
  const first = Value.Errors(UsageReportSchema, report).First();
  throw new Error(`It is not a usage report: ${first?.path || '/'}: ${first?.message ?? 'wrong'}.`);
}

/** `2026-11` of the label `suppliers/2026-11`. */
export function versionOf(label: string): string {
  return label.slice(label.lastIndexOf('/') + 1);
}

/** How a report names an operation: by its name, or by the beginning of its hash. */
export function operationOf({ operationName, hash }: UsageEntry): string {
  return operationName ?? `unnamed ${hash.slice(0, 8)}`;
}
