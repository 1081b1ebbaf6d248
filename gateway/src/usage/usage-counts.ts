import { Type } from '@sinclair/typebox';
import type { UsageCount } from './usage-report.ts';

const count = Type.Integer({ minimum: 0 });

const row = Type.Object({
  contract: Type.String(),
  isPinned: Type.Boolean(),
  client: Type.String(),
  clientVersion: Type.Optional(Type.String()),
  operationName: Type.Optional(Type.String()),
  hash: Type.String(),
  count,
  errors: count,
  firstSeen: count,
  lastSeen: count,
});

export const countsSchema = Type.Object({
  rows: Type.Array(row),
  documents: Type.Record(Type.String(), Type.String()),
  other: Type.Object({ count, errors: count }),
});

/** What was run, as it is kept in a file. */
export interface UsageCounts {
  readonly rows: readonly Readonly<UsageRow>[];
  /** Texts by their hashes. */
  readonly documents: Readonly<Record<string, string>>;
  readonly other: UsageCount;
}

/** One operation of one client under one contract. */
export interface UsageRow {
  readonly contract: string;
  readonly isPinned: boolean;
  readonly client: string;
  readonly clientVersion?: string | undefined;
  readonly operationName?: string | undefined;
  readonly hash: string;
  count: number;
  errors: number;
  /** In ms since 1970. */
  firstSeen: number;
  lastSeen: number;
}

/** How much is kept apart of all days and processes together; what is beyond is counted as `other`. */
export interface UsageSumLimits {
  readonly maxRows: number;
  /** Of documents and, once for each row, of their names. */
  readonly maxCharacters: number;
}

const defaultUsageSumLimits: UsageSumLimits = { maxRows: 200_000, maxCharacters: 64_000_000 };

/** What tells rows apart. */
type RowName = Pick<UsageRow, 'contract' | 'isPinned' | 'client' | 'clientVersion' | 'operationName' | 'hash'>;

/** Equal for what is counted together. Only names of clients may hold anything, and no line ends. */
export function rowKey({ contract, isPinned, client, clientVersion, operationName, hash }: RowName): string {
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
    for (const added of rows) {
      if (!this.#addRow(added, documents[added.hash] ?? '')) this.#addOther(added);
    }
    this.#addOther(other);
  }

  /** The `maxRows` that were run most often, those before the others; what is beyond is counted as `other`. */
  result(maxRows: number): UsageCounts {
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

  /** Answers false if there is no room for it. */
  #addRow(added: UsageRow, text: string): boolean {
    const key = rowKey(added);
    const known = this.#rows.get(key);
    if (!known) {
      const characters = (this.#documents.has(added.hash) ? 0 : text.length) + (added.operationName?.length ?? 0);
      const { maxRows, maxCharacters } = this.limits;
      if (this.#rows.size >= maxRows || this.#characters + characters > maxCharacters) return false;
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
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
