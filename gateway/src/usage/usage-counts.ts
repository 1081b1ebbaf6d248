import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { usageCount, usedOperation, wholeNumber } from './usage-report.ts';
import type { UsageCount } from './usage-report.ts';

const row = Type.Composite([
  usedOperation,
  usageCount,
  // In ms since 1970.
  Type.Object({ firstSeen: wholeNumber, lastSeen: wholeNumber }),
]);

export const countsSchema = Type.Object({
  rows: Type.Array(row),
  documents: Type.Record(Type.String(), Type.String()),
  other: usageCount,
});

/** What was run, as it is kept in a file: rows, and texts by their hashes. */
export type UsageCounts = Readonly<Static<typeof countsSchema>>;

type UsageRow = Static<typeof row>;

/** How much is kept apart; what is beyond is counted as `other`. */
export interface UsageSumLimits {
  /** Operations by contract and client. */
  readonly maxRows: number;
  /** Of their documents, and of their names once for each client that runs them. */
  readonly maxCharacters: number;
}

/** Of all days and processes together. */
const defaultUsageSumLimits: UsageSumLimits = { maxRows: 200_000, maxCharacters: 64_000_000 };

/** Equal for what is counted together. Only names of clients may hold anything, and no line ends. */
function rowKey({ contract, isPinned, client, clientVersion, operationName, hash }: UsageRow): string {
  return `${hash}${isPinned ? '!' : '?'}${contract}\n${operationName ?? ''}\n${client}\n${clientVersion ?? ''}`;
}

/** Adds counts up, with the same result in whatever order they come unless there are more than it keeps apart. */
export class UsageSum {
  readonly #rows = new Map<string, UsageRow>();
  readonly #documents = new Map<string, string>();
  readonly #other = { count: 0, errors: 0 };
  #characters = 0;

  constructor(readonly limits: UsageSumLimits = defaultUsageSumLimits) {}

  add({ rows, documents, other }: UsageCounts): void {
    for (const added of rows) this.addRow(added, documents[added.hash] ?? '');
    this.#addOther(other);
  }

  /** Answers false if there was no room for it. */
  addRow(added: Readonly<UsageRow>, text: string): boolean {
    const key = rowKey(added);
    const known = this.#rows.get(key);
    if (!known) {
      const characters = (this.#documents.has(added.hash) ? 0 : text.length) + (added.operationName?.length ?? 0);
      const { maxRows, maxCharacters } = this.limits;
      if (this.#rows.size >= maxRows || this.#characters + characters > maxCharacters) {
        this.#addOther(added);
        return false;
      }
      this.#characters += characters;
      this.#documents.set(added.hash, text);
      this.#rows.set(key, { ...added });
      return true;
    }
    known.count += added.count;
    known.errors += added.errors;
    known.firstSeen = Math.min(known.firstSeen, added.firstSeen);
    known.lastSeen = Math.max(known.lastSeen, added.lastSeen);
    return true;
  }

  /** The `maxRows` that were run most often, those before the others; what is beyond is counted as `other`. */
  result(maxRows = Infinity): UsageCounts {
    const ordered = [...this.#rows].sort(([key, row], [otherKey, otherRow]) =>
      row.count === otherRow.count ? compare(key, otherKey) : otherRow.count - row.count,
    );
    const other = { ...this.#other };
    for (const [, { count: runs, errors }] of ordered.slice(maxRows)) {
      other.count += runs;
      other.errors += errors;
    }
    const rows = ordered.slice(0, maxRows).map(([, each]) => ({ ...each }));
    const named = new Set(rows.map(({ hash }) => hash));
    const documents = [...this.#documents].filter(([hash]) => named.has(hash));
    return { rows, documents: Object.fromEntries(documents.sort(([one], [two]) => compare(one, two))), other };
  }

  #addOther({ count: runs, errors }: UsageCount): void {
    this.#other.count += runs;
    this.#other.errors += errors;
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
