import { once } from 'node:events';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { serveDomain } from './serve-domain.ts';

const EVENTS = 400;
const TEXT = 'x'.repeat(100_000);

let server: Awaited<ReturnType<typeof serveDomain>>;
let answered: number;
/** By the name of the subscriber: how many events have been asked for. */
let pulled: Record<string, number>;

beforeEach(async () => {
  [answered, pulled] = [0, {}];
  const domain = {
    name: 'inventory',
    schema: largeTexts(),
    createContext: () => ({}),
    health: () => Promise.resolve([]),
  };
  server = await serveDomain(domain, { host: '127.0.0.1', port: 0 });
});
afterEach(() => server.close());

function largeTexts(): GraphQLSchema {
  const schema = buildSchema('type Query { text: String } type Subscription { text(of: String!): String }');
  const { text: query } = schema.getQueryType()?.getFields() ?? {};
  const { text: subscription } = schema.getSubscriptionType()?.getFields() ?? {};
  Object.assign(query ?? {}, {
    resolve: () => {
      answered += 1;
      return TEXT;
    },
  });
  Object.assign(subscription ?? {}, {
    async *subscribe(_: unknown, { of }: { of: string }) {
      for (let number = 1; number <= EVENTS; number++) {
        pulled[of] = number;
        yield { text: `${number} ${TEXT}` };
        await new Promise(setImmediate);
      }
    },
  });
  return schema;
}

/** A peer that speaks the protocol by hand, so that it can stop reading. */
async function connected() {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  const send = (message: object) => socket.send(JSON.stringify(message));
  send({ type: 'connection_init' });
  await once(socket, 'message');
  const heard: number[] = [];
  const all = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const { type, payload } = JSON.parse(data.toString()) as { type: string; payload?: { data: { text: string } } };
      if (type === 'next' && payload) heard.push(parseInt(payload.data.text, 10));
      if (heard.length === EVENTS) resolve();
    });
  });
  return { socket, send, heard, all };
}

const numbers = Array.from({ length: EVENTS }, (_, index) => index + 1);

it('a subscriber that reads slowly is waited for, gets everything in order, and holds nobody up', async () => {
  const slow = await connected();
  slow.socket.pause();
  slow.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { text(of: "slow") }' } });
  const quick = await connected();
  quick.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { text(of: "quick") }' } });
  await quick.all;
  expect(quick.heard).toEqual(numbers);
  // What the connection itself holds, in two kernels at most, and one more.
  expect(pulled['slow']).toBeLessThan(EVENTS / 2);
  slow.socket.resume();
  await slow.all;
  expect(slow.heard).toEqual(numbers);
  slow.socket.terminate();
  quick.socket.terminate();
});

it('a peer that asks on and on without reading is no longer heard until it reads', async () => {
  const peer = await connected();
  peer.socket.pause();
  // Long enough for no more than a few to come at once.
  const query = `#${' '.repeat(20_000)}\n{ text }`;
  for (const number of numbers) peer.send({ id: `${number}`, type: 'subscribe', payload: { query } });
  const other = await connected();
  for (let turns = 0; turns < 5; turns++) {
    other.send({ type: 'ping' });
    await once(other.socket, 'message');
  }
  expect(answered).toBeGreaterThan(0);
  expect(answered).toBeLessThan(EVENTS / 2);
  peer.socket.resume();
  await peer.all;
  expect(answered).toBe(EVENTS);
  peer.socket.terminate();
  other.socket.terminate();
});
