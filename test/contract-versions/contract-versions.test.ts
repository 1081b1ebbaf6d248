import { inboundMessage } from '@takt/intake';
import { createClient as createEventSource } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { bootSystem, demoClock } from '../system.ts';

/** What a client of 2026-08 asks, and what one of today does. */
const OLD = {
  query: '{ supplier(id: "MOTORS-LTD") { name onTimeInFull } }',
  live: liveQuery('level', 'onTimeInFull'),
};
const NEW = {
  query: '{ supplier(id: "MOTORS-LTD") { name onTimeInFullPercent } }',
  live: liveQuery('firm', 'onTimeInFullPercent'),
};

function liveQuery(term: string, measure: string): string {
  return `subscription { supplierCommitmentRevised(supplier: "MOTORS-LTD") {
    cursor after { required { value } ${term} } supplierCommitment { supplier { ${measure} } }
  } }`;
}

interface Heard {
  /** Pieces of the line after each change. */
  readonly pieces: number[];
  last: unknown;
  connections: number;
  errors: unknown[];
}

async function booted(options: Parameters<typeof bootSystem>[0] = {}) {
  const { system } = await bootSystem({ clock: demoClock, ...options });
  const tell = async (domain: string, type: string, data: object) => {
    const outcomes = await system.intake(domain).receive([inboundMessage({ type, source: 'erp/p1', data }, demoClock)]);
    expect(outcomes).toMatchObject([{ status: 'APPLIED' }]);
  };
  const order = (pieces: number) =>
    tell('supplier-commitments', 'SupplierCommitmentReported', {
      ...{ id: 'SC-1', supplier: 'MOTORS-LTD', sku: 'MOTOR', location: 'P1', level: 'FIRM', confirmation: 'PENDING' },
      ...{ required: { value: String(pieces), unit: 'EA' }, requiredOn: '2026-12-24' },
    });
  await tell('supplier-commitments', 'SupplierReported', { id: 'MOTORS-LTD', name: 'Motors' });
  await order(1);
  return { system, order };
}

async function ask(url: string, path: string, query: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as unknown };
}

/** Hears changes by websocket or event stream; connects once only. */
function hear(kind: 'websocket' | 'events', url: string, path: string, query: string): Heard {
  const heard: Heard = { pieces: [], last: undefined, connections: 0, errors: [] };
  const on = { connected: () => heard.connections++ };
  const client =
    kind === 'websocket'
      ? createSocket({ url: `${url.replace('http', 'ws')}${path}`, webSocketImpl: WebSocket, retryAttempts: 0, on })
      : createEventSource({ url: `${url}${path}`, retryAttempts: 0, on });
  onTestFinished(async () => client.dispose());
  client.subscribe<{ supplierCommitmentRevised: { cursor: string; after: { required: { value: string } } } }>(
    { query },
    {
      next: ({ data, errors }) => {
        if (errors) heard.errors.push(...errors);
        if (!data) return;
        const change = { ...data.supplierCommitmentRevised, cursor: undefined };
        heard.last = change;
        heard.pieces.push(Number(change.after.required.value));
      },
      error: (error) => heard.errors.push(error),
      complete: () => undefined,
    },
  );
  return heard;
}

/** Orders more and more pieces until everybody hears; then all hear every change. Answers the pieces that were ordered last. */
async function untilAllHear(all: readonly Heard[], order: (pieces: number) => Promise<void>): Promise<number> {
  for (let pieces = 2; ; pieces++) {
    await order(pieces);
    const isHeard = () => all.every((heard) => heard.pieces.includes(pieces));
    const came = await expect
      .poll(isHeard, { timeout: 2_000 })
      .toBe(true)
      .then(
        () => true,
        () => false,
      );
    if (came) return pieces;
  }
}

it('serves an old and a new client side by side, each in its own words, over every transport', async () => {
  // given clients of 2026-08 and of the stable version, by path and by header
  const { system, order } = await booted();
  const { url } = system;
  const [old, current] = await Promise.all([
    ask(url, '/graphql', OLD.query, { 'takt-contract': '2026-08' }),
    ask(url, '/graphql/2026-11', NEW.query),
  ]);
  expect(old.body).toEqual({ data: { supplier: { name: 'Motors', onTimeInFull: 0 } } });
  expect(current.body).toEqual({ data: { supplier: { name: 'Motors', onTimeInFullPercent: 0 } } });
  expect(old.headers.get('takt-contract')).toBe('2026-08');
  expect(old.headers.get('sunset')).toBe('Wed, 01 Sep 2027 00:00:00 GMT');
  expect(current.headers.get('takt-contract')).toBe('2026-11');
  expect((await ask(url, '/graphql', OLD.query)).body).toMatchObject({
    errors: [{ message: expect.stringContaining('Cannot query field "onTimeInFull"') }],
  });

  // when a schedule line changes while they listen
  const olds = (['websocket', 'events'] as const).map((kind) => hear(kind, url, '/graphql/2026-08', OLD.live));
  const news = (['websocket', 'events'] as const).map((kind) => hear(kind, url, '/graphql', NEW.live));
  const pieces = await untilAllHear([...olds, ...news], order);

  // then both hear of it
  const required = { value: String(pieces) };
  for (const { last } of olds)
    expect(last).toEqual({
      after: { required, level: 'FIRM' },
      supplierCommitment: { supplier: { onTimeInFull: 0 } },
    });
  for (const { last } of news)
    expect(last).toEqual({
      after: { required, firm: true },
      supplierCommitment: { supplier: { onTimeInFullPercent: 0 } },
    });
});

it.each([
  ['/graphql/2026-8', 400, 'CONTRACT_MALFORMED'],
  ['/graphql/2025-01', 404, 'CONTRACT_UNKNOWN'],
  ['/graphql/customers', 404, 'CONTRACT_UNKNOWN'],
])('refuses %s', async (path, status, code) => {
  const { system } = await booted();
  const answer = await ask(system.url, path, '{ __typename }');
  expect([answer.status, answer.body]).toEqual([
    status,
    { errors: [{ message: expect.any(String), extensions: { code } }] },
  ]);
});

it('refuses a version past its sunset, and says where to go on', async () => {
  const { system } = await booted({ clock: () => new Date('2027-09-01T00:00:00Z') });
  const answer = await ask(system.url, '/graphql/2026-08', OLD.query);
  expect([answer.status, answer.body]).toEqual([
    410,
    { errors: [{ message: expect.stringContaining('Use 2026-11'), extensions: { code: 'CONTRACT_SUNSET' } }] },
  ]);
});

it('swaps and rolls back the graph under those who listen: nobody is disconnected, nothing is lost', async () => {
  // given clients of two versions that hear
  const adminToken = 'a token of the administrator';
  const { system, order } = await booted({ adminToken });
  const { url } = system;
  const all = [
    hear('websocket', url, '/graphql/2026-08', OLD.live),
    hear('events', url, '/graphql/2026-08', OLD.live),
    hear('websocket', url, '/graphql', NEW.live),
    hear('events', url, '/graphql/next', NEW.live),
  ];
  const first = await untilAllHear(all, order);
  const admin = async (path: string, body?: string) => {
    const headers = { authorization: `Bearer ${adminToken}` };
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, ...(body !== undefined && { body }) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  // when a newer graph comes, and is taken back, while orders go on
  const { sdl } = system.gateway.supergraph;
  const before = (await (await fetch(`${url}/health/supergraph`)).json()) as Record<string, unknown>;
  const ordering = (async () => {
    for (let pieces = first + 1; pieces <= first + 60; pieces++) await order(pieces);
  })();
  expect(await admin('/supergraph', `${sdl}\n# newer`)).toMatchObject({
    status: 200,
    body: { contracts: { stable: '2026-11' } },
  });
  const back = await admin('/supergraph/rollback');
  await ordering;

  // then the former graph serves, and everybody has heard everything once and in order
  expect(back).toMatchObject({ status: 200, body: { version: before['version'] } });
  const expected = Array.from({ length: 60 }, (_, index) => first + 1 + index);
  for (const heard of all) {
    await expect.poll(() => heard.pieces.at(-1), { timeout: 30_000 }).toBe(first + 60);
    expect(heard.pieces.slice(heard.pieces.indexOf(first) + 1)).toEqual(expected);
    expect([heard.connections, heard.errors]).toEqual([1, []]);
  }
});
