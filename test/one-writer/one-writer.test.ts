import { inboundMessage, IntakeUnavailableError, systemClock, type InboundMessage, type Outcome } from '@takt/intake';
import type { CloudEvent } from '@takt/event-log';
import { graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import { serversFor } from '../servers.ts';
import { embedded, servers, type Instance } from './instances.fixture.ts';

const given = serversFor('two instances of a domain');

/** Seconds of the instances in one of the test. */
const HASTE = 5;
const LATE = { timeout: 15_000, interval: 10 };

const profiles = [
  { name: 'one store and one log', isThere: true, prepare: () => embedded() },
  { name: 'MongoDB and JetStream', isThere: given !== undefined, prepare: () => servers(given!) },
];

function location(number: number): InboundMessage {
  const data = { code: `L${number}`, name: `Place ${number}`, type: 'PLANT', timeZone: 'Europe/Berlin' };
  return inboundMessage({ id: `m${number}`, type: 'LocationReported', source: 'erp/p100', data }, systemClock);
}

/** Offers one message after the other as a sender does, until each has its end. */
async function sendAll(
  through: Instance,
  numbers: readonly number[],
  onSent: (count: number) => void = () => undefined,
) {
  const outcomes: Outcome[] = [];
  for (const number of numbers) {
    const message = location(number);
    for (;;) {
      try {
        outcomes.push(...(await through.domain.intake.receive([message])));
        break;
      } catch (error) {
        if (!(error instanceof IntakeUnavailableError)) throw error;
      }
    }
    onSent(outcomes.length);
  }
  return outcomes;
}

async function published({ domain: { log } }: Instance, count: number): Promise<CloudEvent[]> {
  const events: CloudEvent[] = [];
  for await (const { event } of log.follow(0, new AbortController().signal)) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

async function countOf({ domain }: Instance): Promise<unknown> {
  const source = '{ locations { totalCount } }';
  const { data } = await graphql({ schema: domain.schema, source, contextValue: domain.createContext() });
  return (data as { locations: { totalCount: number } } | null)?.locations.totalCount;
}

/** How each message ended, also if the sender heard it only when it offered it again. */
function ends(outcomes: readonly Outcome[]): (string | undefined)[] {
  return outcomes.map((outcome) => (outcome.status === 'DUPLICATE' ? outcome.first?.status : outcome.status));
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const subjects = (events: readonly CloudEvent[]) => events.map(({ subject }) => subject);

describe.each(profiles)('two instances of a domain on $name', ({ isThere, prepare }) => {
  it.skipIf(!isThere)('take messages at either, write at one, and read and follow at both', async () => {
    const open = await prepare();
    const [first, second] = [await open(), await open()];
    expect(second.domain.holder()).toEqual(first.domain.holder());
    expect(await sendAll(second, [1, 2])).toMatchObject([{ status: 'APPLIED' }, { status: 'APPLIED' }]);
    expect(await sendAll(first, [2, 3])).toMatchObject([{ status: 'DUPLICATE' }, { status: 'APPLIED' }]);
    for (const instance of [first, second]) {
      expect(subjects(await published(instance, 3))).toEqual(['L1', 'L2', 'L3']);
      expect(await countOf(instance)).toBe(3);
      expect(await instance.domain.health()).toEqual([]);
    }
    await expect.poll(() => first.consumed).toEqual([1, 2, 3]);
    expect(second.consumed).toEqual([]);
  });

  it.skipIf(!isThere)('hand the pen over when one stops, and a sender at the other sees nothing of it', async () => {
    const open = await prepare();
    const [first, second] = [await open(), await open()];
    let stopping: Promise<void> | undefined;
    const outcomes = await sendAll(second, range(60), (count) => {
      if (count === 20) stopping = first.close();
    });
    await stopping;
    expect(outcomes.map(({ status }) => status)).toEqual(range(60).map(() => 'APPLIED'));
    expect(subjects(await published(second, 60))).toEqual(range(60).map((number) => `L${number}`));
    expect(await second.domain.log.head()).toBe(60);
    await expect.poll(() => [...new Set([...first.consumed, ...second.consumed])]).toEqual(range(60));
    expect(second.domain.holder()).toBeDefined();
  });

  it.skipIf(!isThere)(
    'go on without the one that loses its store, which can still be stopped, and nothing is lost or doubled',
    async () => {
      const open = await prepare();
      const [first, second] = [await open(), await open()];
      const outcomes = await sendAll(second, range(30), (count) => {
        if (count === 10) first.loseStore();
      });
      expect(ends(outcomes)).toEqual(range(30).map(() => 'APPLIED'));
      expect(subjects(await published(second, 30))).toEqual(range(30).map((number) => `L${number}`));
      expect(await second.domain.log.head()).toBe(30);
      expect(await second.domain.health()).toEqual([]);
      expect(await first.domain.health()).toContainEqual(expect.stringContaining('cut it off'));
      await first.close();
    },
  );
});

describe('who cannot make use of the pen', () => {
  it('gives it to one that can, when it has lost the log alone', async () => {
    const open = await embedded(HASTE);
    const [first, second] = [await open(), await open()];
    expect(ends(await sendAll(second, [1]))).toEqual(['APPLIED']);
    first.loseLog();
    expect(ends(await sendAll(second, [2]))).toEqual(['APPLIED']);
    await expect.poll(() => second.domain.log.head(), LATE).toBe(2);
    expect(ends(await sendAll(first, [3]))).toEqual(['APPLIED']);
    expect(subjects(await published(second, 3))).toEqual(['L1', 'L2', 'L3']);
    expect(await second.domain.health()).toEqual([]);
  });

  it('gives it to one that can, when it cannot begin', async () => {
    const open = await embedded(HASTE);
    const first = await open({ cannotWrite: true });
    const second = await open();
    expect(ends(await sendAll(first, [1, 2]))).toEqual(['APPLIED', 'APPLIED']);
    await expect.poll(() => second.consumed).toEqual([1, 2]);
  });

  it('tries again when there is no other, until it can', async () => {
    const open = await embedded(HASTE);
    const only = await open();
    only.loseLog();
    expect(ends(await sendAll(only, [1]))).toEqual(['APPLIED']);
    for (let times = 0; times < 2; times += 1) {
      await expect.poll(() => only.domain.holder(), LATE).toBeUndefined();
      await expect.poll(() => only.domain.holder(), LATE).toBeDefined();
    }
    only.findLog();
    expect(ends(await sendAll(only, [2]))).toEqual(['APPLIED']);
    expect(subjects(await published(only, 2))).toEqual(['L1', 'L2']);
  });
});
