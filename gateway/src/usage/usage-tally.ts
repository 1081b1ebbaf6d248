import type { ClientIdentity } from './client-identity.ts';
import type { RecordedOperation } from './recorded-operation.ts';
import { rowKey } from './usage-counts.ts';
import type { UsageCounts, UsageRow } from './usage-counts.ts';

/** How much of a day one process keeps apart. */
export interface UsageLimits {
  /** Operations by contract and client; further ones are counted as `other`. */
  readonly maxRows: number;
  /** Characters of their documents, and of their names once for each client that runs them. */
  readonly maxCharacters: number;
  /** Clients with their versions, who name themselves; further ones are one client, `other`. */
  readonly maxClients: number;
}

export const defaultUsageLimits: UsageLimits = { maxRows: 5_000, maxCharacters: 4_000_000, maxClients: 500 };

/** One run of an operation, by whom. */
export interface Use {
  /** The label of the contract; empty where the graph has no versions. */
  readonly contract: string;
  readonly isPinned: boolean;
  readonly client: ClientIdentity;
  readonly operation: RecordedOperation;
  /** Whether it was answered with errors. */
  readonly failed: boolean;
}

/** Counts the runs of one day, within bounds. */
export class UsageTally {
  readonly #rows = new Map<string, UsageRow>();
  readonly #documents = new Map<string, string>();
  readonly #clients = new Set<string>();
  readonly #other = { count: 0, errors: 0 };
  #characters = 0;

  constructor(readonly limits: UsageLimits = defaultUsageLimits) {}

  /** Answers false if it is counted as `other`. */
  add({ contract, isPinned, client, operation, failed }: Use, atMs: number): boolean {
    const known = this.#isKnown(client);
    const name = {
      contract,
      isPinned,
      client: known ? client.name : 'other',
      clientVersion: known ? client.version : undefined,
      operationName: operation.name,
      hash: operation.hash,
    };
    const key = rowKey(name);
    const row =
      this.#rows.get(key) ??
      this.#begin(key, { ...name, count: 0, errors: 0, firstSeen: atMs, lastSeen: atMs }, operation.text);
    const counted = row ?? this.#other;
    counted.count++;
    if (failed) counted.errors++;
    if (row) row.lastSeen = atMs;
    return row !== undefined;
  }

  /** What was counted so far. */
  counts(): UsageCounts {
    return {
      rows: Array.from(this.#rows.values(), (row) => ({ ...row })),
      documents: Object.fromEntries(this.#documents),
      other: { ...this.#other },
    };
  }

  #isKnown({ name, version }: ClientIdentity): boolean {
    const key = `${name}\n${version ?? ''}`;
    if (!this.#clients.has(key)) {
      if (this.#clients.size >= this.limits.maxClients) return false;
      this.#clients.add(key);
    }
    return true;
  }

  #begin(key: string, row: UsageRow, text: string): UsageRow | undefined {
    const { maxRows, maxCharacters } = this.limits;
    const added = (this.#documents.has(row.hash) ? 0 : text.length) + (row.operationName?.length ?? 0);
    if (this.#rows.size >= maxRows || this.#characters + added > maxCharacters) return undefined;
    this.#characters += added;
    this.#documents.set(row.hash, text);
    this.#rows.set(key, row);
    return row;
  }
}
