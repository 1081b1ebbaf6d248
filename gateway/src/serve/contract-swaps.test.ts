import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient as createEventSource } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { CountedEvents, countedSubgraph } from '../../test-subgraphs/counted-events.ts';
import type { Asked } from '../../test-subgraphs/counted-events.ts';
import { serveSubgraph } from '../../test-subgraphs/serve-subgraph.ts';
import { lifecycleLinks } from '../../test-subgraphs/versioned-machines.ts';
import type { ContractList } from '../contracts/contract-list.ts';
import { stampContracts } from '../contracts/stamp.ts';
import type { InProcessSubgraph } from '../index.ts';
import { composeSupergraph } from '../supergraph/compose.ts';
import { inProcessTransport } from '../transports/in-process.ts';
import { startGateway } from './server.ts';
import type { GatewayServer } from './server.ts';
import type { GatewayServerOptions } from './server-options.ts';

vi.setConfig({ testTimeout: 60_000 });

const list: ContractList = {
  stable: '2026-11',
  next: '2027-02',
  releases: [
    { version: '2026-08', released: '2026-08-31', sunset: '2027-08-31' },
    { version: '2026-11', released: '2026-11-26' },
  ],
  audiences: {},
};
const withoutOld: ContractList = { ...list, releases: list.releases.slice(1) };
const oldQuery = 'subscription($after: String) { counted(after: $after) { cursor number part { label } } }';
const newQuery = 'subscription($after: String) { counted(after: $after) { cursor number part { name } } }';
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const adminToken = 'a token of the administrator';

/** What had a label has a name since 2026-11. */
const names = buildSubgraph(
  'names',
  `${lifecycleLinks}
   type Query { nothing: Int }
   type Part @key(fields: "id") {
     id: ID!
     label: String @lifecycle(removed: "2026-11", replacement: "Part.name")
     name: String @lifecycle(since: "2026-11")
   }`,
  {
    Part: {
      __resolveReference: (reference: object) => reference,
      label: ({ id }: { id: string }) => `label of ${id}`,
      name: ({ id }: { id: string }) => `name of ${id}`,
    },
  },
);

let events: CountedEvents;
let asked: Asked;
let subgraphs: InProcessSubgraph[];
beforeEach(() => {
  events = new CountedEvents();
  const counted = countedSubgraph(events);
  asked = counted.asked;
  subgraphs = [counted.subgraph, names];
});

async function composed(given: readonly { name: string; sdl: string; url?: string }[] = subgraphs): Promise<string> {
  const sources = given.map(({ sdl, ...source }) => ({ ...source, transport: { sdl: () => Promise.resolve(sdl) } }));
  return composeSupergraph(sources, new AbortController().signal);
}

async function start(options: Partial<GatewayServerOptions> = {}): Promise<GatewayServer> {
  const server = await startGateway({
    port: 0,
    host: '127.0.0.1',
    planning: 'inline',
    supergraph: {
      kind: 'subgraphs',
      contracts: list,
      subgraphs: subgraphs.map((subgraph) => ({ name: subgraph.name, transport: inProcessTransport(subgraph) })),
    },
    subscriptions: { limits: { firstPauseMs: 1, longestPauseMs: 5 } },
    now: () => Date.parse('2026-12-01T12:00:00Z'),
    adminToken,
    log: () => undefined,
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

interface Counted {
  readonly cursor: string;
  readonly number: number;
  readonly part: { readonly label?: string; readonly name?: string };
}

/** What a subscriber hears; `ended` with the error that ends it. */
interface Hearing {
  readonly heard: Counted[];
  ended: { readonly extensions?: Readonly<Record<string, unknown>> } | undefined;
  connections: number;
}

function socketOf(server: GatewayServer, path: string, hearing?: Hearing): Client {
  const client = createClient({
    url: `${server.url.replace('http', 'ws')}${path}`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    on: { connected: () => hearing && hearing.connections++ },
  });
  onTestFinished(async () => client.dispose());
  return client;
}

function bySocket(server: GatewayServer, path: string, query: string, after?: string): Hearing {
  const hearing: Hearing = { heard: [], ended: undefined, connections: 0 };
  const sink = {
    next: ({ data }: { data?: { counted: Counted } | null }) => {
      if (data) hearing.heard.push(data.counted);
    },
    error: (errors: unknown) =>
      void (hearing.ended = Array.isArray(errors) ? (errors[0] as object) : (errors as object)),
    complete: () => undefined,
  };
  socketOf(server, path, hearing).subscribe({ query, variables: { after } }, sink);
  return hearing;
}

function byEventStream(server: GatewayServer, path: string, query: string): Hearing {
  const hearing: Hearing = { heard: [], ended: undefined, connections: 0 };
  const client = createEventSource({
    url: `${server.url}${path}`,
    retryAttempts: 0,
    on: { connected: () => hearing.connections++ },
  });
  onTestFinished(() => client.dispose());
  client.subscribe<{ counted: Counted }>(
    { query },
    {
      next: ({ data, errors }) => {
        if (data) hearing.heard.push(data.counted);
        if (errors) hearing.ended = errors[0];
      },
      error: (error) => (hearing.ended = error as object),
      complete: () => undefined,
    },
  );
  return hearing;
}

const heardUpTo = (number: number, all: readonly Hearing[]) =>
  expect.poll(() => all.map(({ heard }) => heard.at(-1)?.number), { timeout: 30_000 }).toEqual(all.map(() => number));

/** So many subscribers of each contract are heard, over one upstream each. */
async function begun(server: GatewayServer, subscribers: Readonly<Record<string, number>>): Promise<void> {
  const labels = Object.keys(subscribers);
  const counts = () =>
    Object.fromEntries(labels.map((label) => [label, server.gatewayOf(label)?.subscriptions.counts.subscribers]));
  await expect.poll(counts, { timeout: 30_000 }).toEqual(subscribers);
  await expect.poll(() => asked.open, { timeout: 30_000 }).toBe(labels.length);
}

describe('a swap and a rollback', () => {
  test('lose no connection and no event of clients of any version, each in its own words', async () => {
    const server = await start();
    const old = [bySocket(server, '/graphql/2026-08', oldQuery), byEventStream(server, '/graphql/2026-08', oldQuery)];
    const current = [bySocket(server, '/graphql', newQuery), byEventStream(server, '/graphql/2026-11', newQuery)];
    const all = [...old, ...current];
    await begun(server, { '2026-08': 2, '2026-11': 2 });
    events.append(3);
    await heardUpTo(3, all);
    const stamped = stampContracts(await composed(), list);
    expect(await server.swap(`${stamped}\n# another`)).toBe(true);
    events.append(3);
    expect(await server.rollBack()).toBe(true);
    events.append(3);
    await heardUpTo(9, all);
    for (const { heard, connections, ended } of all) {
      expect(heard.map(({ number }) => number)).toEqual(range(1, 9));
      expect([connections, ended]).toEqual([1, undefined]);
    }
    for (const { heard } of old)
      expect(heard.at(-1)).toEqual({ cursor: '9', number: 9, part: { label: 'label of P9' } });
    for (const { heard } of current) expect(heard.at(-1)?.part).toEqual({ name: 'name of P9' });
  });

  test('end clients of a version that is there no more, with the place from which they go on in another', async () => {
    const server = await start();
    const all = [bySocket(server, '/graphql/2026-08', oldQuery), byEventStream(server, '/graphql/2026-08', oldQuery)];
    await begun(server, { '2026-08': 2 });
    events.append(2);
    await heardUpTo(2, all);
    await server.swap(stampContracts(await composed(), withoutOld));
    for (const each of all) {
      await expect
        .poll(() => each.ended?.extensions, { timeout: 30_000 })
        .toEqual({ code: 'CONTRACT_UNKNOWN', cursor: '2' });
    }
    events.append(1);
    const moved = bySocket(server, '/graphql', newQuery, '2');
    await heardUpTo(3, [moved]);
    expect(moved.heard.map(({ number }) => number)).toEqual([3]);
  });
});

test('a version ends at its sunset: who hears it is told so with its place, and others hear on', async () => {
  const started = Date.now();
  // Its last day is over in 1.5 s.
  const server = await start({ now: () => Date.parse('2027-09-01T00:00:00Z') - 1_500 + (Date.now() - started) });
  const old = bySocket(server, '/graphql/2026-08', oldQuery);
  const current = bySocket(server, '/graphql', newQuery);
  await begun(server, { '2026-08': 1, '2026-11': 1 });
  events.append(1);
  await heardUpTo(1, [old, current]);
  await expect.poll(() => old.ended?.extensions, { timeout: 30_000 }).toEqual({ code: 'CONTRACT_SUNSET', cursor: '1' });
  events.append(1);
  await heardUpTo(2, [current]);
  expect(old.heard).toHaveLength(1);
});

test('a connection keeps the version that it was told, whatever becomes stable', async () => {
  const server = await start();
  const client = socketOf(server, '/graphql');
  const ask = async (query: string) => {
    const { value } = (await client.iterate({ query }).next()) as IteratorYieldResult<unknown>;
    return value;
  };
  const kept = client.iterate({ query: newQuery });
  expect(await ask('{ __type(name: "Part") { fields { name } } }')).toMatchObject({
    data: { __type: { fields: [{ name: 'id' }, { name: 'name' }] } },
  });
  await server.swap(stampContracts(await composed(), { ...list, stable: '2026-08' }));
  expect(await ask('{ __type(name: "Part") { fields { name } } }')).toMatchObject({
    data: { __type: { fields: [{ name: 'id' }, { name: 'name' }] } },
  });
  await kept.return?.();
});

describe('an administrator', () => {
  const rollBack = async ({ url }: GatewayServer, token = adminToken) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/supergraph/rollback`, { method: 'POST', headers });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const versionOf = (server: GatewayServer) => server.supergraphStatus().version;

  test('goes back as far as there is something, and no further', async () => {
    const server = await start();
    const sdl = server.gateway.supergraph.sdl;
    expect(await rollBack(server)).toMatchObject({ status: 409, body: { errors: [{ message: /nothing/i }] } });
    expect((await rollBack(server, 'somebody else')).status).toBe(401);
    const versions = [versionOf(server)];
    for (const number of range(1, 6)) {
      await server.swap(`${sdl}\n# ${number}`);
      versions.push(versionOf(server));
    }
    const back = await rollBack(server);
    expect(back).toMatchObject({
      status: 200,
      body: { version: versions[5], rolledBackFrom: versions[6], contracts: { stable: '2026-11', next: '2027-02' } },
    });
    for (const number of [4, 3, 2]) expect((await rollBack(server)).body['version']).toBe(versions[number]);
    expect((await rollBack(server)).status).toBe(409);
  });

  test('is not overruled by the feed until that says something else', async () => {
    const served = await Promise.all(subgraphs.map((each) => serveSubgraph(each)));
    onTestFinished(async () => {
      for (const each of served) await each.close();
    });
    const placed = served.map(({ name, url }, index) => ({ name, url, sdl: subgraphs[index]?.sdl ?? '' }));
    const sdl = stampContracts(await composed(placed), list);
    const folder = await mkdtemp(join(tmpdir(), 'takt-rollback-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'supergraph.graphql');
    await writeFile(path, sdl);
    const lines: string[] = [];
    const server = await start({ supergraph: { kind: 'file', path, pollMs: 10 }, log: (line) => lines.push(line) });
    const first = versionOf(server);
    const swapped = () => new Promise<void>((resolve) => server.onSwap(() => resolve()));
    const bad = `${sdl}\n# bad`;
    await server.swap(bad);
    expect((await rollBack(server)).body['version']).toBe(first);
    await writeFile(path, bad);
    await expect.poll(() => lines.some((line) => /rolled back.*not taken/.test(line)), { timeout: 30_000 }).toBe(true);
    expect(versionOf(server)).toBe(first);
    let swap = swapped();
    await writeFile(path, `${sdl}\n# good`);
    await swap;
    expect(server.supergraphStatus().rolledBackFrom).toBeUndefined();
    swap = swapped();
    await writeFile(path, bad);
    await swap;
    expect(server.gateway.supergraph.sdl).toBe(bad);
  });
});
