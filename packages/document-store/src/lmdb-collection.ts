import type { Database, RangeOptions, RootDatabase } from 'lmdb';
import { matcherOf } from './conditions.ts';
import { MAX_BOUND_BYTES, after, encodeKey, indexKeys, rangeOf } from './index-keys.ts';
import type { DocumentKeys, KeyRange } from './index-keys.ts';
import type { StoredIndex } from './lmdb.ts';
import type { LmdbOutbox } from './lmdb-outbox.ts';
import { inTransaction } from './lmdb-transaction.ts';
import { mergeEntries } from './merge-entries.ts';
import type { IndexEntry } from './merge-entries.ts';
import { checkChange, pageKey, planCount, planPage, withKey } from './plan.ts';
import type { Plan } from './plan.ts';
import { APPLIED_MESSAGES_KEPT } from './port.ts';
import type {
  Change,
  Collection,
  CollectionDefinition,
  CommitResult,
  Conditions,
  Page,
  PageEntry,
  PageQuery,
  Scalar,
  Stored,
} from './port.ts';

/* eslint-disable @typescript-eslint/require-await -- a fault of a synchronous read is a rejection */

/** Reads are synchronous inside, so that each sees one state of the store. */
export class LmdbCollection<T extends object> implements Collection<T> {
  readonly name: string;
  private readonly documents: Database<Row<T>, Buffer>;
  private readonly index: Database<string, Buffer>;

  constructor(
    private readonly definition: CollectionDefinition<T>,
    private readonly engine: RootDatabase,
    private readonly outbox: LmdbOutbox,
    private readonly indexes: readonly StoredIndex[],
    private readonly saveIndexes: () => void,
  ) {
    this.name = definition.name;
    const plain = { keyEncoding: 'binary', useRecords: false } as const;
    this.documents = engine.openDB(`documents:${definition.name}`, plain);
    this.index = engine.openDB(`index:${definition.name}`, { keyEncoding: 'binary', encoding: 'string' });
  }

  async getMany(ids: readonly string[]): Promise<(Stored<T> | undefined)[]> {
    return ids.map((id) => this.read(id));
  }

  async commit(changes: readonly Change<T>[]): Promise<CommitResult[]> {
    const prepared = changes.map((change) => {
      checkChange(change);
      return {
        change,
        key: encodeKey([change.id]),
        entries: this.indexes.map((index) => keysIn(index, change.document, change.id)),
      };
    });
    const results = await inTransaction(this.engine, () => {
      const applied = prepared.map((each) => this.apply(each));
      if (prepared.some(({ entries }) => entries.some(({ multiple }) => multiple))) this.saveIndexes();
      return applied;
    });
    if (changes.some(({ events }, i) => events.length > 0 && results[i]?.status === 'committed'))
      this.outbox.signal.notify();
    return results;
  }

  async remove(ids: readonly string[]): Promise<number> {
    return inTransaction(this.engine, () => ids.filter((id) => this.erase(id)).length);
  }

  async page(query: PageQuery<T>): Promise<Page<T>> {
    return this.readPage(query);
  }

  async pages(query: PageQuery<T>, keys: readonly Conditions<T>[]): Promise<Page<T>[]> {
    return keys.map((key) => this.readPage({ ...query, where: withKey(query.where, key) }));
  }

  async count(where: Conditions<T>): Promise<number> {
    return this.readCount(where);
  }

  async counts(where: Conditions<T>, keys: readonly Conditions<T>[]): Promise<number[]> {
    return keys.map((key) => this.readCount(withKey(where, key)));
  }

  /** To be called in a transaction, before anything else is done with the collection. */
  reindex(added: readonly StoredIndex[], dropped: readonly StoredIndex[]): void {
    for (const { number } of dropped) {
      const { low, high } = rangeOf(prefixOf(number));
      for (const key of [...this.index.getKeys({ start: low, end: high })]) this.index.removeSync(key);
    }
    if (added.length === 0) return;
    for (const { value } of this.documents.getRange()) {
      const [id, , , document] = value;
      for (const index of added) {
        const { keys, multiple } = keysIn(index, document, id);
        for (const key of keys) this.index.putSync(key, id);
        index.multiple ||= multiple;
      }
    }
  }

  private read(id: string): Stored<T> | undefined {
    const key = encodeKey([id]);
    const row = key.length > MAX_BOUND_BYTES ? undefined : this.documents.get(key);
    return row && { id, version: row[1], appliedMessages: row[2], document: row[3] };
  }

  private apply({ change, key, entries }: PreparedChange<T>): CommitResult {
    const row = this.documents.get(key);
    const currentVersion = row?.[1] ?? 0;
    if (change.expectedVersion !== undefined && change.expectedVersion !== currentVersion) {
      return { status: 'conflict', currentVersion };
    }
    const version = currentVersion + 1;
    const applied = [...(row?.[2] ?? []), ...change.messageIds].slice(-APPLIED_MESSAGES_KEPT);
    this.documents.putSync(key, [change.id, version, applied, change.document]);
    this.indexes.forEach((index, i) => {
      const { keys, multiple } = entries[i] as DocumentKeys;
      const old = row ? keysIn(index, row[3], change.id).keys : [];
      for (const key of old) if (!keys.some((kept) => kept.equals(key))) this.index.removeSync(key);
      for (const key of keys) if (!old.some((kept) => kept.equals(key))) this.index.putSync(key, change.id);
      index.multiple ||= multiple;
    });
    this.outbox.append(change.events);
    return { status: 'committed', version };
  }

  private erase(id: string): boolean {
    const key = encodeKey([id]);
    const row = key.length > MAX_BOUND_BYTES ? undefined : this.documents.get(key);
    if (!row) return false;
    for (const index of this.indexes) {
      for (const entry of keysIn(index, row[3], id).keys) this.index.removeSync(entry);
    }
    this.documents.removeSync(key);
    return true;
  }

  private readPage(query: PageQuery<T>): Page<T> {
    const plan = planPage(this.definition, query);
    const descending = query.descending ?? false;
    const matches = matcherOf(plan.residual);
    const entries: PageEntry<T>[] = [];
    for (const id of this.idsOf(plan, plan.after, descending)) {
      const stored = this.read(id);
      if (!stored || !matches(stored.document)) continue;
      if (entries.length === query.first) return { entries, hasNextPage: true };
      entries.push({ ...stored, key: pageKey(stored, query.orderBy) });
    }
    return { entries, hasNextPage: false };
  }

  private readCount(where: Conditions<T>): number {
    const plan = planCount(this.definition, where);
    const index = plan.index === undefined ? undefined : this.indexes[plan.index];
    const ranges = this.rangesOf(plan);
    const exact =
      index === undefined || !index.multiple || (ranges.length === 1 && plan.lead.length === index.fields.length);
    const covered = Object.keys(plan.residual).length === 0;
    if (covered && exact) {
      const keys = index ? this.index : this.documents;
      return ranges.reduce((sum, { range }) => {
        const scan = scanOf(range, false);
        return scan ? sum + keys.getKeysCount(scan) : sum;
      }, 0);
    }
    const matches = matcherOf(plan.residual);
    const counted = new Set<string>();
    for (const id of this.idsOf(plan, undefined, false)) {
      if (counted.has(id)) continue;
      const stored = covered ? undefined : this.read(id);
      if (covered || (stored && matches(stored.document))) counted.add(id);
    }
    return counted.size;
  }

  /** Ids in the order of the fields that follow the lead, without repetition where these are the plan's order. */
  private *idsOf(plan: Plan, from: readonly Scalar[] | undefined, descending: boolean): Generator<string> {
    const sources = this.rangesOf(plan).map(({ prefix, range }) => {
      const start = from && encodeKey(from, prefix);
      const low = start && !descending ? max(range.low, after(start)) : range.low;
      const high = start && descending ? min(range.high, start) : range.high;
      return this.scan(plan, prefix.length, { low, high }, descending);
    });
    yield* mergeEntries(sources, descending);
  }

  private *scan(plan: Plan, skip: number, range: KeyRange, descending: boolean): Generator<IndexEntry> {
    const scan = scanOf(range, descending);
    if (!scan) return;
    if (plan.index === undefined) {
      for (const { key, value } of this.documents.getRange(scan)) yield { order: key, id: value[0] };
    } else {
      for (const { key, value } of this.index.getRange(scan)) yield { order: key.subarray(skip), id: value };
    }
  }

  private rangesOf(plan: Plan): { prefix: Buffer; range: KeyRange }[] {
    const index = plan.index === undefined ? undefined : this.indexes[plan.index];
    let prefixes = [index ? prefixOf(index.number) : Buffer.alloc(0)];
    for (const values of plan.lead) {
      prefixes = prefixes.flatMap((prefix) => values.map((value) => encodeKey([value], prefix)));
    }
    return prefixes.map((prefix) => ({ prefix, range: rangeOf(prefix, plan.range) }));
  }
}

/** A range as the engine wants it; it takes no longer bounds, and no key is as long. */
function scanOf(range: KeyRange, descending: boolean): RangeOptions | undefined {
  const low = range.low.subarray(0, MAX_BOUND_BYTES);
  const high = range.high.subarray(0, MAX_BOUND_BYTES);
  if (Buffer.compare(low, high) >= 0) return undefined;
  return descending
    ? { start: high, exclusiveStart: true, end: low, inclusiveEnd: true, reverse: true }
    : { start: low, end: high };
}

function keysIn({ number, fields }: StoredIndex, document: object, id: string): DocumentKeys {
  return indexKeys(document, id, fields, prefixOf(number));
}

function prefixOf(indexNumber: number): Buffer {
  const prefix = Buffer.alloc(2);
  prefix.writeUInt16BE(indexNumber);
  return prefix;
}

function max(a: Buffer, b: Buffer): Buffer {
  return Buffer.compare(a, b) >= 0 ? a : b;
}

function min(a: Buffer, b: Buffer): Buffer {
  return Buffer.compare(a, b) <= 0 ? a : b;
}

/** Id, version, applied messages, document. */
type Row<T> = [id: string, version: number, appliedMessages: string[], document: T];

interface PreparedChange<T> {
  readonly change: Change<T>;
  readonly key: Buffer;
  readonly entries: readonly DocumentKeys[];
}
