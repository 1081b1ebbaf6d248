import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { connectorCommand } from './connector.ts';
import { mappingCommand } from './mapping.ts';
import { UsageError } from './usage-error.ts';

const MAPPING = fileURLToPath(new URL('../../connectors/files/mappings/stock-count.yml', import.meta.url));
const ROW = { sku: 'PUMP', location: 'P100', quantity: '12.5', unit: 'PC' };
const CSV = 'sku;location;quantity;unit\nPUMP;P100;12.5;PC\nVALVE;P200;many;PC\n';
const INSTANCE = `type: files
instance: wms/P100
endpoint: sftp://127.0.0.1:22/out
credentials: { user: WMS_USER, password: WMS_PASSWORD }
format: { kind: csv, delimiter: ';' }
scope: { locations: [P100] }
mapping: stock-count
`;

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'takt-mapping-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

function terminal(env: Readonly<Record<string, string>> = {}) {
  const written = { out: '', err: '' };
  return {
    written,
    env,
    out: { write: (text: string) => (written.out += text) },
    err: { write: (text: string) => (written.err += text) },
  };
}

it('shows the messages that records would cause', async () => {
  const folder = await folderWith({
    'rows.jsonl': `${JSON.stringify(ROW)}\n\n${JSON.stringify({ ...ROW, sku: 'VALVE' })}\n`,
  });
  const told = terminal();
  expect(await mappingCommand(['test', MAPPING, join(folder, 'rows.jsonl'), '--record', 'row'], told)).toBe(0);
  const [first, second] = told.written.out.split('\n}\n');
  expect(JSON.parse(`${first}}`)).toMatchObject({
    domain: 'inventory',
    type: 'StockReported',
    data: { sku: 'PUMP', location: 'P100', unit: 'PC' },
  });
  expect(second).toContain('"VALVE"');
  expect(told.written.out).toMatch(/^\{\n {2}"domain": "inventory",\n/);
  expect(told.written.err).toBe('2 messages, 0 faults.\n');
});

it('names record, rule, field, expression and reason of what is wrong', async () => {
  const records = [
    { type: 'row', data: { ...ROW, quantity: 'many' } },
    { type: 'row', data: ROW },
  ];
  const folder = await folderWith({ 'rows.json': JSON.stringify(records) });
  const told = terminal();
  expect(await mappingCommand(['test', MAPPING, join(folder, 'rows.json')], told)).toBe(1);
  expect(told.written.err).toMatch(
    /^record 1: MAPPING_FAILED: .*many.*\n {2}rule {8}count\n {2}field {7}data\.stock\n {2}expression {2}\[\{ "lot".*\n1 messages, 1 faults\.\n$/,
  );
});

it('reads a document as an instance would that is declared so, without its secrets', async () => {
  const folder = await folderWith({ 'wms.yml': INSTANCE, 'stock.csv': CSV });
  const told = terminal();
  const [instance, sample] = [join(folder, 'wms.yml'), join(folder, 'stock.csv')];
  expect(await mappingCommand(['test', MAPPING, sample, '--instance', instance], told)).toBe(1);
  expect(told.written.out).toContain('"PUMP"');
  expect(told.written.err).toMatch(/^line 3: MAPPING_FAILED/);
});

it('says how it is used, and what is wrong with what it is given', async () => {
  const folder = await folderWith({
    'bad.yml': 'name: bad\nconnector: files\nrules: 3\n',
    'rows.json': '[{}]',
    'no.json': '{',
  });
  const asked = (...args: string[]) => mappingCommand(args, terminal());
  await expect(asked()).rejects.toThrow(/^Usage/);
  await expect(asked('test', MAPPING, 'a', '--colour')).rejects.toThrow(UsageError);
  await expect(asked('test', join(folder, 'bad.yml'), join(folder, 'rows.json'))).rejects.toThrow(/bad\.yml: .*rules/);
  await expect(asked('test', join(folder, 'none.yml'), join(folder, 'rows.json'))).rejects.toThrow(/There is no file/);
  await expect(asked('test', MAPPING, join(folder, 'none'))).rejects.toThrow(/There is no file/);
  await expect(asked('test', MAPPING, join(folder, 'rows.json'))).rejects.toThrow(/record 1: .*--record TYPE/);
  await expect(asked('test', MAPPING, join(folder, 'no.json'))).rejects.toThrow(/neither JSON nor JSON lines/);
  await expect(asked('test', MAPPING, MAPPING, '--attribute', 'x')).rejects.toThrow(/NAME=VALUE/);
});

it('lists what is declared when no Takt runs, and dry-runs a file through it', async () => {
  const folder = await folderWith({ 'wms.yml': INSTANCE });
  const other = await folderWith({ 'stock.csv': `${CSV}VALVE;P200;1;PC\n` });
  const env = { TAKT_DATA_DIR: join(other, 'data'), TAKT_CONNECTORS: folder };
  const listed = terminal(env);
  expect(await connectorCommand(['list'], listed)).toBe(0);
  expect(listed.written.out).toMatch(/^SYSTEM .*\nwms\/P100 {2}files .*every 60s +stock-count 1\n$/);
  const ran = terminal(env);
  expect(await connectorCommand(['dry-run', 'wms/P100', join(other, 'stock.csv')], ran)).toBe(1);
  expect(ran.written.out.match(/"StockReported"/g)).toHaveLength(1);
  expect(ran.written.err).toMatch(/^No Takt runs here/);
  expect(ran.written.err).toMatch(/line 4: WRONG_PLANT_SCOPE: .*P200/);
  await expect(connectorCommand(['dry-run', 'wms/P300', 'x'], terminal(env))).rejects.toThrow(/There are: wms\/P100/);
  await expect(connectorCommand(['start'], terminal(env))).rejects.toThrow(/^Usage/);
});
