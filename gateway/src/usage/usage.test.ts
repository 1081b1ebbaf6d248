import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, parse } from 'graphql';
import type { OperationDefinitionNode } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../test-subgraphs/listen.ts';
import { recordedOperation } from './recorded-operation.ts';
import { openUsage } from './usage.ts';
import type { UsageOptions } from './usage.ts';
import { usageEndpoint } from './usage-endpoint.ts';
import { parseUsageReport } from './usage-report.ts';
import type { Use } from './usage-tally.ts';

const schema = buildSchema('type Query { parts(first: Int): [Part!]! } type Part { sku: ID! name: String }');
const schemaOf = (contract: string) => (contract === '2026-11' ? schema : undefined);

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'takt-usage-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Usage whose clock stands still unless it is set; what it writes is asked for, not waited for. */
async function open(folder: string, options: Partial<UsageOptions> = {}) {
  const clock = { at: Date.parse('2026-11-26T10:00:00Z') };
  const lines: string[] = [];
  const usage = await openUsage({
    folder,
    flushMs: 1_000_000,
    now: () => clock.at,
    log: (line) => lines.push(line),
    ...options,
  });
  onTestFinished(() => usage.close());
  return { usage, clock, lines };
}

function useOf(text: string, given: Partial<Use> = {}): Use {
  const document = parse(text);
  const operation = recordedOperation(document, document.definitions[0] as OperationDefinitionNode);
  const client = { name: 'board', version: '1' };
  return { contract: '2026-11', isPinned: true, client, operation, failed: false, ...given };
}

it('tells who runs what, how often, and which fields that uses', async () => {
  const { usage, clock } = await open(await newFolder());
  usage.record(useOf('query Parts { parts(first: 5) { sku } }'));
  clock.at += 1_000;
  usage.record(useOf('query Parts { parts(first: 7) { sku } }', { failed: true }));
  usage.record(
    useOf('{ parts { name } }', { contract: '2020-01', isPinned: false, client: { name: 'old', version: undefined } }),
  );
  expect(await usage.report(schemaOf)).toEqual({
    since: '2026-11-26T10:00:00.000Z',
    until: '2026-11-26T10:00:01.000Z',
    entries: [
      {
        contract: '2026-11',
        isPinned: true,
        client: 'board',
        clientVersion: '1',
        operationName: 'Parts',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        document: 'query Parts {\n  parts(first: 0) {\n    sku\n  }\n}',
        count: 2,
        errors: 1,
        firstSeen: '2026-11-26T10:00:00.000Z',
        lastSeen: '2026-11-26T10:00:01.000Z',
        fields: ['Part.sku', 'Query.parts', 'Query.parts(first:)'],
      },
      expect.objectContaining({ contract: '2020-01', isPinned: false, client: 'old', count: 1, fields: [] }),
    ],
    other: { count: 0, errors: 0 },
  });
});

it('is empty where nothing was run', async () => {
  const { usage } = await open(await newFolder());
  expect(await usage.report(schemaOf)).toEqual({ entries: [], other: { count: 0, errors: 0 } });
});

it('goes on after a restart, from day to day', async () => {
  const folder = await newFolder();
  const first = await open(folder);
  first.usage.record(useOf('{ parts { sku } }'));
  await first.usage.close();
  const second = await open(folder);
  second.usage.record(useOf('{ parts { sku } }'));
  second.clock.at = Date.parse('2026-11-27T00:00:00Z');
  second.usage.record(useOf('{ parts { sku } }'));
  await second.usage.flush();
  const names = await readdir(folder);
  expect(names.map((name) => name.slice(0, 10)).sort()).toEqual(['2026-11-26', '2026-11-26', '2026-11-27']);
  expect(await second.usage.report(schemaOf)).toMatchObject({
    entries: [{ count: 3, firstSeen: '2026-11-26T10:00:00.000Z', lastSeen: '2026-11-27T00:00:00.000Z' }],
  });
  expect((await second.usage.report(schemaOf, '2026-11-27')).entries).toMatchObject([{ count: 1 }]);
});

it('keeps 90 days', async () => {
  const folder = await newFolder();
  const { usage, clock } = await open(folder);
  usage.record(useOf('{ parts { sku } }'));
  await usage.flush();
  await writeFile(join(folder, '2026-11-26.died.json.half.new'), '');
  await writeFile(join(folder, 'notes.txt'), '');
  clock.at = Date.parse('2027-02-24T00:00:00Z');
  await (await open(folder, { now: () => clock.at })).usage.close();
  expect(await readdir(folder)).toHaveLength(3);
  clock.at = Date.parse('2027-02-25T00:00:00Z');
  await (await open(folder, { now: () => clock.at })).usage.close();
  expect(await readdir(folder)).toEqual(['notes.txt']);
});

it('counts what is beyond its bounds as other, and says so once a day', async () => {
  const { usage, lines } = await open(await newFolder(), {
    limits: { maxRows: 1, maxCharacters: 1_000, maxClients: 9 },
  });
  for (const text of ['{ parts { sku } }', '{ parts { name } }', 'query B { parts { name } }'])
    usage.record(useOf(text));
  expect(await usage.report(schemaOf)).toMatchObject({ entries: [{ count: 1 }], other: { count: 2, errors: 0 } });
  expect(lines).toEqual([expect.stringContaining('counted as other')]);
});

it('leaves a damaged file out and says which', async () => {
  const folder = await newFolder();
  const { usage, lines } = await open(folder);
  await writeFile(join(folder, '2026-11-25.broken.json'), '{"format":1');
  await writeFile(join(folder, '2026-11-25.strange.json'), '{"format":1,"rows":[{}],"documents":{},"other":{}}');
  usage.record(useOf('{ parts { sku } }'));
  expect((await usage.report(schemaOf)).entries).toHaveLength(1);
  expect(lines).toEqual([expect.stringContaining('broken.json'), expect.stringContaining('strange.json')]);
});

it('keeps counts that could not be written for the next time', async () => {
  const folder = join(await newFolder(), 'usage');
  const { usage } = await open(folder);
  usage.record(useOf('{ parts { sku } }'));
  await rm(folder, { recursive: true });
  await expect(usage.flush()).rejects.toThrow('ENOENT');
  const again = await open(folder);
  await usage.flush();
  expect(await again.usage.report(schemaOf)).toMatchObject({ entries: [{ count: 1 }] });
});

it('cannot be opened on a file', async () => {
  const path = join(await newFolder(), 'file');
  await writeFile(path, '');
  await expect(open(path)).rejects.toThrow(`${path} cannot be used`);
});

it('of several processes adds up, also of one that was killed', async () => {
  const folder = await newFolder();
  const program = fileURLToPath(new URL('./record.child.ts', import.meta.url));
  const children = ['one', 'two'].map((name) =>
    spawn(process.execPath, ['--import', 'tsx', program, folder, name], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const heard = (index: number) => once(children[index]!.stdout, 'data');
  await Promise.all([heard(0), heard(1)]);
  for (const [index, runs] of [3, 5].entries()) {
    const written = heard(index);
    children[index]!.stdin.write('.'.repeat(runs));
    await written;
  }
  await Promise.all(
    children.map((child) => {
      child.kill('SIGKILL');
      return once(child, 'exit');
    }),
  );
  const { usage } = await open(folder, { now: Date.now });
  const { entries } = await usage.report(schemaOf);
  expect(entries).toMatchObject([
    { client: 'two', count: 5, fields: ['Part.sku', 'Query.parts'] },
    { client: 'one', count: 3 },
  ]);
});

it('is told over HTTP to the administrator', async () => {
  const { usage } = await open(await newFolder());
  usage.record(useOf('{ parts { sku } }'));
  const endpoint = usageEndpoint({ usage, adminToken: 'administrator-of-tests', schemaOf });
  const port = await listen(createServer((request, response) => void endpoint(request, response)));
  const ask = (query: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}/usage${query}`, {
      headers: { authorization: 'Bearer administrator-of-tests' },
      ...init,
    });
  expect(parseUsageReport(await (await ask('?since=2026-11-26')).text())).toEqual(await usage.report(schemaOf));
  expect(await (await ask('?since=2026-11-27')).json()).toMatchObject({ entries: [] });
  expect((await ask('?since=2026-13-45')).status).toBe(400);
  expect((await ask('', { method: 'POST' })).status).toBe(405);
  expect((await ask('', { headers: {} })).status).toBe(401);
});

it.each([
  ['{', 'It is not JSON.'],
  ['{"entries":[{}],"other":{"count":0,"errors":0}}', 'It is not a usage report: /entries/0'],
])('is not what %s says', (text, reason) => {
  expect(() => parseUsageReport(text)).toThrow(reason);
});
