import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseContractList } from '@takt/gateway';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SCHEMA_FOLDER } from './schema-arguments.ts';
import { schemaCommand } from './schema.ts';

let folder: string;
let said: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2027-02-20T12:00:00Z') });
  folder = await mkdtemp(join(tmpdir(), 'takt-schema-'));
  await cp(SCHEMA_FOLDER, folder, { recursive: true });
  said = '';
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => ((said += String(text)), true));
  }
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => schemaCommand([...args, '--folder', folder]);
const read = (path: string) => readFile(join(folder, path), 'utf8');

async function usageFile(isPinned: boolean, unattributed = 0): Promise<string> {
  const entry = {
    contract: '2026-11',
    isPinned,
    client: 'buyers-desk',
    operationName: 'LeadTimes',
    hash: 'ab12cd34',
    document: 'query LeadTimes { supplierCommitment(id: "") { leadTimeDaysPlanned } }',
    firstSeen: '2027-01-04T08:00:00Z',
    lastSeen: '2027-02-19T08:00:00Z',
    fields: ['Query.supplierCommitment', 'Query.supplierCommitment(id:)', 'SupplierCommitment.leadTimeDaysPlanned'],
    count: 340,
    errors: 0,
  };
  const path = join(folder, 'usage.txt');
  await writeFile(path, JSON.stringify({ entries: [entry], other: { count: unattributed, errors: 0 } }));
  return path;
}

describe('Given the graph and what is released of it', () => {
  test('a change of a released version is found, named and explained', async () => {
    const path = join(folder, 'contracts/2026-11.graphql');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/^ {2}leadTimeDaysPlanned: .*$/m, '  leadTimeDaysPlanned: Float!'));
    expect(await run('check')).toBe(1);
    expect(said).toContain('✗ released versions');
    expect(said).toContain(
      "contracts/2026-11.graphql: breaking: Field 'SupplierCommitment.leadTimeDaysPlanned' changed type",
    );
    expect(said).toContain('A released version never changes');
    await expect(run('reword')).rejects.toThrow('More than words differ');
  });

  test('words that differ are corrected, and then everything passes', async () => {
    const path = join(folder, 'contracts/2026-08.graphql');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('By value: A is the most valuable.', 'By value.'));
    expect(await run('reword')).toBe(0);
    expect(await readFile(path, 'utf8')).toBe(text);
    said = '';
    expect(await run('check', '--json')).toBe(0);
    const { findings } = JSON.parse(said) as { findings: { severity: string }[] };
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('a release that breaks who follows the stable version is refused by name, and writes nothing', async () => {
    const usage = await usageFile(false);
    const before = await readdir(folder, { recursive: true });
    expect(await run('release', '2027-02', '--usage', usage)).toBe(1);
    expect(said).toContain('client buyers-desk, operation LeadTimes: would fail against 2027-02');
    expect(said).toContain('SupplierCommitment.leadTimeDaysPlanned is gone (340 runs, the last on 2027-02-19)');
    expect(said).toContain('2027-02 is not released.');
    expect(await readdir(folder, { recursive: true })).toEqual(before);
    said = '';
    expect(await run('release', '2027-02', '--usage', usage, '--allow-break', '--dry-run')).toBe(0);
    expect(said).toContain('! client buyers-desk');
    await expect(read('contracts/2027-02.graphql')).rejects.toThrow('ENOENT');
  });

  test('a report that leaves out runs is told as incomplete, and releases nothing unless that is accepted', async () => {
    const usage = await usageFile(true, 27);
    const told = /the report of usage:? is incomplete: 27 runs are not attributed to a client and an operation/;
    expect(await run('check', '--usage', usage)).toBe(0);
    expect(said).toContain('! recorded operations  1 operations; ');
    expect(said).toMatch(told);
    said = '';
    const before = await readdir(folder, { recursive: true });
    expect(await run('release', '2027-02', '--usage', usage)).toBe(1);
    expect(said).toContain('✗ recorded operations');
    expect(said).toMatch(told);
    expect(said).toContain('--allow-break');
    expect(await readdir(folder, { recursive: true })).toEqual(before);
    said = '';
    expect(await run('release', '2027-02', '--usage', usage, '--allow-break', '--dry-run')).toBe(0);
    expect(said).toMatch(told);
  });

  test('an audience that names no tag of the graph is refused by name, and nothing is released', async () => {
    const path = join(folder, 'contracts/contracts.json');
    const list = await readFile(path, 'utf8');
    await writeFile(path, list.replace('"internal"', '"internel"'));
    const before = await readdir(folder, { recursive: true });
    for (const command of [['check'], ['release', '2027-02']]) {
      said = '';
      expect(await run(...command)).toBe(1);
      expect(said).toContain('✗ audiences');
      expect(said).toContain(
        'the audience suppliers excludes "internel", which no element has: it hides nothing; the nearest is "internal"',
      );
    }
    expect(said).toContain('2027-02 is not released.');
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });

  test('a good release writes all of it, once; who pins a version is not broken by it', async () => {
    expect(await run('release', '2027-02', '--usage', await usageFile(true))).toBe(0);
    const list = parseContractList(JSON.parse(await read('contracts/contracts.json')));
    expect(list).toMatchObject({ stable: '2027-02', next: '2027-05' });
    expect(list.releases.slice(-2)).toEqual([
      { version: '2026-11', released: '2026-11-26', sunset: '2027-11-30' },
      { version: '2027-02', released: '2027-02-20' },
    ]);
    const written = await readdir(join(folder, 'contracts'));
    expect(written.filter((name) => name.startsWith('2027-02.')).sort()).toEqual([
      '2027-02.analytics.graphql',
      '2027-02.events.json',
      '2027-02.graphql',
      '2027-02.md',
      '2027-02.suppliers.graphql',
    ]);
    expect(await read('contracts/2027-02.md')).toContain('`SupplierCommitment.leadTimeDaysPlanned`');
    expect(await read('supergraph.graphql')).toContain('stable: "2027-02"');
    expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('.staging'));
    said = '';
    expect(await run('release', '2027-02')).toBe(0);
    expect(said).toContain('2027-02 is released already: nothing has to be written.');
  });

  test.each([
    ['2027-2', 'is no version'],
    ['2026-10', 'is not newer than 2026-11'],
    ['2027-03', 'the coming version is 2027-02'],
  ])('%s is not released', async (version, reason) => {
    await expect(run('release', version)).rejects.toThrow(reason);
  });

  test('what is used of it is a table, with the dates of what goes', async () => {
    expect(await run('usage', await usageFile(true, 2), '--deprecated')).toBe(0);
    expect(said).toMatch(
      /buyers-desk +LeadTimes +SupplierCommitment.leadTimeDaysPlanned +340 +2027-02-19 +since 2026-11, gone in 2027-02/,
    );
    expect(said).not.toContain('Query.supplierCommitment');
    expect(said).toContain('2 further runs were not kept apart.');
  });
});

describe('Given a gateway', () => {
  async function withGateway(listener: RequestListener, act: (url: string) => Promise<void>): Promise<void> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  const answering =
    (status: number, body: unknown): RequestListener =>
    ({ headers, method, url }, response) => {
      const isMeant = headers.authorization === 'Bearer sixteen-letters!' && method === 'POST';
      response.writeHead(isMeant && url === '/supergraph/rollback' ? status : 401).end(JSON.stringify(body));
    };

  test('it goes back, and what serves now is told', async () => {
    vi.stubEnv('TAKT_ADMIN_TOKEN', 'sixteen-letters!');
    const status = {
      version: 'ab12',
      since: '2027-02-20T12:00:00Z',
      rolledBackFrom: 'cd34',
      contracts: { stable: '2026-11', next: '2027-02' },
    };
    await withGateway(answering(200, status), async (url) => {
      expect(await schemaCommand(['rollback', '--gateway', url])).toBe(0);
    });
    expect(said).toContain('serves ab12 again since 2027-02-20T12:00:00Z, in the place of cd34');
    expect(said).toContain('2026-11 is stable, 2027-02 is coming');
  });

  test('what stands in the way is told', async () => {
    const rollback = (url: string) => schemaCommand(['rollback', '--gateway', url]);
    vi.stubEnv('TAKT_ADMIN_TOKEN', '');
    await expect(rollback('http://127.0.0.1:9')).rejects.toThrow('Set TAKT_ADMIN_TOKEN');
    vi.stubEnv('TAKT_ADMIN_TOKEN', 'sixteen-letters!');
    await expect(rollback('nowhere')).rejects.toThrow('is no URL of a gateway');
    await expect(rollback('http://127.0.0.1:9')).rejects.toThrow('No gateway answers');
    await withGateway(answering(409, {}), (url) => expect(rollback(url)).rejects.toThrow('nothing to go back to'));
    await withGateway(answering(404, {}), (url) =>
      expect(rollback(url)).rejects.toThrow('must be started with TAKT_ADMIN_TOKEN'),
    );
    await withGateway(answering(422, {}), (url) => expect(rollback(url)).rejects.toThrow('did not go back (422)'));
    vi.stubEnv('TAKT_ADMIN_TOKEN', 'another-token-of-16');
    await withGateway(answering(200, {}), (url) =>
      expect(rollback(url)).rejects.toThrow('does not take this TAKT_ADMIN_TOKEN'),
    );
  });

  test('usage comes from it', async () => {
    vi.stubEnv('TAKT_ADMIN_TOKEN', 'sixteen-letters!');
    const report = { entries: [], other: { count: 0, errors: 0 } };
    const listener: RequestListener = ({ url }, response) =>
      void response.end(url === '/usage' ? JSON.stringify(report) : '{}');
    await withGateway(listener, async (url) => {
      expect(await schemaCommand(['usage', '--gateway', url])).toBe(0);
    });
    expect(said).toBe('Nothing was used.\n');
  });
});

test('what is no command is answered with all there are', async () => {
  await expect(schemaCommand(['toString'])).rejects.toThrow('Usage: npm run schema');
  await expect(schemaCommand(['check', '--frob'])).rejects.toThrow("Unknown option '--frob'");
});
