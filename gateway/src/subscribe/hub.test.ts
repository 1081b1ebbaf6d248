import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CountedEvents, countedSubgraph, namesSubgraph } from '../../test-subgraphs/counted-events.ts';
import type { Asked } from '../../test-subgraphs/counted-events.ts';
import { hear } from '../../test-subgraphs/heard.ts';
import type { Heard } from '../../test-subgraphs/heard.ts';
import { serveSubgraph } from '../../test-subgraphs/serve-subgraph.ts';
import { composeSupergraph, createGateway, httpTransport, inProcessTransport, loadSupergraph } from '../index.ts';
import type { Gateway } from '../index.ts';
import type { Caller } from '../guard/caller.ts';
import type { SubscriptionOptions } from './hub.ts';

const query = 'subscription Counting($after: String) { counted(after: $after) { number part { name } } }';
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const release of cleanUp.splice(0)) await release();
});

let events: CountedEvents;
let asked: Asked;
let named: () => number;
let gateway: Gateway;

async function start(kind: 'in-process' | 'http', options: SubscriptionOptions = {}): Promise<void> {
  events = new CountedEvents();
  const counter = countedSubgraph(events);
  const names = namesSubgraph();
  ({ asked } = counter);
  ({ named } = names);
  const sources = await Promise.all(
    [counter.subgraph, names.subgraph].map(async (subgraph) => {
      const { name } = subgraph;
      if (kind === 'in-process') return { name, transport: inProcessTransport(subgraph) };
      const served = await serveSubgraph(subgraph);
      cleanUp.push(() => served.close());
      return { name, transport: httpTransport({ name, url: served.url }) };
    }),
  );
  gateway = createGateway({
    supergraph: loadSupergraph(await composeSupergraph(sources, new AbortController().signal)),
    transports: new Map(sources.map(({ name, transport }) => [name, transport])),
    subscriptions: options,
  });
  cleanUp.unshift(() => gateway.close());
}

const upstreamsOpen = (count: number) => expect.poll(() => asked.open).toBe(count);

describe.each(['in-process', 'http'] as const)('subscriptions over %s', (kind) => {
  beforeEach(() => start(kind));

  test('that are the same cost one upstream, one enrichment and one text for each event', async () => {
    const all = await Promise.all(range(1, 250).map(() => hear(gateway, query)));
    await upstreamsOpen(1);
    events.append(3);
    await Promise.all(all.map((heard) => heard.until(({ responses }) => responses.length === 3)));
    expect(asked.begun).toHaveLength(1);
    expect(named()).toBe(3);
    for (const { numbers } of all) expect(numbers).toEqual([1, 2, 3]);
    expect(new Set(all.flatMap(({ responses }) => responses)).size).toBe(3);
    expect(all[0]?.responses[0]).toBe('{"data":{"counted":{"number":1,"part":{"name":"part P1"}}}}');
    expect(all[0]?.cursors).toEqual(['1', '2', '3']);
    expect(gateway.subscriptions.counts).toEqual({ subscribers: 250, upstreams: 1 });
  });

  test('end their upstream with the last subscriber, and may be joined until then', async () => {
    const first = await hear(gateway, query);
    await upstreamsOpen(1);
    events.append();
    await first.until(({ numbers }) => numbers.length === 1);
    const second = await hear(gateway, query);
    first.stop();
    events.append();
    await second.until(({ numbers }) => numbers.length === 1);
    expect([first.numbers, second.numbers]).toEqual([[1], [2]]);
    expect(asked.begun).toHaveLength(1);
    second.stop();
    await upstreamsOpen(0);
    expect(gateway.subscriptions.counts).toEqual({ subscribers: 0, upstreams: 0 });
    expect(second.ended).toBeUndefined();
  });

  test('are not shared across scopes of authorization, headers or variables', async () => {
    const filtered = 'subscription($only: [Int!]) { counted(only: $only) { number } }';
    const caller = (subject: string, sharingKey: string): Caller => ({
      subject,
      sharingKey,
      scopes: new Set(),
      expiresAt: undefined,
    });
    await hear(gateway, query);
    await hear(gateway, query, { caller: caller('a', 'one') });
    await hear(gateway, query, { caller: caller('b', 'two') });
    await hear(gateway, query, { caller: caller('c', 'two') });
    await hear(gateway, query, { headers: { tenant: 'x' } });
    await hear(gateway, query, { headers: { tenant: 'y' } });
    await hear(gateway, filtered, { variables: { only: [1] } });
    await hear(gateway, filtered, { variables: { only: [2] } });
    await hear(gateway, filtered, { variables: { only: 2 } });
    expect(gateway.subscriptions.counts).toEqual({ subscribers: 9, upstreams: 7 });
    await upstreamsOpen(7);
  });

  test('begin behind the cursor that the client gives, then become one with those from now on', async () => {
    events.append(100);
    const live = await hear(gateway, query);
    await upstreamsOpen(1);
    const late = await hear(gateway, query, { variables: { after: '90' } });
    const later = await hear(gateway, query, { variables: { after: '95' } });
    await Promise.all([late, later].map((heard) => heard.until(({ numbers }) => numbers.at(-1) === 100)));
    events.append();
    await Promise.all([live, late, later].map((heard) => heard.until(({ numbers }) => numbers.at(-1) === 101)));
    await upstreamsOpen(1);
    expect(gateway.subscriptions.counts).toEqual({ subscribers: 3, upstreams: 1 });
    events.append(5);
    await Promise.all([live, late, later].map((heard) => heard.until(({ numbers }) => numbers.at(-1) === 106)));
    expect(live.numbers).toEqual(range(101, 106));
    expect(late.numbers).toEqual(range(91, 106));
    expect(later.numbers).toEqual(range(96, 106));
  });

  test.each([
    ['a variable', query, { after: '2' }],
    ['a default', query.replace('$after: String', '$after: String = "2"'), {}],
    ['a literal', 'subscription { counted(after: "2") { number } }', {}],
    ['an alias', 'subscription($a: String) { it: counted(after: $a) { number cursor: number } }', { a: '2' }],
    ['its own cursor', 'subscription($a: String) { counted(after: $a) { cursor number } }', { a: '2' }],
  ])('take the cursor from %s', async (_name, text, variables) => {
    events.append(4);
    const heard = await hear(gateway, text, { variables });
    await heard.until(({ numbers }) => numbers.length === 2);
    expect(heard.numbers).toEqual([3, 4]);
    expect(heard.cursors).toEqual(['3', '4']);
    expect(heard.responses[0]).not.toContain('resume');
    expect(heard.responses[0]?.includes('"cursor":"3"')).toBe(text.includes('{ cursor'));
  });

  test('whose cursor is too old are told the bounds of the gap, then end', async () => {
    events.retained = 10;
    events.append(100);
    const heard = await hear(gateway, query, { variables: { after: '50' } });
    await heard.until(({ ended }) => ended !== undefined);
    expect(heard.responses).toEqual([]);
    expect(heard.extensions).toEqual({
      code: 'CURSOR_EXPIRED',
      service: 'counter',
      gap: { after: '50', until: '90' },
    });
    const again = await hear(gateway, query, { variables: { after: '90' } });
    await again.until(({ numbers }) => numbers.length === 10);
    expect(again.numbers).toEqual(range(91, 100));
  });

  test('whose subscriber is too slow end with the cursor to go on from; others go on', async () => {
    const [slow, quick] = [await hear(gateway, query), await hear(gateway, query)];
    await upstreamsOpen(1);
    events.append(5);
    await slow.until(({ numbers }) => numbers.length === 5);
    slow.bufferedBytes = 4 * 1024 * 1024 + 1;
    events.append(5);
    await quick.until(({ numbers }) => numbers.length === 10);
    expect(quick.numbers).toEqual(range(1, 10));
    expect(slow.extensions).toEqual({ code: 'SUBSCRIBER_TOO_SLOW', cursor: '5' });
    const again = await hear(gateway, query, { variables: { after: slow.extensions?.['cursor'] } });
    await again.until(({ numbers }) => numbers.length === 5);
    expect([...slow.numbers, ...again.numbers]).toEqual(range(1, 10));
  });

  test('with one subscriber wait for it', async () => {
    events.append(1_000);
    const heard = await hear(gateway, query, { variables: { after: '0' } });
    heard.bufferedBytes = 3 * 1024 * 1024;
    await heard.until(({ numbers }) => numbers.length === 1);
    expect(await settled(heard)).toBe(1);
    heard.bufferedBytes = 0;
    await heard.until(({ numbers }) => numbers.length === 1_000);
    expect(heard.numbers).toEqual(range(1, 1_000));
  });

  test('end with their reason when the gateway is closed', async () => {
    const heard = await hear(gateway, query);
    await upstreamsOpen(1);
    events.append();
    await heard.until(({ numbers }) => numbers.length === 1);
    await gateway.close();
    expect(heard.extensions).toEqual({ code: 'GATEWAY_CLOSING', cursor: '1' });
    await upstreamsOpen(0);
    const late = await hear(gateway, query);
    await late.until(({ ended }) => ended !== undefined);
    expect(late.extensions?.['code']).toBe('GATEWAY_CLOSING');
  });

  test('are as many as are allowed, for a caller and in all', async () => {
    await gateway.close();
    await start(kind, { limits: { maxSubscriptions: 5, maxSubscriptionsPerCaller: 2 } });
    const caller: Caller = { subject: 'a', scopes: new Set(), expiresAt: undefined, sharingKey: 'a' };
    const own = [await hear(gateway, query, { caller }), await hear(gateway, query, { caller })];
    const refused = await hear(gateway, query, { caller });
    await refused.until(({ ended }) => ended !== undefined);
    expect(refused.extensions).toEqual({ code: 'SUBSCRIPTIONS_EXHAUSTED' });
    own[0]?.stop();
    const others = await Promise.all([
      hear(gateway, query, { caller }),
      ...range(1, 3).map(() => hear(gateway, query)),
      hear(gateway, query),
    ]);
    const last = others.at(-1);
    await last?.until(({ ended }) => ended !== undefined);
    expect(others.map(({ extensions }) => extensions?.['code'])).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'SUBSCRIPTIONS_EXHAUSTED',
    ]);
  });
});

/** How much has been heard when nothing has come for some turns of the loop. */
async function settled(heard: Heard): Promise<number> {
  for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
  return heard.responses.length;
}

describe('a subscription whose caller', () => {
  const callerUntil = (expiresAt: number | undefined, subject = 'a'): Caller => ({
    subject,
    scopes: new Set(),
    expiresAt,
    sharingKey: 'same',
  });

  test('expires ends then, without an event; others of the stream go on', async () => {
    await start('in-process');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const brief = await hear(gateway, query, { caller: callerUntil(Date.now() + 60_000) });
    const long = await hear(gateway, query, { caller: callerUntil(Date.now() + 2 ** 32) });
    await upstreamsOpen(1);
    events.append();
    await Promise.all([brief, long].map((heard) => heard.until(({ numbers }) => numbers.length === 1)));
    vi.advanceTimersByTime(59_999);
    expect(brief.ended).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(brief.extensions).toEqual({ code: 'CALLER_EXPIRED', cursor: '1' });
    events.append();
    await long.until(({ numbers }) => numbers.length === 2);
    expect(brief.numbers).toEqual([1]);
    vi.advanceTimersByTime(2 ** 32);
    expect(long.extensions?.['code']).toBe('CALLER_EXPIRED');
    expect(gateway.subscriptions.counts).toEqual({ subscribers: 0, upstreams: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('has expired while an event was on its way does not get it', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<boolean>((resolve) => (release = () => resolve(true)));
    await start('in-process', { recheck: () => held });
    vi.useFakeTimers({ toFake: ['Date'] });
    const heard = await hear(gateway, query, { caller: callerUntil(Date.now() + 60_000) });
    await upstreamsOpen(1);
    events.append();
    await expect.poll(named).toBe(1);
    vi.setSystemTime(Date.now() + 60_000);
    release();
    await heard.until(({ ended }) => ended !== undefined);
    expect(heard.responses).toEqual([]);
    expect(heard.extensions?.['code']).toBe('CALLER_EXPIRED');
  });

  test.each<[string, (caller: Caller) => boolean | Promise<boolean>]>([
    ['is revoked', ({ subject }) => subject !== 'revoked'],
    ['is revoked later', ({ subject }) => Promise.resolve(subject !== 'revoked')],
    [
      'cannot be checked',
      ({ subject }) => {
        if (subject === 'revoked') throw new Error('the register is away');
        return true;
      },
    ],
  ])('%s gets no event more; others of the stream do', async (_name, verdict) => {
    let isRevoked = false;
    let checks = 0;
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await start('in-process', {
      recheck: (caller) => {
        checks++;
        return isRevoked ? verdict(caller) : true;
      },
    });
    const [good, bad] = [callerUntil(undefined, 'good'), callerUntil(undefined, 'revoked')];
    const all = await Promise.all([good, bad, good, bad].map((caller) => hear(gateway, query, { caller })));
    await upstreamsOpen(1);
    events.append();
    await Promise.all(all.map((heard) => heard.until(({ numbers }) => numbers.length === 1)));
    expect(checks).toBe(2);
    isRevoked = true;
    events.append();
    for (const index of [0, 2]) await all[index]?.until(({ numbers }) => numbers.length === 2);
    for (const index of [1, 3]) {
      expect(all[index]?.numbers).toEqual([1]);
      expect(all[index]?.extensions).toEqual({ code: 'CALLER_REVOKED', cursor: '1' });
    }
  });

  test('is checked for longer than allowed counts as revoked', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await start('in-process', { recheck: () => new Promise(() => undefined), limits: { recheckTimeoutMs: 1 } });
    const heard = await hear(gateway, query);
    await upstreamsOpen(1);
    events.append();
    await heard.until(({ ended }) => ended !== undefined);
    expect(heard.extensions?.['code']).toBe('CALLER_REVOKED');
  });
});

test('the only subscriber of a stream that takes nothing is given up', async () => {
  await start('in-process', { limits: { stallMs: 0 } });
  events.append(3);
  const heard = await hear(gateway, query, { variables: { after: '0' } });
  heard.bufferedBytes = 3 * 1024 * 1024;
  await heard.until(({ ended }) => ended !== undefined);
  expect(heard.numbers).toEqual([1]);
  expect(heard.extensions).toEqual({ code: 'SUBSCRIBER_TOO_SLOW', cursor: '1' });
});

test('a subscriber that throws is let go; others of the stream go on', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  await start('in-process');
  const [bad, good] = [await hear(gateway, query), await hear(gateway, query)];
  bad.next = () => {
    throw new Error('broken');
  };
  await upstreamsOpen(1);
  events.append(2);
  await good.until(({ numbers }) => numbers.length === 2);
  expect(gateway.subscriptions.counts.subscribers).toBe(1);
});
