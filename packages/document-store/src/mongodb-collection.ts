import { randomUUID } from 'node:crypto';
import { BSON, MongoBulkWriteError } from 'mongodb';
import type { Filter, Collection as MongoRows, Sort } from 'mongodb';
import { matcherOf } from './conditions.ts';
import type { FieldConditions } from './conditions.ts';
import { indexKeys } from './index-keys.ts';
import { arraysFilter, continuationFilter, filterOf, pathOf } from './mongodb-filter.ts';
import type { MongoOutbox, OutboxEntry } from './mongodb-outbox.ts';
import { DUPLICATE_KEY, upsertAndGet } from './mongodb-upsert.ts';
import { checkChange, pageKey, planCount, planPage, withKey } from './plan.ts';
import { APPLIED_MESSAGES_KEPT, StoreUnavailableError } from './port.ts';
import type {
  Change,
  Collection,
  CollectionDefinition,
  CommitResult,
  Conditions,
  Page,
  PageEntry,
  PageQuery,
  Stored,
} from './port.ts';

/** A document as MongoDB keeps it: everything that one change writes is in one row. */
export interface MongoRow {
  readonly _id: string;
  readonly _v: number;
  readonly _applied: string[];
  readonly _outbox: readonly OutboxEntry[];
  /** Of the command that wrote it last, where that wrote several rows. */
  readonly _command?: string;
  readonly document: object;
}

export class MongoCollection<T extends object> implements Collection<T> {
  readonly name: string;

  constructor(
    private readonly definition: CollectionDefinition<T>,
    private readonly rows: MongoRows<MongoRow>,
    private readonly outbox: MongoOutbox,
  ) {
    this.name = definition.name;
  }

  async getMany(ids: readonly string[]): Promise<(Stored<T> | undefined)[]> {
    if (ids.length === 0) return [];
    const found = await this.rows.find({ _id: { $in: [...new Set(ids)] } }, WITHOUT_OUTBOX).toArray();
    const byId = new Map(found.map((row) => [row._id, storedOf<T>(row)]));
    return ids.map((id) => byId.get(id));
  }

  async commit(changes: readonly Change<T>[]): Promise<CommitResult[]> {
    for (const change of changes) this.check(change);
    const events = changes.reduce((sum, change) => sum + change.events.length, 0);
    let sequence = events > 0 ? await this.outbox.reserve(events, this.name) : 0;
    const results: CommitResult[] = [];
    let rest = changes.map((change, position): Write<T> => {
      const entries = change.events.map((event) => ({ seq: sequence++, event }));
      return { change, position, entries };
    });
    try {
      while (rest.length > 0) {
        const firsts = new Map<string, Write<T>>();
        for (const write of rest) if (!firsts.has(write.change.id)) firsts.set(write.change.id, write);
        await this.writeAll([...firsts.values()], results);
        rest = rest.filter((write) => firsts.get(write.change.id) !== write);
      }
      return results;
    } finally {
      // What has no result may be committed as well.
      const hasEvents = changes.some((change, i) => change.events.length > 0 && results[i]?.status !== 'conflict');
      if (hasEvents) this.outbox.signal.notify();
    }
  }

  async remove(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    const { deletedCount } = await this.rows.deleteMany({ _id: { $in: [...ids] }, '_outbox.0': { $exists: false } });
    return deletedCount;
  }

  async page(query: PageQuery<T>): Promise<Page<T>> {
    const plan = planPage(this.definition, query);
    const descending = query.descending ?? false;
    const direction = descending ? -1 : 1;
    const sort: Sort = Object.fromEntries([...plan.order.map(pathOf), '_id'].map((path) => [path, direction]));
    const matches = matcherOf(plan.where);
    const entries: PageEntry<T>[] = [];
    let { after } = plan;
    for (let limit = query.first + 1; ; limit = Math.max(limit, ROWS_AT_ONCE)) {
      const filter = { $and: [filterOf(plan.where), continuationFilter(plan.order, after, descending)] };
      const found = (await this.rows.find(filter, WITHOUT_OUTBOX).sort(sort).limit(limit).toArray()).map(storedOf<T>);
      for (const stored of found) {
        if (!matches(stored.document)) continue;
        if (entries.length === query.first) return { entries, hasNextPage: true };
        entries.push({ ...stored, key: pageKey(stored, query.orderBy) });
      }
      const last = found[limit - 1];
      if (!last) return { entries, hasNextPage: false };
      after = pageKey(last, plan.order);
    }
  }

  async pages(query: PageQuery<T>, keys: readonly Conditions<T>[]): Promise<Page<T>[]> {
    return Promise.all(keys.map((key) => this.page({ ...query, where: withKey(query.where, key) })));
  }

  async count(where: Conditions<T>): Promise<number> {
    const conditions = planCount(this.definition, where).where;
    const filter = filterOf(conditions);
    const arrays = arraysFilter(conditions);
    if (!arrays) return this.rows.countDocuments(filter);
    const [exact, examined] = await Promise.all([
      this.rows.countDocuments({ $and: [filter, { $nor: [arrays] }] }),
      this.countMatching({ $and: [filter, arrays] }, conditions),
    ]);
    return exact + examined;
  }

  async counts(where: Conditions<T>, keys: readonly Conditions<T>[]): Promise<number[]> {
    return Promise.all(keys.map((key) => this.count(withKey(where, key))));
  }

  private async countMatching(filter: Filter<MongoRow>, where: FieldConditions): Promise<number> {
    const paths = Object.keys(where).map(pathOf);
    const found = this.rows
      .find(filter, { projection: Object.fromEntries(paths.map((path) => [path, 1])) })
      .batchSize(ROWS_AT_ONCE);
    const matches = matcherOf(where);
    let count = 0;
    for await (const { document } of found) if (matches(document)) count++;
    return count;
  }

  /** What the embedded store cannot index is refused here too. */
  private check(change: Change<T>): void {
    checkChange(change);
    for (const fields of this.definition.indexes) indexKeys(change.document, change.id, fields, NO_PREFIX);
    const bytes = BSON.calculateObjectSize(
      rowOf(
        change,
        change.events.map((event) => ({ seq: 1, event })),
      ),
      { ignoreUndefined: true },
    );
    if (bytes > MAX_ROW_BYTES) {
      throw new RangeError(`Document ${change.id} has ${bytes} bytes, MongoDB takes no more than ${MAX_ROW_BYTES}.`);
    }
  }

  /** Writes changes of different documents: new ones in one command, those of known versions in another. */
  private async writeAll(writes: readonly Write<T>[], results: CommitResult[]): Promise<void> {
    const conflicts: Write<T>[] = [];
    const inserts = writes.filter(({ change }) => change.expectedVersion === 0);
    const updates = writes.filter(({ change: { expectedVersion = 0 } }) => expectedVersion > 0);
    const blind = writes.filter(({ change }) => change.expectedVersion === undefined);
    await Promise.all([
      this.insert(inserts, results, conflicts),
      this.updateAll(updates, results, conflicts),
      this.writeBlindly(blind, results),
    ]);
    if (conflicts.length === 0) return;
    const ids = conflicts.map(({ change }) => change.id);
    const found = await this.rows.find({ _id: { $in: ids } }, { projection: { _v: 1 } }).toArray();
    const versions = new Map(found.map(({ _id, _v }) => [_id, _v]));
    for (const { change, position } of conflicts) {
      results[position] = { status: 'conflict', currentVersion: versions.get(change.id) ?? 0 };
    }
  }

  /** One command, which tells how many rows it wrote; which ones is looked up if that is not all of them. */
  private async updateAll(writes: readonly Write<T>[], results: CommitResult[], conflicts: Write<T>[]): Promise<void> {
    if (writes.length === 0) return;
    const _command = randomUUID();
    const updates = writes.map(({ change, entries }) => ({
      updateOne: {
        filter: { _id: change.id, _v: change.expectedVersion ?? 0 },
        update: { ...updateOf(change, entries), $set: { document: change.document, _command } },
      },
    }));
    const { matchedCount } = await this.rows.bulkWrite(updates, { ordered: false });
    const written = matchedCount === writes.length ? undefined : await this.rowsOf(writes, _command);
    if (written && written.size < matchedCount) {
      throw new StoreUnavailableError(`others wrote to ${this.name} meanwhile`);
    }
    for (const write of writes) {
      if (!written || written.has(write.change.id)) {
        results[write.position] = { status: 'committed', version: (write.change.expectedVersion ?? 0) + 1 };
      } else conflicts.push(write);
    }
  }

  /** Ids of the rows that a command wrote, and nobody since. */
  private async rowsOf(writes: readonly Write<T>[], command: string): Promise<ReadonlySet<string>> {
    const ids = writes.map(({ change }) => change.id);
    const found = await this.rows.find({ _id: { $in: ids }, _command: command }, { projection: { _id: 1 } }).toArray();
    return new Set(found.map(({ _id }) => _id));
  }

  private async insert(writes: readonly Write<T>[], results: CommitResult[], conflicts: Write<T>[]): Promise<void> {
    if (writes.length === 0) return;
    const rows = writes.map(({ change, entries }) => rowOf(change, entries));
    const refused = new Set<number>();
    try {
      await this.rows.insertMany(rows, { ordered: false });
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError)) throw error;
      const errors = [error.writeErrors].flat();
      const others = errors.some(({ code }) => code !== DUPLICATE_KEY);
      if (errors.length === 0 || others || error.result.getWriteConcernError()) throw error;
      for (const { index } of errors) refused.add(index);
    }
    writes.forEach((write, i) => {
      if (refused.has(i)) conflicts.push(write);
      else results[write.position] = { status: 'committed', version: 1 };
    });
  }

  private async writeBlindly(writes: readonly Write<T>[], results: CommitResult[]): Promise<void> {
    for (const { change, entries, position } of writes) {
      const update = { ...updateOf(change, entries), $set: { document: change.document } };
      const { _v } = await upsertAndGet(this.rows, { _id: change.id }, update);
      results[position] = { status: 'committed', version: _v };
    }
  }
}

const NO_PREFIX = new Uint8Array();
const WITHOUT_OUTBOX = { projection: { _outbox: 0 } } as const;

const ROWS_AT_ONCE = 1_000;
const MAX_ROW_BYTES = 16 * 1024 * 1024;

/** A row of a document that is new. */
function rowOf<T extends object>(change: Change<T>, entries: readonly OutboxEntry[]): MongoRow {
  const _applied = change.messageIds.slice(-APPLIED_MESSAGES_KEPT);
  return { _id: change.id, _v: 1, _applied, _outbox: entries, document: change.document };
}

/** What an update does beside setting the document. */
function updateOf<T>({ messageIds }: Change<T>, entries: readonly OutboxEntry[]) {
  return {
    $inc: { _v: 1 },
    $push: {
      _outbox: { $each: [...entries] },
      _applied: { $each: [...messageIds], $slice: -APPLIED_MESSAGES_KEPT },
    },
  };
}

/** The messages are cut here too: FerretDB pushes without cutting. */
function storedOf<T>({ _id, _v, _applied, document }: MongoRow): Stored<T> {
  return { id: _id, version: _v, document: document as T, appliedMessages: _applied.slice(-APPLIED_MESSAGES_KEPT) };
}

interface Write<T> {
  readonly change: Change<T>;
  readonly position: number;
  readonly entries: readonly OutboxEntry[];
}
