import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { expect, it } from 'vitest';
import { sharedSystem, taktProcess, temporaryFolder } from '../system.ts';
import { tellStates, tellWorkCenters } from './work-centers.ts';

const plant = sharedSystem({}, (system) => tellWorkCenters(system, 600));

async function extract(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const process = taktProcess(['extract', ...args, '--url', `${plant().system.url}/graphql`]);
  return { code: await process.ended(), output: process.output() };
}

it('writes the rows of a query into a file, and later what has changed', { timeout: 180_000 }, async () => {
  const folder = await temporaryFolder();
  const query = join(folder, 'work-centers.graphql');
  await writeFile(query, 'query Down($states: [WorkCenterState!]) { workCenters(filter: { state: $states }) { nodes { code state } } }');
  await tellStates(plant().system, { 1: 4, 2: 4, 3: 0 });

  const out = join(folder, 'down.parquet');
  const all = await extract(query, '--variables', '{"states":["DOWN"]}', '--format', 'parquet', '--out', out);
  expect(all).toMatchObject({ code: 0, output: expect.stringMatching(/^2 rows/) as string });
  expect(await parquetReadObjects({ file: new Uint8Array(await readFile(out)).buffer })).toEqual([
    { _id: 'WC-1', code: 'WC-1', state: 'DOWN' },
    { _id: 'WC-2', code: 'WC-2', state: 'DOWN' },
  ]);

  await tellStates(plant().system, { 2: 0, 3: 4 });
  const [, since = ''] = /--since (\S+)/.exec(all.output) ?? [];
  const changes = join(folder, 'changes.jsonl');
  expect(await extract('--since', since, '--out', changes)).toMatchObject({ code: 0 });
  const rows = (await readFile(changes, 'utf8')).split('\n').slice(0, -1).map((line) => JSON.parse(line) as unknown);
  expect(rows).toEqual([
    { _id: 'WC-2', _deleted: true },
    { _id: 'WC-3', _deleted: false, code: 'WC-3', state: 'DOWN' },
  ]);

  // and goes on after an interruption
  const later = join(folder, 'all.jsonl');
  await writeFile(query, '{ workCenters { nodes { code name } } }');
  const interrupted = taktProcess(['extract', query, '--out', later, '--url', `${plant().system.url}/graphql`]);
  await expect.poll(() => readFile(`${later}.extract`, 'utf8').catch(() => '')).not.toBe('');
  interrupted.child.kill('SIGINT');
  await interrupted.ended();
  const resumed = await extract(query, '--out', later);
  expect(resumed).toMatchObject({ code: 0, output: expect.stringMatching(/Going on with extract [0-9a-f]{32}/) as string });
  expect((await readFile(later, 'utf8')).split('\n')).toHaveLength(601);
});

it('says why a query cannot be extracted', async () => {
  const folder = await temporaryFolder();
  const query = join(folder, 'query.graphql');
  await writeFile(query, '{ workCenters(first: 5) { nodes { code } } }');
  const refused = await extract(query, '--out', join(folder, 'out'));
  expect(refused).toMatchObject({ code: 2, output: expect.stringMatching(/EXTRACT_NOT_PAGEABLE: .*Leave it out/) as string });
  expect(await extract(query)).toMatchObject({ code: 2, output: expect.stringMatching(/Usage/) as string });
});
