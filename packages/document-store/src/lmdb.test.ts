import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeDocumentStore } from './contract.ts';
import { openLmdbStore } from './lmdb.ts';

describeDocumentStore('the embedded store', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'takt-documents-'));
  let store = await openLmdbStore({ directory });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await openLmdbStore({ directory });
      return store;
    },
    becomeNewer: async () => {
      await store.close();
      const marker = { kind: 'documents', format: 2, complete: true };
      await writeFile(join(directory, 'takt-store.json'), JSON.stringify(marker));
    },
    dispose: async () => {
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
});
