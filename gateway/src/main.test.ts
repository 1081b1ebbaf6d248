import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ExecutionResult } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

function run(...args: string[]) {
  return runWith({}, ...args);
}

function runWith(env: NodeJS.ProcessEnv, ...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, ended };
}

test('serves a supergraph file until it is told to stop', async () => {
  const { child, ended } = run('--supergraph', supergraph, '--port', '0');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /^Serving (http:\S+)\n$/.exec(line.toString())?.[1] ?? '';
  const query = '?query={product(sku:"P1"){name onHand supplierCode}}';
  expect(await (await fetch(url + query, { headers: { 'apollo-require-preflight': '1' } })).json()).toEqual({
    data: { product: { name: 'Product 1', onHand: 1711, supplierCode: null } },
  });
  expect((await fetch(url.replace('/graphql', '/health/ready'))).status).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});

test('reaches subgraphs as its configuration says', async () => {
  const config = join(directory, 'small.json');
  await writeFile(config, JSON.stringify({ transports: { defaults: { maxResponseBytes: 10 } } }));
  const { child, ended } = run('--supergraph', supergraph, '--port', '0', '--config', config);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /^Serving (http:\S+)\n$/.exec(line.toString())?.[1] ?? '';
  const response = (await (
    await fetch(`${url}?query={product(sku:"P1"){name}}`, { headers: { 'graphql-require-preflight': '1' } })
  ).json()) as ExecutionResult;
  expect(response.errors?.[0]?.message).toMatch(/answered with more than the gateway accepts/);
  child.kill('SIGTERM');
  await ended;
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
  const { child, ended } = run('--supergraph', supergraph, '--port', '0', '--config', config);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /^Serving (http:\S+)\n$/.exec(line.toString())?.[1] ?? '';
  const response = await fetch(url, {
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

test.each<[string, string[], Record<string, string>]>([
  ['asked to', ['--production'], {}],
  ['where NODE_ENV says production', [], { NODE_ENV: 'production' }],
])('tells neither its schema nor shows the IDE when %s', async (_name, args, env) => {
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--supergraph', supergraph, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: '', ...env },
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /^Serving (http:\S+)\n$/.exec(line.toString())?.[1] ?? '';
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ __schema { queryType { name } } }"}',
  });
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'INTROSPECTION_DISABLED' } }] });
  expect((await fetch(new URL('/', url), { headers: { accept: 'text/html' } })).status).toBe(404);
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  await ended;
});

test('serves what its file says after a change, and what the administrator pushes', async () => {
  const path = join(directory, 'changing.graphql');
  const sdl = await readFile(supergraph, 'utf8');
  await writeFile(path, sdl);
  const env = { ...process.env, TAKT_ADMIN_TOKEN: 'correct horse battery' };
  const args = ['--supergraph', path, '--port', '0', '--poll-seconds', '0.1'];
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /^Serving (http:\S+)\/graphql\n$/.exec(line.toString())?.[1] ?? '';
  await writeFile(path, 'hello {');
  expect((await lines.next()).value).toMatch(/^The supergraph stays as it is: Syntax Error/);
  await writeFile(path, `${sdl}\n# changed`);
  expect((await lines.next()).value).toMatch(/^Serving supergraph [\da-f]{12}\.$/);
  const push = (token: string) =>
    fetch(`${url}/supergraph`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: sdl });
  expect((await push('wrong')).status).toBe(401);
  expect((await push('correct horse battery')).status).toBe(200);
  expect((await lines.next()).value).toMatch(/^Serving supergraph/);
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
});

test('ends with its standard input when it is to watch that', async () => {
  const args = ['--supergraph', supergraph, '--port', '0', '--watch-stdin'];
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const ended = once(child, 'close');
  child.stdin.end();
  expect((await ended)[0]).toBe(0);
});

test('stops on a signal while it watches its standard input', async () => {
  const args = ['--supergraph', supergraph, '--port', '0', '--watch-stdin'];
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
});

describe('ends with one line and code 1', () => {
  test.each<[string, () => string[], RegExp]>([
    ['an unknown option', () => ['--supergrph', 'x'], /^Unknown option '--supergrph'/],
    [
      'a file that is not there',
      () => ['--supergraph', join(directory, 'none')],
      /Cannot read the supergraph file .*none \(ENOENT\)/,
    ],
    ['a port that is none', () => ['--supergraph', supergraph, '--port', '99999'], /^--port needs a number/],
    [
      'a configuration that is not there',
      () => ['--supergraph', supergraph, '--config', join(directory, 'none.json')],
      /^The configuration .*none\.json cannot be read \(ENOENT\)/,
    ],
    [
      'a pause that is none',
      () => ['--supergraph', supergraph, '--poll-seconds', '0'],
      /^--poll-seconds needs a number from 0.1 to 86400/,
    ],
    ['a subgraph without a URL', () => ['--subgraph', 'stock'], /^--subgraph needs NAME=URL/],
  ])('for %s', async (_name, args, message) => {
    const { code, stdout, stderr } = await run(...args()).ended;
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('for options of a subgraph that there is not', async () => {
    const config = join(directory, 'other.json');
    await writeFile(config, JSON.stringify({ transports: { subgraphs: { sotck: { timeoutMs: 1_000 } } } }));
    const { code, stderr } = await run('--supergraph', supergraph, '--port', '0', '--config', config).ended;
    expect(code).toBe(1);
    expect(stderr).toBe('The configuration has options for subgraphs that there are not: sotck.\n');
  });

  test('for a token of the administrator that is too short to be one', async () => {
    const env = { ...process.env, TAKT_ADMIN_TOKEN: 'short' };
    const child = spawn(process.execPath, ['--import', 'tsx', main, '--supergraph', supergraph], { env });
    const [text] = (await once(child.stderr, 'data')) as [Buffer];
    expect(text.toString()).toBe('TAKT_ADMIN_TOKEN needs at least 16 characters.\n');
    expect((await once(child, 'close'))[0]).toBe(1);
  });

  test('for a secret of tokens that is too short, without telling it', async () => {
    const { code, stderr } = await runWith({ TAKT_JWT_SECRET: 'hunter2' }, '--supergraph', supergraph, '--port', '0')
      .ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'The secret of tokens needs at least 32 bytes.\n' });
  });

  test('for a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await run('--supergraph', supergraph, '--port', String(port)).ended;
    other.close();
    expect(code).toBe(1);
    expect(stderr).toBe(`Cannot listen on port ${port} of 127.0.0.1: it is in use.\n`);
  });
});
