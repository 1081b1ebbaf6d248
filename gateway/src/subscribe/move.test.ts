import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { breakable } from '../../test-subgraphs/breakable.ts';
import { CountedEvents, countedSubgraph, namesSubgraph } from '../../test-subgraphs/counted-events.ts';
import type { Asked } from '../../test-subgraphs/counted-events.ts';
import { hear, Heard } from '../../test-subgraphs/heard.ts';
import { composeSupergraph, createGateway, inProcessTransport, loadSupergraph } from '../index.ts';
import type { Gateway, InProcessSubgraph, Supergraph } from '../index.ts';

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

describe('another version of the graph', () => {
  async function version(subgraphs = [counter, names]) {
    const { transport, cut } = breakable(inProcessTransport(subgraphs[0] ?? counter));
    const gateway = createGateway({
      supergraph: await supergraphOf(subgraphs),
      transports: new Map([
        ['counter', transport],
        ['names', inProcessTransport(names)],
      ]),
      subscriptions,
    });
    cleanUp.push(() => gateway.close());
    return { gateway, cut };
  }
  const move = (from: Gateway, to: Gateway) => from.subscriptions.move(to.subscriptions);

  test('goes on with every subscription behind its last event', async () => {
    const [one, two] = [(await version()).gateway, (await version()).gateway];
    const all = await Promise.all(range(1, 20).map(() => hear(one, query)));
    await upstreams(1);
    events.append(5);
    await upTo(5, all);
    const moved = move(one, two);
    events.append(5);
    await moved;
    await one.close();
    const joined = await hear(two, query);
    events.append(5);
    await upTo(15, [...all, joined]);
    for (const { numbers } of all) expect(numbers).toEqual(range(1, 15));
    expect(joined.numbers.at(-1)).toBe(15);
    expect(two.subscriptions.counts).toEqual({ subscribers: 21, upstreams: 1 });
    // Behind the fifth, or one that came before the move took hold.
    expect(asked.begun).toHaveLength(2);
    expect(Number(asked.begun[1])).toBeGreaterThanOrEqual(5);
    expect(asked.open).toBe(1);
  });

  test('takes over a subscription that has no event yet when there is one', async () => {
    const [one, two] = [(await version()).gateway, (await version()).gateway];
    const heard = await hear(one, query);
    await upstreams(1);
    const moved = move(one, two);
    await expect.poll(() => two.subscriptions.expected.size).toBe(1);
    expect(asked.begun).toEqual([undefined]);
    events.append(3);
    await moved;
    await upTo(3, [heard]);
    expect(heard.numbers).toEqual([1, 2, 3]);
    expect(heard.responses).toHaveLength(3);
    expect(asked.begun).toEqual([undefined, '1']);
    expect(two.subscriptions.counts).toEqual({ subscribers: 1, upstreams: 1 });
  });

  test('that is followed by a third takes nothing over that waits', async () => {
    const [one, two, three] = [(await version()).gateway, (await version()).gateway, (await version()).gateway];
    const heard = await hear(one, query);
    await upstreams(1);
    const moved = move(one, two);
    await expect.poll(() => two.subscriptions.expected.size).toBe(1);
    await move(two, three);
    await two.close();
    events.append(3);
    await moved;
    await upTo(3, [heard]);
    expect(heard.numbers).toEqual([1, 2, 3]);
    expect(three.subscriptions.counts).toEqual({ subscribers: 1, upstreams: 1 });
  });

  test('is where a subscription goes on that waits for a lost subgraph', async () => {
    const { gateway: one, cut } = await version();
    const { gateway: two } = await version();
    const heard = await hear(one, query);
    await upstreams(1);
    const moved = move(one, two);
    await expect.poll(() => two.subscriptions.expected.size).toBe(1);
    cut();
    await moved;
    await upstreams(2);
    events.append();
    await upTo(1, [heard]);
    expect(heard.responses).toHaveLength(2);
    expect(heard.responses[0]).toContain('SUBSCRIPTION_GAP');
  });

  test('leaves what cannot be resumed where it is, until it ends', async () => {
    const [one, two] = [(await version()).gateway, (await version()).gateway];
    const heard = await hear(one, ticking);
    await upstreams(1);
    let isLeft = false;
    const moved = move(one, two).then(() => (isLeft = true));
    events.append();
    await upTo(1, [heard]);
    expect([isLeft, one.subscriptions.counts.upstreams, two.subscriptions.counts.upstreams]).toEqual([false, 1, 0]);
    heard.stop();
    await moved;
  });

  test('gets what was prepared for the one before it', async () => {
    const [one, two] = [(await version()).gateway, (await version()).gateway];
    const bounds = await Promise.all([query, query].map((text) => one.prepare({ query: text })));
    await move(one, two);
    const { signal } = new AbortController();
    const [heard, gone] = [new Heard(), new Heard()];
    const [, stop] = bounds.map((bound, index) => one.follow(bound, { signal }, index === 0 ? heard : gone));
    stop?.();
    await upstreams(1);
    events.append();
    await upTo(1, [heard]);
    expect(two.subscriptions.counts).toEqual({ subscribers: 1, upstreams: 1 });
    expect(gone.responses).toEqual([]);
    const { gateway: three } = await version([counter]);
    await move(two, three);
    const late = new Heard();
    one.follow(await one.prepare({ query }), { signal }, late);
    await late.until(({ ended }) => ended !== undefined);
    expect(late.extensions?.['code']).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  test('ends what does not fit it, with the reasons and the cursor', async () => {
    const { gateway: one } = await version();
    const { gateway: two } = await version([counter]);
    const heard = await hear(one, query);
    await upstreams(1);
    events.append();
    await upTo(1, [heard]);
    await move(one, two);
    expect(heard.extensions).toEqual({
      code: 'SUBSCRIPTION_OUTDATED',
      cursor: '1',
      reasons: ['Cannot query field "name" on type "Part".'],
    });
    expect(two.subscriptions.counts).toEqual({ subscribers: 0, upstreams: 0 });
  });

  test('takes over at once a subscription without an event whose place is told', async () => {
    ({ subgraph: counter, asked } = countedSubgraph(events, { tellsPlaces: true }));
    const [one, two] = [(await version()).gateway, (await version()).gateway];
    const heard = await hear(one, query);
    await heard.until(({ places }) => places.length === 1);
    await move(one, two);
    events.append(3);
    await upTo(3, [heard]);
    expect(heard.numbers).toEqual([1, 2, 3]);
    expect(heard.responses).toHaveLength(3);
    expect(asked.begun).toEqual([undefined, '0']);
  });

  test('ends what does not fit it with its place if it has no event yet', async () => {
    ({ subgraph: counter } = countedSubgraph(events, { tellsPlaces: true }));
    const { gateway: one } = await version();
    const { gateway: two } = await version([counter]);
    const heard = await hear(one, query);
    await heard.until(({ places }) => places.length === 1);
    await move(one, two);
    expect(heard.extensions).toMatchObject({ code: 'SUBSCRIPTION_OUTDATED', cursor: '0' });
  });

  test.each([
    ['whose subgraph tells events alone', false],
    ['whose subgraph also tells places', true],
  ])(
    'of a graph %s: whatever happens, in whatever order, nobody misses an event or gets it twice',
    async (_, tellsPlaces) => {
      ({ subgraph: counter, asked } = countedSubgraph(events, { tellsPlaces }));
      const action = fc.oneof(
        { weight: 4, arbitrary: fc.record({ kind: fc.constant('append'), count: fc.integer({ min: 1, max: 4 }) }) },
        { weight: 3, arbitrary: fc.record({ kind: fc.constant('turn'), count: fc.integer({ min: 1, max: 20 }) }) },
        fc.record({ kind: fc.constantFrom('cut', 'move', 'join'), count: fc.constant(1) }),
        fc.record({ kind: fc.constantFrom('joinBehind', 'leave'), count: fc.nat(30) }),
      );
      const supergraph = await supergraphOf([counter, names]);
      await fc.assert(
        fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), async (actions) => {
          events.head = 0;
          asked.open = 0;
          const open = () => {
            const { transport, cut } = breakable(inProcessTransport(counter));
            const transports = new Map([
              ['counter', transport],
              ['names', inProcessTransport(names)],
            ]);
            return { gateway: createGateway({ supergraph, transports, subscriptions }), cut };
          };
          const versions = [open()];
          const all: { heard: Heard; behind: number | undefined }[] = [];
          const moves: Promise<void>[] = [];
          const newest = () => versions.at(-1) as (typeof versions)[number];
          const join = async (behind?: number) => {
            const variables = behind === undefined ? {} : { after: String(behind) };
            all.push({ heard: await hear(newest().gateway, query, { variables }), behind });
          };
          await join(0);
          for (const { kind, count } of actions) {
            if (kind === 'append') events.append(count);
            else if (kind === 'join') await join();
            else if (kind === 'joinBehind') await join(Math.min(count, events.head));
            else if (kind === 'leave') all.splice(1 + count, 1)[0]?.heard.stop();
            else if (kind === 'cut') for (const { cut } of versions) cut();
            else if (kind === 'move') {
              const { gateway } = newest();
              versions.push(open());
              moves.push(move(gateway, newest().gateway));
            } else for (let turns = 0; turns < count; turns++) await new Promise((resolve) => setImmediate(resolve));
          }
          // Who began from now on may not have begun yet: events come until everybody hears them.
          for (let pending = all; pending.length > 0;) {
            events.append();
            for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
            pending = pending.filter(({ heard }) => heard.numbers.length === 0);
          }
          await upTo(
            events.head,
            all.map(({ heard }) => heard),
          );
          for (const { heard, behind } of all) {
            expect(heard.numbers).toEqual(
              range(behind === undefined ? (heard.numbers[0] ?? 0) : behind + 1, events.head),
            );
            expect(heard.ended).toBeUndefined();
          }
          await Promise.all(moves);
          expect(newest().gateway.subscriptions.counts.subscribers).toBe(all.length);
          for (const { heard } of all) heard.stop();
          for (const { gateway } of versions) {
            expect(gateway.subscriptions.counts).toEqual({ subscribers: 0, upstreams: 0 });
            await gateway.close();
          }
          await expect.poll(() => asked.open).toBe(0);
        }),
        { numRuns: 60 },
      );
    },
  );
});
