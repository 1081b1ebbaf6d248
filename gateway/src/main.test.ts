import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stopMessage } from '@takt/serving';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createPlant } from '../test-subgraphs/plant/data.ts';
import { plantSubgraphs } from '../test-subgraphs/plant/subgraphs.ts';
import { serveSubgraph } from '../test-subgraphs/serve-subgraph.ts';
import type { ServedSubgraph } from '../test-subgraphs/serve-subgraph.ts';
import { composeSupergraph, httpTransport } from './index.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

let directory: string;
let supergraph: string;
let served: ServedSubgraph[];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-gateway-'));
  supergraph = join(directory, 'supergraph.graphql');
  served = await Promise.all(plantSubgraphs(createPlant).map((subgraph) => serveSubgraph(subgraph)));
  const sources = served.map(({ name, url }) => ({ name, url, transport: httpTransport({ name, url }) }));
  await writeFile(supergraph, await composeSupergraph(sources, new AbortController().signal));
  await Promise.all(sources.map(({ transport }) => transport.close()));
});
afterAll(async () => {
  await Promise.all(served.map((subgraph) => subgraph.close()));
  await rm(directory, { recursive: true });
});

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--port', '0', ...args], {
    env: { ...process.env, NODE_ENV: '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  const url = Promise.race([once(child.stdout, 'data'), ended]).then(
    () => /^Serving (http:\S+)\/graphql\n$/.exec(stdout)?.[1] ?? stdout + stderr,
  );
  return { child, url, ended };
}

async function ask(url: string, query: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

test('serves a supergraph file until it is told to stop, though it watches its standard input', async () => {
  const { child, url, ended } = run(['--supergraph', supergraph, '--watch-stdin']);
  expect(await ask(await url, '{ product(sku: "P1") { name onHand supplierCode } }')).toEqual({
    data: { product: { name: 'Product 1', onHand: 1711, supplierCode: null } },
  });
  expect((await fetch(`${await url}/health/ready`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});

test('reaches subgraphs as its configuration says; in production it tells no schema and shows no IDE', async () => {
  const config = join(directory, 'small.json');
  await writeFile(config, JSON.stringify({ transports: { defaults: { maxResponseBytes: 10 } } }));
  const args = ['--supergraph', supergraph, '--config', config, '--watch-stdin'];
  const { child, url, ended } = run(args, { NODE_ENV: 'production' });
  expect(await ask(await url, '{ product(sku: "P1") { name } }')).toMatchObject({
    errors: [{ message: expect.stringContaining('answered with more than the gateway accepts') }],
  });
  expect(await ask(await url, '{ __schema { queryType { name } } }')).toMatchObject({
    errors: [{ extensions: { code: 'INTROSPECTION_DISABLED' } }],
  });
  expect((await fetch(await url, { headers: { accept: 'text/html' } })).status).toBe(404);
  child.stdin.end();
  expect((await ended).code).toBe(0);
});

test('measures what its configuration says, tells the operator, and takes batches', async () => {
  const config = join(directory, 'measured.json');
  const options = {
    limits: { mode: 'measure', maxAliases: 1 },
    cost: { max: 100, expose: true },
    cors: ['https://plan.example'],
    introspection: false,
    server: { maxBatch: 2 },
  };
  await writeFile(config, JSON.stringify(options));
  const { child, url, ended } = run(['--supergraph', supergraph, '--config', config]);
  const response = await fetch(`${await url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://plan.example' },
    body: '[{"query":"{ a: product(sku: \\"P1\\") { n: name } }"},{"query":"{ __schema { queryType { name } } }"}]',
  });
  expect(await response.json()).toMatchObject([
    { data: { a: { n: 'Product 1' } }, extensions: { cost: { max: 100 } } },
    { errors: [{ extensions: { code: 'INTROSPECTION_DISABLED' } }] },
  ]);
  expect(response.headers.get('access-control-allow-origin')).toBe('https://plan.example');
  child.kill('SIGTERM');
  expect((await ended).stderr).toBe('An operation passed beyond maxAliases: 2, 1 are allowed.\n');
});

test('serves what its file says after a change, and what the administrator pushes', async () => {
  const path = join(directory, 'changing.graphql');
  const sdl = await readFile(supergraph, 'utf8');
  await writeFile(path, sdl);
  const { child, url, ended } = run(['--supergraph', path, '--poll-seconds', '0.1'], {
    TAKT_ADMIN_TOKEN: 'correct horse battery',
  });
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  const place = `${await url}/supergraph`;
  await writeFile(path, 'hello {');
  expect((await lines.next()).value).toMatch(/^The supergraph stays as it is: Syntax Error/);
  await writeFile(path, `${sdl}\n# changed`);
  expect((await lines.next()).value).toMatch(/^Serving supergraph [\da-f]{12}\.$/);
  const push = (token: string) =>
    fetch(place, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: sdl });
  expect((await push('wrong')).status).toBe(401);
  expect((await push('correct horse battery')).status).toBe(200);
  expect((await lines.next()).value).toMatch(/^Serving supergraph/);
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

test('ends when its supervisor tells it to, though it still waits for its supergraph', async () => {
  const child = fork(main, ['--port', '0', '--supergraph', 'http://127.0.0.1:1/'], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NODE_UNIQUE_ID: '1' },
    silent: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  let told = '';
  child.stderr!.on('data', (text) => (told += String(text)));
  await expect.poll(() => told).toContain('Waiting: ');
  child.send(stopMessage({ lingers: false }));
  expect(await ended).toEqual([0, null]);
});

describe('ends with one line and code 1', () => {
  test('for arguments that are none', async () => {
    expect(await run(['--subgraph', 'stock']).ended).toEqual({
      code: 1,
      stdout: '',
      stderr: '--subgraph needs NAME=URL with an http(s) URL, and got "stock".\n',
    });
  });

  test('for a file that is not there', async () => {
    const path = join(directory, 'none');
    expect(await run(['--supergraph', path]).ended).toEqual({
      code: 1,
      stdout: '',
      stderr: `The supergraph cannot be served: Cannot read the supergraph file ${path} (ENOENT).\n`,
    });
  });

  test('for options of a subgraph that there is not', async () => {
    const config = join(directory, 'other.json');
    await writeFile(config, JSON.stringify({ transports: { subgraphs: { sotck: { timeoutMs: 1_000 } } } }));
    const { code, stderr } = await run(['--supergraph', supergraph, '--config', config]).ended;
    expect(code).toBe(1);
    expect(stderr).toBe('The configuration has options for subgraphs that there are not: sotck.\n');
  });
});
