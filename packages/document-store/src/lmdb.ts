import { claimDirectory, lackOfRoom } from '@takt/lmdb-directory';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { DeclaredCollections } from './declared-collections.ts';
import { encodeKey } from './index-keys.ts';
import { LmdbCollection } from './lmdb-collection.ts';
import { LmdbOutbox } from './lmdb-outbox.ts';
import { orUnavailable } from './lmdb-transaction.ts';
import { StoreUnavailableError } from './port.ts';
import type { Collection, CollectionDefinition, DocumentStore, Outbox } from './port.ts';

/**
 * Opens the embedded store in a directory of its own, which is created if need be. One process at a time may have it
 * open. Throws {@link DirectoryError}, which says what to do, if the directory is in use, belongs to something
 * else or is damaged.
 */
export async function openLmdbStore({ directory }: { directory: string }): Promise<DocumentStore> {
  const claim = await claimDirectory(directory, { kind: 'documents', format: 1 });
  try {
    const engine = open({
      path: claim.dataPath,
      noSubdir: false,
      maxDbs: 256,
      // A commit resolves when it is on disk, and its failure is told to nobody but who asked for it.
      overlappingSync: false,
      eventTurnBatching: false,
    });
    try {
      const store = new LmdbStore(engine, claim.dataPath, claim.release);
      await claim.confirm();
      return store;
    } catch (error) {
      await engine.close();
      throw error;
    }
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/**
 * Sub-databases: `documents:<collection>` by id; `index:<collection>` with keys [index number, values, id] and the id as
 * value; `outbox` by sequence; `outbox-ids` by event id; `collections` with the index numbers of each collection.
 */
class LmdbStore implements DocumentStore {
  readonly outbox: Outbox;
  readonly shared = false;
  private readonly lmdbOutbox: LmdbOutbox;
  private readonly catalogue: Database<CatalogueEntry, Buffer>;
  private readonly collections = new DeclaredCollections();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly engine: RootDatabase,
    private readonly directory: string,
    private readonly release: () => Promise<void>,
  ) {
    this.lmdbOutbox = new LmdbOutbox(engine);
    this.outbox = this.lmdbOutbox;
    this.catalogue = engine.openDB('collections', { keyEncoding: 'binary' });
  }

  collection<T extends object>(definition: CollectionDefinition<T>): Promise<Collection<T>> {
    return this.collections.declare(definition, () => Promise.resolve(orUnavailable(() => this.declare(definition))));
  }

  async check(): Promise<void> {
    if (this.closing) throw new StoreUnavailableError('it is closed');
    const lack = await lackOfRoom(this.directory);
    if (lack !== undefined) throw new StoreUnavailableError(lack);
  }

  close(): Promise<void> {
    this.closing ??= this.engine.close().finally(this.release);
    return this.closing;
  }

  /** Numbers new indexes and fills them, empties those that are no longer declared. */
  private declare<T extends object>(definition: CollectionDefinition<T>): Collection<T> {
    const key = encodeKey([definition.name]);
    const known = this.catalogue.get(key) ?? { next: 0, indexes: [] };
    const entry: CatalogueEntry = { next: known.next, indexes: [] };
    const added: StoredIndex[] = [];
    for (const fields of definition.indexes as readonly (readonly string[])[]) {
      const kept = known.indexes.find((index) => index.fields.join() === fields.join());
      const index = kept ?? { number: entry.next++, fields: [...fields], multiple: false };
      entry.indexes.push(index);
      if (!kept) added.push(index);
    }
    const dropped = known.indexes.filter((index) => !entry.indexes.includes(index));
    const save = () => void this.catalogue.put(key, entry);
    const collection = new LmdbCollection(definition, this.engine, this.lmdbOutbox, entry.indexes, save);
    if (added.length > 0 || dropped.length > 0) {
      this.engine.transactionSync(() => {
        collection.reindex(added, dropped);
        save();
      });
    }
    return collection;
  }
}

/** An index as it is stored; `multiple` once any document had more than one entry in it. */
export interface StoredIndex {
  readonly number: number;
  readonly fields: readonly string[];
  multiple: boolean;
}

interface CatalogueEntry {
  next: number;
  indexes: StoredIndex[];
}
