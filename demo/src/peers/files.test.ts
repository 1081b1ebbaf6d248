import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { startWms, type Wms } from './files.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'takt-wms-'))));

async function start(): Promise<Wms> {
  const wms = await startWms({ system: 'wms/demo', folder });
  onTestFinished(async () => {
    await wms.close();
    await rm(folder, { recursive: true, force: true });
  });
  return wms;
}

function receipt(document: string) {
  const where = { sku: 'A', location: 'P100', quantity: '1', unit: 'PC', postedAt: '2026-11-26T10:00:00Z' };
  return { document, line: 1, type: 'RECEIPT' as const, ...where };
}

it('a run writes over nothing that one before has left', async () => {
  for (const document of ['GR-1', 'GR-2']) {
    const wms = await start();
    wms.move(receipt(document));
    await wms.dropMovements();
  }
  expect((await readdir(folder)).sort()).toEqual(['movements-000001.csv', 'movements-000002.csv']);
});

it('a file that is written slowly grows until it is whole', async () => {
  const wms = await start();
  wms.faults.set('slow', true);
  wms.move(receipt('GR-1'));
  const sizes = new Set<number>();
  let isWhole = false;
  const dropped = wms.dropMovements().finally(() => (isWhole = true));
  await vi.waitFor(
    async () => {
      const found = await stat(join(folder, 'movements-000001.csv'));
      sizes.add(found.size);
      expect(isWhole).toBe(true);
    },
    { timeout: 10_000, interval: 20 },
  );
  await dropped;
  expect(sizes.size).toBeGreaterThan(2);
});
