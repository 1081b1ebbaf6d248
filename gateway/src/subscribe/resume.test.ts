import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CountedEvents, countedSubgraph, namesSubgraph } from '../../test-subgraphs/counted-events.ts';
import type { Asked } from '../../test-subgraphs/counted-events.ts';
import { hear } from '../../test-subgraphs/heard.ts';
import type { Heard } from '../../test-subgraphs/heard.ts';
import { serveSubgraph } from '../../test-subgraphs/serve-subgraph.ts';
import type { ServedSubgraph } from '../../test-subgraphs/serve-subgraph.ts';
import { composeSupergraph, createGateway, httpTransport, inProcessTransport, loadSupergraph } from '../index.ts';
import type { Gateway, InProcessSubgraph, Supergraph } from '../index.ts';
import type { GivenTransportOptions } from '../transports/transport-options.ts';
import type { SubgraphTransport } from '../transports/transport.ts';

const query = 'subscription($after: String) { counted(after: $after) { number part { name } } }';
const ticking = 'subscription { ticked { number } }';
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const subscriptions = { limits: { firstPauseMs: 1, longestPauseMs: 5 } };

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const release of cleanUp.splice(0)) await release();
});

let events: CountedEvents;
let asked: Asked;
let counter: InProcessSubgraph;
let names: InProcessSubgraph;

beforeEach(() => {
  events = new CountedEvents();
  ({ subgraph: counter, asked } = countedSubgraph(events));
  ({ subgraph: names } = namesSubgraph());
});

async function supergraphOf(subgraphs: readonly InProcessSubgraph[]): Promise<Supergraph> {
  const sources = subgraphs.map((subgraph) => ({ name: subgraph.name, transport: inProcessTransport(subgraph) }));
  return loadSupergraph(await composeSupergraph(sources, new AbortController().signal));
}

const upstreams = (count: number) => expect.poll(() => asked.begun.length).toBe(count);
const upTo = (number: number, all: readonly Heard[]) =>
  Promise.all(all.map((heard) => heard.until(({ numbers }) => numbers.at(-1) === number)));

describe('over HTTP', () => {
  let served: ServedSubgraph;

  async function start(options: GivenTransportOptions = {}): Promise<Gateway> {
    served = await serveSubgraph(counter);
    const transports = new Map<string, SubgraphTransport>([
      ['counter', httpTransport({ name: 'counter', url: served.url, options })],
      ['names', inProcessTransport(names)],
    ]);
    const gateway = createGateway({ supergraph: await supergraphOf([counter, names]), transports, subscriptions });
    cleanUp.push(
      () => gateway.close(),
      () => served.close(),
    );
    return gateway;
  }

  const restart = async () => {
    served = await serveSubgraph(counter, Number(new URL(served.url).port));
  };

  test('every subscriber gets each event once and in order when the subgraph is killed and comes back', async () => {
    const gateway = await start();
    const all = await Promise.all(range(1, 200).map(() => hear(gateway, query)));
    await upstreams(1);
    for (let round = 1; round <= 3; round++) {
      events.append(10);
      if (round === 1) await upTo(10, all.slice(0, 1));
      served.closeConnections();
      await served.close();
      events.append(10);
      await restart();
      events.append(10);
    }
    await upTo(90, all);
    for (const { numbers, ended } of all) {
      expect(numbers).toEqual(range(1, 90));
      expect(ended).toBeUndefined();
    }
    expect(asked.begun.slice(1).every((after) => after !== undefined)).toBe(true);
    expect(asked.open).toBe(1);
  });

  test.each([1000, 1001, 1006, 4500])('a connection lost with %s costs no event and no duplicate', async (code) => {
    const gateway = await start();
    const heard = await hear(gateway, query);
    await upstreams(1);
    events.append(3);
    await upTo(3, [heard]);
    served.closeConnections(code === 1006 ? undefined : code);
    events.append(3);
    await upTo(6, [heard]);
    expect(heard.numbers).toEqual(range(1, 6));
    expect(asked.begun).toEqual([undefined, '3']);
  });

  test('events that come faster than they are enriched are fetched later', async () => {
    const gateway = await start({ maxQueuedEvents: 20 });
    events.append(1_000);
    const heard = await hear(gateway, query, { variables: { after: '0' } });
    await upTo(1_000, [heard]);
    expect(heard.numbers).toEqual(range(1, 1_000));
    expect(asked.begun.length).toBeGreaterThan(1);
  });

  test('events that come too fast end what cannot be resumed', async () => {
    const gateway = await start({ maxQueuedEvents: 20 });
    const heard = await hear(gateway, 'subscription { ticked { number part { name } } }');
    await upstreams(1);
    events.append(1_000);
    await heard.until(({ ended }) => ended !== undefined);
    expect(heard.extensions).toEqual({ code: 'EVENTS_OVERFLOW', service: 'counter' });
    expect(heard.numbers).toEqual(range(1, heard.numbers.length));
  });

  test('what cannot be resumed ends', async () => {
    const gateway = await start();
    const heard = await hear(gateway, ticking);
    await upstreams(1);
    served.closeConnections();
    await heard.until(({ ended }) => ended !== undefined);
    expect(heard.extensions).toEqual({ code: 'SUBGRAPH_UNAVAILABLE', service: 'counter' });
  });

  test('a loss before the first event is told, to those who join too; then it goes on', async () => {
    const gateway = await start();
    const began = new Date();
    const first = await hear(gateway, query);
    await upstreams(1);
    served.closeConnections();
    await upstreams(2);
    const second = await hear(gateway, query);
    await second.until(({ responses }) => responses.length === 1);
    served.closeConnections();
    await upstreams(3);
    events.append(2);
    await upTo(2, [first, second]);
    for (const { responses, numbers } of [first, second]) {
      const notice = JSON.parse(responses[0] ?? '') as {
        data: null;
        errors: { extensions: { gap: { since: string } } }[];
      };
      expect(notice).toMatchObject({
        data: null,
        errors: [{ extensions: { code: 'SUBSCRIPTION_GAP', service: 'counter' } }],
      });
      expect(Date.parse(notice.errors[0]?.extensions.gap.since ?? '')).toBeGreaterThanOrEqual(began.getTime());
      expect(responses).toHaveLength(3);
      expect(numbers).toEqual([1, 2]);
    }
    served.closeConnections();
    events.append(1);
    await upTo(3, [first, second]);
    expect(first.responses).toHaveLength(4);
  });

  test('one that begins behind a cursor waits for a subgraph that is away', async () => {
    const gateway = await start();
    events.append(3);
    await served.close();
    const heard = await hear(gateway, query, { variables: { after: '1' } });
    await restart();
    await upTo(3, [heard]);
    expect(heard.numbers).toEqual([2, 3]);
    expect(heard.responses).toHaveLength(2);
  });

  test('a cursor that is too old after a restart is told with the bounds of the gap', async () => {
    const gateway = await start();
    const all = [await hear(gateway, query), await hear(gateway, query)];
    await upstreams(1);
    events.append(3);
    await upTo(3, all);
    await served.close();
    events.retained = 5;
    events.append(20);
    await restart();
    for (const heard of all) {
      await heard.until(({ ended }) => ended !== undefined);
      expect(heard.numbers).toEqual([1, 2, 3]);
      expect(heard.extensions).toEqual({
        code: 'CURSOR_EXPIRED',
        service: 'counter',
        gap: { after: '3', until: '18' },
      });
    }
  });

  test('nobody is waited for when everybody has gone', async () => {
    const gateway = await start();
    const heard = await hear(gateway, query);
    await upstreams(1);
    events.append();
    await upTo(1, [heard]);
    await served.close();
    heard.stop();
    expect(gateway.subscriptions.counts).toEqual({ subscribers: 0, upstreams: 0 });
    await restart();
    const next = await hear(gateway, query);
    await upstreams(2);
    next.stop();
    await expect.poll(() => asked.open).toBe(0);
    expect(asked.begun).toEqual([undefined, undefined]);
  });
});
