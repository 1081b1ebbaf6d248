import { join } from 'node:path';
import { openMongoStore, type DocumentStore } from '@takt/document-store';
import type { Config } from './config.ts';
import { doorOf, type DoorAddress } from './intake-door.ts';
import { neighboursBehindDoors, type Neighbours } from './neighbours.ts';
import { releaseAll } from './release-all.ts';
import { WRITER_EPOCHS } from './writer-lease.ts';

/**
 * The other domains, each in processes of its own: where several may write, the one that does says so in the store that
 * they share, which may be on another machine; otherwise in the data directory.
 */
export function reachNeighbours({
  dataDir,
  mongodbUri: uri,
  natsUrl,
  namespace,
}: Pick<Config, 'dataDir' | 'mongodbUri' | 'natsUrl' | 'namespace'>): {
  readonly neighbours: Neighbours;
  close(): Promise<void>;
} {
  if (uri === undefined || natsUrl === undefined) {
    return {
      neighbours: neighboursBehindDoors((domain) => doorOf(join(dataDir, domain))),
      close: () => Promise.resolve(),
    };
  }
  const stores = new Map<string, Promise<DocumentStore>>();
  const storeOf = (domain: string): Promise<DocumentStore> => {
    const opened = stores.get(domain) ?? openMongoStore({ uri, database: `${namespace}-${domain}` });
    stores.set(domain, opened);
    opened.catch(() => stores.delete(domain));
    return opened;
  };
  return {
    neighbours: neighboursBehindDoors(async (domain) => writerIn(await storeOf(domain))),
    async close() {
      const opened = await Promise.allSettled(stores.values());
      await releaseAll(opened.flatMap((store) => (store.status === 'fulfilled' ? [() => store.value.close()] : [])));
    },
  };
}

async function writerIn(store: DocumentStore): Promise<DoorAddress | undefined> {
  const epochs = await store.collection(WRITER_EPOCHS);
  const { entries } = await epochs.page({ orderBy: [], descending: true, first: 1 });
  const newest = entries[0]?.document;
  return newest && !newest.released ? { url: newest.url, token: newest.token } : undefined;
}
