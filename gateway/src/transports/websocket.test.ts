import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { serveSubgraph } from '../../test-subgraphs/serve-subgraph.ts';
import { httpTransport } from './http.ts';
import type { GivenTransportOptions } from './transport-options.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const release of cleanUp.splice(0)) await release();
});

/** A served subgraph that replays `events` numbers as fast as they are taken from it, and a transport to it. */
async function replaying(events: number, padding: string, options?: GivenTransportOptions) {
  const counts = { sent: 0, ended: 0 };
  const subgraph = buildSubgraph(
    'replay',
    'type Query { nothing: Int } type Subscription { counted: Counted! } type Counted { at: Int! padding: String! }',
    {
      Subscription: {
        counted: {
          subscribe: async function* () {
            try {
              for (let at = 0; at < events; at++) yield { counted: { at: (counts.sent = at), padding } };
            } finally {
              await Promise.resolve();
              counts.ended++;
            }
          },
        },
      },
    },
  );
  const served = await serveSubgraph(subgraph);
  const transport = httpTransport({ name: 'replay', url: served.url, ...(options && { options }) });
  cleanUp.push(
    () => transport.close(),
    () => served.close(),
  );
  const client = new AbortController();
  const subscribe = () =>
    transport.subscribe({
      query: 'subscription { counted { at padding } }',
      variables: {},
      operationName: undefined,
      signal: client.signal,
    });
  return { subscribe, counts, client };
}

const at = (event: { data?: unknown }) => (event.data as { counted: { at: number } }).counted.at;

test('a replay of 5,000 events reaches a consumer that is slower, whole and in order', async () => {
  const { subscribe } = await replaying(5_000, '');
  const taken: number[] = [];
  for await (const event of subscribe()) {
    taken.push(at(event));
    for (let turns = 0; turns < 5; turns++) await turn();
  }
  expect(taken).toEqual(Array.from({ length: 5_000 }, (_, index) => index));
});

test('a consumer that is behind holds up the subgraph', async () => {
  const { subscribe, counts } = await replaying(1_000, 'x'.repeat(64 * 1024), { maxQueuedEvents: 10 });
  let furthest = 0;
  let taken = 0;
  for await (const event of subscribe()) {
    furthest = Math.max(furthest, counts.sent - at(event));
    taken++;
    for (let turns = 0; turns < 20; turns++) await turn();
  }
  expect(taken).toBe(1_000);
  expect(furthest).toBeGreaterThan(10);
  expect(furthest).toBeLessThan(400);
});

test('one consumer that is behind does not hold up another', async () => {
  const { subscribe } = await replaying(200, 'x'.repeat(64 * 1024), { maxQueuedEvents: 2 });
  const behind = subscribe()[Symbol.asyncIterator]();
  await behind.next();
  let taken = 0;
  for await (const event of subscribe()) taken += Number(at(event) >= 0);
  expect(taken).toBe(200);
  await behind.return?.();
});

test('a consumer that stops while it is behind ends the subscription upstream', async () => {
  const { subscribe, counts, client } = await replaying(1_000, 'x'.repeat(64 * 1024), { maxQueuedEvents: 2 });
  const events = subscribe()[Symbol.asyncIterator]();
  await events.next();
  for (let turns = 0; turns < 500; turns++) await turn();
  expect(counts.sent).toBeLessThan(999);
  client.abort();
  await expect.poll(() => counts.ended).toBe(1);
});
