import { afterEach, beforeEach, expect, test } from 'vitest';
import { breakable } from '../../test-subgraphs/breakable.ts';
import { CountedEvents, countedSubgraph } from '../../test-subgraphs/counted-events.ts';
import type { Asked } from '../../test-subgraphs/counted-events.ts';
import { hear } from '../../test-subgraphs/heard.ts';
import { composeSupergraph, createGateway, inProcessTransport, loadSupergraph } from '../index.ts';
import type { Gateway } from '../index.ts';

const query = 'subscription($after: String, $only: [Int!]) { counted(after: $after, only: $only) { number } }';

let events: CountedEvents;
let asked: Asked;
let gateway: Gateway;
let cut: () => void;

beforeEach(async () => {
  events = new CountedEvents();
  events.append(7);
  const counter = countedSubgraph(events, { tellsPlaces: true });
  ({ asked } = counter);
  const broken = breakable(inProcessTransport(counter.subgraph));
  ({ cut } = broken);
  const sources = [{ name: 'counter', transport: broken.transport }];
  gateway = createGateway({
    supergraph: loadSupergraph(await composeSupergraph(sources, new AbortController().signal)),
    transports: new Map([['counter', broken.transport]]),
    subscriptions: { limits: { firstPauseMs: 1, longestPauseMs: 5 } },
  });
});
afterEach(() => gateway.close());

test('a subscription without an event goes on from where it began, and is told of no gap', async () => {
  const heard = await hear(gateway, query);
  await heard.until(({ places }) => places.length === 1);
  cut();
  events.append(2);
  await heard.until(({ numbers }) => numbers.length === 2);
  expect(heard.numbers).toEqual([8, 9]);
  expect(heard.responses).toHaveLength(2);
  expect(asked.begun).toEqual([undefined, '7']);
});

test('a subscription without an event ends with where it began', async () => {
  const [heard, slow] = [await hear(gateway, query), await hear(gateway, query)];
  await heard.until(({ places }) => places.length === 1);
  slow.bufferedBytes = 4 * 1024 * 1024 + 1;
  events.append();
  await heard.until(({ numbers }) => numbers.length === 1);
  expect(slow.extensions).toEqual({ code: 'SUBSCRIBER_TOO_SLOW', cursor: '7' });
  const other = await hear(gateway, query, { variables: { only: [] } });
  await other.until(({ places }) => places.length === 1);
  await gateway.close();
  expect(other.extensions).toEqual({ code: 'GATEWAY_CLOSING', cursor: '8' });
});

test('who joins is told the latest place', async () => {
  const first = await hear(gateway, query);
  await first.until(({ places }) => places.length === 1);
  events.append(3);
  await first.until(({ numbers }) => numbers.at(-1) === 10);
  const second = await hear(gateway, query);
  await second.until(({ places }) => places.length === 1);
  expect(second.places).toEqual(['10']);
  expect(second.responses).toEqual([]);
  expect(first.places).toEqual(['7']);
});

test('a subscription whose filter lets nothing pass comes forward', async () => {
  const heard = await hear(gateway, query, { variables: { only: [12] } });
  await heard.until(({ places }) => places.length === 1);
  events.append(4);
  await heard.until(({ places }) => places.at(-1) === '11');
  cut();
  events.append();
  await heard.until(({ numbers }) => numbers.length === 1);
  expect(heard.numbers).toEqual([12]);
  expect(asked.begun).toEqual([undefined, '11']);
});

test('two that ask the same become one at a place', async () => {
  const late = await hear(gateway, query, { variables: { after: '5', only: [9] } });
  await late.until(({ places }) => places.at(-1) === '7');
  const live = await hear(gateway, query, { variables: { only: [9] } });
  await live.until(({ places }) => places.at(-1) === '7');
  expect(gateway.subscriptions.counts).toEqual({ subscribers: 2, upstreams: 1 });
  events.append(2);
  await Promise.all([late, live].map((heard) => heard.until(({ numbers }) => numbers.length === 1)));
  expect([late.numbers, live.numbers]).toEqual([[9], [9]]);
});
