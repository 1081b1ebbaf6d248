import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { bootSystem, startedProcess, temporaryFolder } from '../system.ts';
import { extracting, type SeenExtract } from './extracting.ts';
import { tellWorkCenters } from './work-centers.ts';

const COUNT = 3_000;

it('goes on by itself after its process was killed, to the same rows', { timeout: 300_000 }, async () => {
  // given a plant, and an extract of it that has begun
  const dataDir = join(await temporaryFolder(), 'data');
  const before = await bootSystem({ dataDir });
  await tellWorkCenters(before.system, COUNT);
  await before.client.close();
  await before.system.close();
  const env = { TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off' };
  const first = await startedProcess(env);
  const kept = await begunExtract(first.url);

  // when the process is killed, and started again
  first.child.kill('SIGKILL');
  await first.ended();
  const second = await startedProcess(env);

  // then it goes on from there
  const { over, rowsOf } = extracting(second.url);
  const done = await over(kept.id);
  expect(done).toMatchObject({ state: 'DONE', progress: { rows: COUNT } });
  expect(done.progress.pages).toBeGreaterThanOrEqual(kept.progress.pages);
  const rows = await rowsOf(done);
  expect(rows.map(({ code }) => code).sort()).toEqual(Array.from({ length: COUNT }, (_, n) => `WC-${n}`).sort());
});

/** An extract of which rows have been read. Where from it goes on, packages/extraction shows. */
async function begunExtract(url: string): Promise<SeenExtract> {
  const { bulkExtract, find } = extracting(url);
  const { extract } = await bulkExtract({ query: '{ workCenters { nodes { code name location { code } } } }' });
  return vi.waitFor(
    async () => {
      const seen = await find(extract!.id);
      expect(seen?.progress.rows).toBeGreaterThan(0);
      return seen!;
    },
    { timeout: 60_000, interval: 20 },
  );
}
