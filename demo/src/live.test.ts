import { IntakeBusyError } from '@takt/intake';
import type { InboundMessage, Outcome } from '@takt/intake';
import { describe, expect, it } from 'vitest';
import type { StockMovement } from './contracts.ts';
import { liveDemo } from './live.ts';
import type { LiveDemoOptions, LiveTally } from './live.ts';
import { faults } from './message-schemas.fixture.ts';
import type { DemoDomain } from './messages.ts';
import type { DemoOptions } from './plan.ts';

const plant: DemoOptions = { seed: 7, size: 'small', today: '2026-11-23' };

describe('the live demo', () => {
  it('changes stock in every beat, and everything else now and then', async () => {
    const run = await live({ beats: 400 });
    for (const beat of run.beats) expect(beat.some(({ type }) => type === 'StockMoved')).toBe(true);
    expect(new Set(run.messages.map(({ type }) => type))).toEqual(
      new Set([
        'StockMoved',
        'CreateProductionOrder',
        'ReleaseProductionOrder',
        'ConfirmCompletion',
        'CloseProductionOrder',
        'PlaceQualityHold',
        'ReleaseQualityHold',
        'WorkCenterStateReported',
        'CommitSupply',
        'ForecastReported',
      ]),
    );
    expect(run.tally).toMatchObject({ beats: 400, applied: run.messages.length, refused: 0, busy: 0 });
  });

  it('sends only what the domains understand, each message once', async () => {
    const { messages } = await live({ beats: 300 });
    expect(faults(messages)).toEqual([]);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
  });

  it('brings a machine back before many are down', async () => {
    const { messages } = await live({ beats: 300 });
    const states = messages.filter(({ type }) => type === 'WorkCenterStateReported').map(({ data }) => data);
    const count = (state: string) => states.filter((data) => (data as { state: string }).state === state).length;
    expect(Math.abs(count('DOWN') - count('RUNNING'))).toBeLessThanOrEqual(2);
  });

  it('never repeats a document of the run before', async () => {
    const first = await live({ beats: 100, startAt: '2026-11-23T08:00:00Z' });
    const second = await live({ beats: 100, startAt: '2026-11-23T08:05:00Z' });
    const documents = [...first.messages, ...second.messages]
      .filter(({ type }) => type === 'StockMoved')
      .map(({ data }) => (data as StockMovement).document);
    expect(new Set(documents).size).toBe(documents.length);
    expect(new Set([...first.messages, ...second.messages].map(({ id }) => id)).size).toBe(
      first.messages.length + second.messages.length,
    );
  });

  it('goes on when everything but receipts is refused, and still changes stock in every beat', async () => {
    const run = await live({
      beats: 200,
      answer: ({ type, data }) => type === 'StockMoved' && (data as StockMovement).type === 'RECEIPT',
    });
    for (const beat of run.beats) {
      expect(beat.some(({ data }) => (data as Partial<StockMovement>).type === 'RECEIPT')).toBe(true);
    }
    expect(run.tally.refused).toBeGreaterThan(0);
  });

  it('makes new orders when those of the seed have moved on', async () => {
    const fresh = new Set<string>();
    const run = await live({
      beats: 600,
      answer: ({ type, data }) => {
        const id = (data as { id?: string }).id ?? '';
        if (type === 'CreateProductionOrder') fresh.add(id);
        return !type.endsWith('Order') && type !== 'ConfirmCompletion' ? true : fresh.has(id);
      },
    });
    const closed = run.messages.filter(({ type, data }) => {
      return type === 'CloseProductionOrder' && fresh.has((data as { id: string }).id);
    });
    expect(closed.length).toBeGreaterThan(0);
  });

  it('waits a beat when an intake is busy', async () => {
    let calls = 0;
    const run = await live({
      beats: 20,
      before: () => {
        if (++calls % 3 === 0) throw new IntakeBusyError(1);
      },
    });
    expect(run.tally.busy).toBeGreaterThan(0);
    expect(run.tally.beats).toBe(20);
  });

  it('ends with what the intake throws otherwise', async () => {
    const broken = () => {
      throw new Error('The disk is full.');
    };
    await expect(live({ beats: 5, before: broken })).rejects.toThrow('The disk is full.');
  });

  it('sends nothing after the signal, not even the rest of a beat', async () => {
    const stop = new AbortController();
    const sent: InboundMessage[] = [];
    await liveDemo({
      plant,
      signal: stop.signal,
      send: (_domain, messages) => {
        sent.push(...messages);
        if (sent.length === 4) stop.abort();
        return Promise.resolve(messages.map(applied));
      },
      wait: () => Promise.resolve(),
    });
    expect(sent).toHaveLength(4);
  });

  it('stops at once while it waits', async () => {
    const stop = new AbortController();
    const tally = await liveDemo({
      plant,
      signal: stop.signal,
      intervalMs: 3_600_000,
      send: (_domain, messages) => {
        setImmediate(() => {
          stop.abort();
        });
        return Promise.resolve(messages.map(applied));
      },
    });
    expect(tally.beats).toBe(1);
  });

  it('also moves a large plant, of which it makes only the beginning', async () => {
    const run = await live({ beats: 30, plant: { ...plant, size: 'large' } });
    expect(run.tally.beats).toBe(30);
    expect(faults(run.messages)).toEqual([]);
  });
});

interface Scenario {
  readonly beats: number;
  readonly startAt?: string;
  readonly plant?: DemoOptions;
  /** Whether the intake applies a message; it does unless said. */
  readonly answer?: (message: InboundMessage) => boolean;
  readonly before?: () => void;
}

interface Run {
  readonly beats: readonly InboundMessage[][];
  readonly messages: readonly InboundMessage[];
  readonly tally: LiveTally;
}

/** Runs so many beats on a clock that each wait puts on. */
async function live({
  beats: most,
  startAt = '2026-11-23T08:00:00Z',
  answer,
  before,
  ...more
}: Scenario): Promise<Run> {
  const stop = new AbortController();
  const beats: InboundMessage[][] = [[]];
  let now = Date.parse(startAt);
  const send = (_domain: DemoDomain, messages: readonly InboundMessage[]): Promise<Outcome[]> => {
    before?.();
    beats.at(-1)?.push(...messages);
    return Promise.resolve(
      messages.map((message) => (answer?.(message) === false ? rejected(message) : applied(message))),
    );
  };
  const wait: LiveDemoOptions['wait'] = (milliseconds) => {
    now += milliseconds;
    if (beats.length === most) stop.abort();
    else beats.push([]);
    return Promise.resolve();
  };
  const tally = await liveDemo({ plant, ...more, send, wait, signal: stop.signal, clock: () => new Date(now) });
  return { beats, messages: beats.flat(), tally };
}

function applied({ id }: InboundMessage): Outcome {
  return { status: 'APPLIED', messageId: id, eventIds: [] };
}

function rejected({ id }: InboundMessage): Outcome {
  return { status: 'REJECTED', messageId: id, refusal: { code: 'MOVED_ON', reason: 'The plant has moved on.' } };
}
