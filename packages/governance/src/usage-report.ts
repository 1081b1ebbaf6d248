import type { UsageEntry } from '@takt/gateway';

export type { UsageEntry, UsageReport } from '@takt/gateway';

/** `2026-11` of the label `suppliers/2026-11`. */
export function versionOf(label: string): string {
  return label.slice(label.lastIndexOf('/') + 1);
}

/** How a report names an operation: by its name, or by the beginning of its hash. */
export function operationOf({ operationName, hash }: UsageEntry): string {
  return operationName ?? `unnamed ${hash.slice(0, 8)}`;
}
