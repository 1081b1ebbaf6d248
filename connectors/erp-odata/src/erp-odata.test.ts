import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readInstances } from '@takt/backing-system';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { callMapping } from './erp.fixture.ts';
import { erpOData } from './erp-odata.ts';

const ENV = { ERP_P100_USER: 'TAKT', ERP_P100_PASSWORD: 's3cret', ERP_P200_TOKEN: 't0ken' };
let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'erp-odata-'))));
afterEach(() => rm(folder, { recursive: true }));

const read = () => readInstances(folder, [erpOData], ENV, () => Promise.resolve(callMapping(undefined)));

it('is declared by files such as the examples, two ERPs side by side', async () => {
  await cp(fileURLToPath(new URL('../examples', import.meta.url)), folder, { recursive: true });
  const systems = await read();
  expect(systems.map(({ system }) => system).sort()).toEqual(['erp/P100', 'erp/P200']);
  for (const { receiver, connect } of systems)
    expect([receiver, connect]).toEqual([expect.anything(), expect.anything()]);
});

const LINES = {
  type: 'erp-odata',
  instance: 'erp/P100',
  endpoint: 'https://erp.example',
  version: 'v2',
  mapping: 'sap-s4',
};
const SET = { name: 'A', path: 'S/A', key: ['Id'] };

it.each([
  [{ version: 'v3' }, 'version: '],
  [{ mapping: undefined }, 'mapping: What an ERP says takes a mapping.'],
  [{ timeZone: 'Europe/Atlantis' }, 'timeZone: There is no Europe/Atlantis.'],
  [{ concurrency: 6 }, 'concurrency: '],
  [{ entitySets: [SET, SET] }, 'entitySets: A is there twice.'],
  [{ entitySets: [{ ...SET, path: '../admin' }] }, 'entitySets.0.path: '],
  [{ entitySets: [{ ...SET, key: [] }] }, 'entitySets.0.key: '],
  [{ entitySets: [{ ...SET, changedOn: { field: 'At', type: 'week' } }] }, 'entitySets.0.changedOn.type: '],
  [{ entitySets: [{ ...SET, orderBy: 'Id' }] }, 'entitySets.0.orderBy: '],
])('refuses %j, and says where', async (settings, message) => {
  await writeFile(join(folder, 'p100.yml'), JSON.stringify({ ...LINES, ...settings }));
  await expect(read()).rejects.toThrow(`p100.yml: ${message}`);
});
