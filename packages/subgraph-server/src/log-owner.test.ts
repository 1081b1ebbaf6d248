import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore } from '@takt/document-store';
import { expect, it, onTestFinished } from 'vitest';
import { claimLog } from './log-owner.ts';

it('documents belong to the log that they were first opened with, for ever', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'takt-owner-'));
  const store = await openLmdbStore({ directory });
  onTestFinished(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });
  await claimLog('products', store, { id: 'one' });
  await claimLog('products', store, { id: 'one' });
  await expect(claimLog('products', store, { id: 'other' })).rejects.toThrow(
    /documents of products belong to another event log .*\(one, not other\).*TAKT_NAMESPACE/,
  );
});
