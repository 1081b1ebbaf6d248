import type { ClientIdentity } from './client-identity.ts';
import type { RecordedOperation } from './recorded-operation.ts';
import { UsageSum } from './usage-counts.ts';
import type { UsageCounts, UsageSumLimits } from './usage-counts.ts';

/** How much of a day one process keeps apart. */
export interface UsageLimits extends UsageSumLimits {
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
  readonly #sum: UsageSum;
  readonly #clients = new Set<string>();

  constructor(readonly limits: UsageLimits = defaultUsageLimits) {
    this.#sum = new UsageSum(limits);
  }

  /** Answers false if it is counted as `other`. */
  add({ contract, isPinned, client, operation, failed }: Use, atMs: number): boolean {
    const known = this.#isKnown(client);
    const run = {
      contract,
      isPinned,
      client: known ? client.name : 'other',
      clientVersion: known ? client.version : undefined,
      operationName: operation.name,
      hash: operation.hash,
      count: 1,
      errors: failed ? 1 : 0,
      firstSeen: atMs,
      lastSeen: atMs,
    };
    return this.#sum.addRow(run, operation.text);
  }

  /** What was counted so far. */
  counts(): UsageCounts {
    return this.#sum.result();
  }

  #isKnown({ name, version }: ClientIdentity): boolean {
    const key = `${name}\n${version ?? ''}`;
    if (!this.#clients.has(key)) {
      if (this.#clients.size >= this.limits.maxClients) return false;
      this.#clients.add(key);
    }
    return true;
  }
}
