import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHandler } from 'graphql-http/lib/use/http';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { serveSubgraph } from '../../test-subgraphs/serve-subgraph.ts';
import type { ServedSubgraph } from '../../test-subgraphs/serve-subgraph.ts';
import type { InProcessSubgraph } from '../index.ts';
import { composeSupergraph } from '../supergraph/compose.ts';
import { httpTransport } from '../transports/http.ts';
import { startGateway } from './server.ts';
import type { GatewayServer } from './server.ts';
import type { GatewayServerOptions } from './server-options.ts';

const { signal } = new AbortController();

// Threads take seconds to start on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

/** Both versions know `name`; the second one knows `added` as well. */
const first = buildSubgraph('catalog', 'type Query { name(of: ID): String! }', {
  Query: { name: (_source: unknown, { of }: { of?: string }) => `pump ${of ?? ''}` },
});
const second = buildSubgraph('catalog', 'type Query { name(of: ID): String! added: Int }', {
  Query: { name: (_source: unknown, { of }: { of?: string }) => `pump ${of ?? ''}`, added: () => 7 },
});

let served: ServedSubgraph[];
let firstSdl: string;
let secondSdl: string;
let directory: string;
beforeAll(async () => {
  served = await Promise.all([first, second].map((each) => serveSubgraph(each)));
  [firstSdl, secondSdl] = (await Promise.all(
    served.map(({ url }, index) => sdlOf(index === 0 ? first : second, url)),
  )) as [string, string];
  directory = await mkdtemp(join(tmpdir(), 'takt-reload-'));
});
afterAll(async () => {
  await Promise.all(served.map((each) => each.close()));
  await rm(directory, { recursive: true });
});

function sdlOf({ name, sdl }: InProcessSubgraph, url: string): Promise<string> {
  return composeSupergraph([{ name, url, transport: { sdl: () => Promise.resolve(sdl) } }], signal);
}

async function fileOf(text: string): Promise<string> {
  const path = join(directory, `${crypto.randomUUID()}.graphql`);
  await writeFile(path, text);
  return path;
}

/** A server, what it logs, and its next swap or line of the log as a promise. */
async function start(options: Pick<GatewayServerOptions, 'supergraph'> & Partial<GatewayServerOptions>) {
  const lines: string[] = [];
  let heard: (() => void) | undefined;
  const log = (line: string) => {
    lines.push(line);
    heard?.();
  };
  const server = await startGateway({ port: 0, host: '127.0.0.1', planning: 'inline', log, ...options });
  onTestFinished(() => server.close());
  const until = async (line: RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find((each) => line.test(each));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (heard = resolve));
    }
  };
  return { server, lines, until, swapped: () => new Promise<void>((resolve) => server.onSwap(() => resolve())) };
}

async function ask({ url }: GatewayServer, query: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

async function health({ url }: GatewayServer): Promise<Record<string, unknown>> {
  return (await (await fetch(`${url}/health/supergraph`)).json()) as Record<string, unknown>;
}

describe('a file', () => {
  test.each([
    ['replaced', async (path: string, text: string) => rename(await fileOf(text), path)],
    ['written over', (path: string, text: string) => writeFile(path, text)],
  ])('that is %s is served', async (_how, change) => {
    const path = await fileOf(firstSdl);
    const { server, swapped } = await start({ supergraph: { kind: 'file', path } });
    expect(await ask(server, '{ added }')).toMatchObject({ errors: [{ message: expect.stringContaining('added') }] });
    const { version } = await health(server);
    const swap = swapped();
    await change(path, secondSdl);
    await swap;
    expect(await ask(server, '{ added }')).toEqual({ status: 200, data: { added: 7 } });
    expect((await health(server))['version']).not.toBe(version);
  });

  test('is looked at even if no change is reported', async () => {
    const path = await fileOf(firstSdl);
    const link = join(directory, 'linked', 'supergraph.graphql');
    const { mkdir, symlink } = await import('node:fs/promises');
    await mkdir(join(directory, 'linked'));
    await symlink(path, link);
    const { swapped } = await start({ supergraph: { kind: 'file', path: link, pollMs: 20 } });
    const swap = swapped();
    await writeFile(path, secondSdl);
    await swap;
  });

  test.each([
    ['that is not GraphQL', () => Promise.resolve('hello {'), /Syntax Error/],
    ['that is no supergraph', () => Promise.resolve('type Query { a: Int }'), /must be a core schema/],
    [
      'that says nowhere where its subgraphs are',
      () => sdlOf(second, 'nowhere:1'),
      /gives no http\(s\) URL for: catalog/,
    ],
  ])('%s leaves the old one, and says why', async (_what, text, reason) => {
    const path = await fileOf(firstSdl);
    const { server, until, swapped, lines } = await start({ supergraph: { kind: 'file', path } });
    const before = await health(server);
    expect(before).toEqual({ version: expect.stringMatching(/^[\da-f]{12}$/), since: expect.any(String) });
    await writeFile(path, await text());
    const line = await until(/^The supergraph stays as it is: /);
    expect(line).toMatch(reason);
    expect(await ask(server, '{ name }')).toEqual({ status: 200, data: { name: 'pump ' } });
    expect(await health(server)).toEqual({
      ...before,
      lastFailure: { at: expect.any(String), reason: expect.stringMatching(reason) },
    });
    const swap = swapped();
    await writeFile(path, secondSdl);
    await swap;
    expect(await health(server)).not.toHaveProperty('lastFailure');
    expect(lines.filter((each) => each.startsWith('The supergraph stays'))).toHaveLength(1);
  });
});

test('a supergraph at a URL is asked for by its ETag, and served when it is another', async () => {
  let sdl = firstSdl;
  let failing = false;
  let asked: (() => void) | undefined;
  const conditions: (string | undefined)[] = [];
  const origin = createServer((request, response) => {
    const etag = `"${sdl.length}"`;
    conditions.push(request.headers['if-none-match']);
    if (failing) response.writeHead(500).end('secret of the origin');
    else if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(200, { etag }).end(sdl);
    asked?.();
  }).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  onTestFinished(() => void origin.close());
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/graph?token=hunter2`;
  const { server, swapped, until } = await start({ supergraph: { kind: 'url', url, pollMs: 10 } });
  for (let time = 0; time < 3; time++) await new Promise<void>((resolve) => (asked = resolve));
  expect(conditions.slice(0, 3)).toEqual([undefined, `"${firstSdl.length}"`, `"${firstSdl.length}"`]);
  failing = true;
  const line = await until(/gives no supergraph: status 500/);
  expect(line).not.toMatch(/hunter2|secret/);
  expect(await ask(server, '{ name }')).toMatchObject({ status: 200 });
  const swap = swapped();
  failing = false;
  sdl = secondSdl;
  await swap;
  expect(await ask(server, '{ added }')).toEqual({ status: 200, data: { added: 7 } });
});

test('subgraphs whose schema changes are composed anew; if they do not compose, the old graph is served', async () => {
  let current = first;
  const handle = createHandler({ schema: () => current.schema });
  const subgraph = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(subgraph, 'listening');
  onTestFinished(() => void subgraph.close());
  const url = `http://127.0.0.1:${(subgraph.address() as AddressInfo).port}/graphql`;
  const source = { name: 'catalog', url, transport: httpTransport({ name: 'catalog', url }) };
  const { server, swapped, until } = await start({
    supergraph: { kind: 'subgraphs', subgraphs: [source], pollMs: 10 },
  });
  expect(await ask(server, '{ name }')).toMatchObject({ status: 200, data: {} });
  current = buildSubgraph('catalog', 'type Query { hidden: Int @inaccessible }');
  expect(await until(/The supergraph stays as it is/)).toContain('inaccessible');
  current = first;
  const swap = swapped();
  current = second;
  await swap;
  expect(await ask(server, '{ added }')).toEqual({ status: 200, data: { added: 7 } });
});

describe('an administrator', () => {
  const token = 'a token of the administrator';
  const push = async ({ url }: GatewayServer, body: string | Uint8Array<ArrayBuffer>, authorization?: string) => {
    const headers = { ...(authorization !== undefined && { authorization }) };
    const response = await fetch(`${url}/supergraph`, { method: 'POST', headers, body });
    return { status: response.status, body: await response.text() };
  };

  test('pushes a supergraph', async () => {
    const path = await fileOf(firstSdl);
    const { server } = await start({ supergraph: { kind: 'file', path }, adminToken: token });
    const { status, body } = await push(server, secondSdl, `Bearer ${token}`);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual(await health(server));
    expect(await ask(server, '{ added }')).toEqual({ status: 200, data: { added: 7 } });
  });

  test('hears why one is refused, line by line, and the old one serves on', async () => {
    const path = await fileOf(firstSdl);
    const { server } = await start({ supergraph: { kind: 'file', path }, adminToken: token });
    const { status, body } = await push(server, 'type Query { a: Int }', `Bearer ${token}`);
    expect(status).toBe(422);
    expect(JSON.parse(body)).toMatchObject({ errors: [{ message: expect.stringContaining('core schema') }] });
    expect(await ask(server, '{ name }')).toMatchObject({ status: 200 });
    expect((await push(server, new Uint8Array([0xff]), `Bearer ${token}`)).status).toBe(400);
  });

  test('is who has the token, if there is one', async () => {
    const path = await fileOf(firstSdl);
    const { server } = await start({ supergraph: { kind: 'file', path }, adminToken: token });
    for (const wrong of [undefined, token, 'Bearer ', `Bearer ${token}x`, `Basic ${token}`]) {
      expect((await push(server, secondSdl, wrong)).status).toBe(401);
    }
    expect((await fetch(`${server.url}/supergraph`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
      405,
    );
    const { server: closed } = await start({ supergraph: { kind: 'file', path } });
    expect((await push(closed, secondSdl, `Bearer ${token}`)).status).toBe(404);
    expect((await push(closed, secondSdl, 'Bearer undefined')).status).toBe(404);
  });
});

describe('a swap', () => {
  test('loses no request, of hundreds while there are many swaps, over HTTP and websocket', async () => {
    const path = await fileOf(firstSdl);
    const { server } = await start({ supergraph: { kind: 'file', path }, planning: {} });
    const socket = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const askBySocket = async (query: string) => {
      const { value } = (await socket.iterate({ query }).next()) as IteratorYieldResult<object>;
      return { status: 200, ...value };
    };
    let swapping = true;
    const wrong: unknown[] = [];
    let answered = 0;
    const client = async (id: number): Promise<void> => {
      for (let number = 0; swapping || number < 50; number++) {
        const of = `${id}-${number}`;
        // Some of them are new to the planner.
        const alias = number % 5 === 0 ? `a${id}x${number}` : 'name';
        const query = `{ ${alias}: name(of: "${of}") }`;
        const answer = await (id % 2 === 0 ? ask(server, query) : askBySocket(query)).catch(String);
        if (JSON.stringify(answer) !== JSON.stringify({ status: 200, data: { [alias]: `pump ${of}` } }))
          wrong.push(answer);
        answered++;
      }
    };
    const clients = Promise.all(Array.from({ length: 8 }, (_, id) => client(id)));
    for (let swap = 0; swap < 8; swap++) expect(await server.swap(swap % 2 === 0 ? secondSdl : firstSdl)).toBe(true);
    swapping = false;
    await clients;
    await socket.dispose();
    expect(wrong).toEqual([]);
    expect(answered).toBeGreaterThanOrEqual(400);
  });

  test('to the same supergraph is none', async () => {
    const { server } = await start({ supergraph: { kind: 'file', path: await fileOf(firstSdl) } });
    const { gateway } = server;
    expect(await server.swap(firstSdl)).toBe(false);
    expect(server.gateway).toBe(gateway);
  });

  test('comes after what clients use most has been planned', async () => {
    const { server } = await start({ supergraph: { kind: 'file', path: await fileOf(firstSdl) }, planning: {} });
    await ask(server, '{ known: name }');
    const planned: string[] = [];
    server.onSwap((_previous, next) => {
      void next.prepare({ query: '{ unknown: name }' }).then(() => planned.push('unknown'));
      void next.prepare({ query: '{ known: name }' }).then(() => planned.push('known'));
    });
    await server.swap(secondSdl);
    await server.gateway.prepare({ query: '{ unknown: name }' });
    expect(planned[0]).toBe('known');
  });

  test('leaves a request that runs its subgraph until it has been answered', async () => {
    let release: () => void = () => undefined;
    let asked: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const running = new Promise<void>((resolve) => (asked = resolve));
    const slow = await serveSubgraph(
      buildSubgraph('catalog', 'type Query { name: String! }', {
        Query: {
          name: async () => {
            asked();
            await held;
            return 'slow pump';
          },
        },
      }),
    );
    onTestFinished(() => slow.close());
    const { server } = await start({ supergraph: { kind: 'file', path: await fileOf(await sdlOf(first, slow.url)) } });
    const answer = ask(server, '{ name }');
    await running;
    await server.swap(secondSdl);
    expect(await ask(server, '{ added }')).toMatchObject({ status: 200 });
    release();
    expect(await answer).toEqual({ status: 200, data: { name: 'slow pump' } });
  });

  test('leaves a subscription its subgraph until it ends', async () => {
    let tick: ((number: number) => void) | undefined;
    const sdl = 'type Query { name: String! } type Subscription { ticked: Int }';
    const live = buildSubgraph('catalog', sdl, {
      Subscription: {
        ticked: {
          async *subscribe() {
            for (;;) yield { ticked: await new Promise<number>((resolve) => (tick = resolve)) };
          },
        },
      },
    });
    const [one, other] = await Promise.all([serveSubgraph(live), serveSubgraph(live)]);
    onTestFinished(async () => {
      await Promise.all([one.close(), other.close()]);
    });
    const { server } = await start({ supergraph: { kind: 'file', path: await fileOf(await sdlOf(live, one.url)) } });
    const client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const events = client.iterate({ query: 'subscription { ticked }' });
    const next = async (number: number) => {
      const event = events.next();
      await expect.poll(() => tick, { timeout: 60_000 }).toBeDefined();
      tick?.(number);
      tick = undefined;
      return (await event).value as unknown;
    };
    expect(await next(1)).toEqual({ data: { ticked: 1 } });
    await server.swap(await sdlOf(live, other.url));
    expect(await next(2)).toEqual({ data: { ticked: 2 } });
    await client.dispose();
  });
});

test('while a hostile operation is planned, others are answered, known ones and new ones', async () => {
  const { server } = await start({
    supergraph: { kind: 'file', path: await fileOf(firstSdl) },
    planning: { timeoutMs: 100_000, maxWaitMs: 100_000 },
    serverLimits: { drainMs: 0 },
    operationLimits: {
      limits: { maxCharacters: 1e7, maxTokens: 1e7, maxExpandedFields: 1e7, maxAliases: 1e7, maxRootFields: 1e7 },
    },
  });
  const known = '{ known: name }';
  await ask(server, known);
  const answered: string[] = [];
  const hostile = Array.from({ length: 30_000 }, (_, index) => `a${index}: name(of: "1")`).join(' ');
  const refused = ask(server, `{ ${hostile} }`).then(
    () => answered.push('hostile'),
    () => answered.push('hostile'),
  );
  for (let number = 0; number < 5; number++) {
    expect(await ask(server, known)).toMatchObject({ status: 200 });
    expect(await ask(server, `{ new${number}: name }`)).toMatchObject({ status: 200 });
    answered.push('others');
  }
  expect(answered).toEqual(Array(5).fill('others'));
  await server.close();
  await refused;
});
