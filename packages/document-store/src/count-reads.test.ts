import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countReads } from './count-reads.ts';
import { openLmdbStore } from './lmdb.ts';

it('counts each read once, whatever it reads, and no commits', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'takt-reads-'));
  const { store, reads, reset } = countReads(await openLmdbStore({ directory }));
  const things = await store.collection<{ sku: string }>({ name: 'things', indexes: [['sku']] });
  await things.commit([{ id: '1', document: { sku: 'A' }, events: [], messageIds: [] }]);
  expect(reads()).toBe(0);
  await things.getMany(['1', '2', '3']);
  await things.page({ orderBy: ['sku'], first: 10 });
  await things.pages({ orderBy: [], first: 10 }, [{ sku: 'A' }, { sku: 'B' }]);
  await things.count({});
  await things.counts({}, [{ sku: 'A' }, { sku: 'B' }]);
  expect(reads()).toBe(5);
  reset();
  expect(reads()).toBe(0);
  await store.close();
  await rm(directory, { recursive: true });
});
