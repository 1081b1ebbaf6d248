import { describe, expect, it } from 'vitest';
import { GraphFault } from './graph.ts';
import type { RowSource } from './collect-rows.ts';
import { retryingRows } from './retrying-rows.ts';

const unavailable = () => new GraphFault('SUBGRAPH_UNAVAILABLE', 'Subgraph "orders" is away.');

/** A source that is away until a time, in ms; its clock stands still but for pauses. */
function sourceAway({ untilMs, fault = unavailable }: { untilMs: number; fault?: () => Error }) {
  let now = 0;
  const asked: number[] = [];
  const answering = <Answer>(answer: Answer) => {
    asked.push(now);
    return now < untilMs ? Promise.reject(fault()) : Promise.resolve(answer);
  };
  const source: RowSource = {
    head: () => answering('head'),
    changes: (after, until) => answering({ ids: [after], cursor: until }),
    page: (after) => answering({ rows: [], next: after }),
    select: (ids) => answering(ids.map((id) => ({ id, node: {} }))),
  };
  const stopping = new AbortController();
  const pause = (ms: number, signal: AbortSignal) => {
    now += ms;
    return signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve();
  };
  return {
    rows: retryingRows(source, { pause, signal: stopping.signal }),
    asked,
    stopping,
    away: (ms: number) => void (untilMs = now + ms),
  };
}

describe('rows of a subgraph that is away for a while', () => {
  it('are asked for again, at first soon and then every half minute, until it is back', async () => {
    const { rows, asked } = sourceAway({ untilMs: 120_000 });
    expect(await rows.page('cursor')).toEqual({ rows: [], next: 'cursor' });
    const waits = asked.slice(1).map((at, index) => at - asked[index]!);
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it.each([
    ['head', (rows: RowSource) => rows.head(), 'head'],
    ['changes', (rows: RowSource) => rows.changes('a', 'b'), { ids: ['a'], cursor: 'b' }],
    ['select', (rows: RowSource) => rows.select(['a']), [{ id: 'a', node: {} }]],
  ])('as is what else is asked of it: %s', async (_name, ask, answer) => {
    const { rows, asked } = sourceAway({ untilMs: 1_000 });
    expect(await ask(rows)).toEqual(answer);
    expect(asked).toEqual([0, 250, 750, 1_750]);
  });

  it('are given up after 15 minutes without any answer, with the last fault', async () => {
    const { rows, asked } = sourceAway({ untilMs: Infinity });
    await expect(rows.head()).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    expect(asked.at(-1)).toBeGreaterThanOrEqual(900_000);
    expect(asked.at(-1)).toBeLessThan(930_000);
  });

  it('have as much patience anew after each answer', async () => {
    const { rows, away } = sourceAway({ untilMs: 800_000 });
    await rows.head();
    away(800_000);
    expect(await rows.head()).toBe('head');
  });

  it.each([
    ['will be refused for ever', () => new GraphFault('GRAPHQL_VALIDATION_FAILED', 'Unknown field.')],
    ['the log has dropped', () => new GraphFault('CURSOR_EXPIRED', 'Gone.')],
    ['fails by a mistake of ours', () => new TypeError('x is undefined')],
  ])('are not asked for again if what is asked %s', async (_what, fault) => {
    const { rows, asked } = sourceAway({ untilMs: Infinity, fault });
    await expect(rows.head()).rejects.toThrow(fault().message);
    expect(asked).toEqual([0]);
  });

  it('are not asked for again once the extract is to stop', async () => {
    const { rows, asked, stopping } = sourceAway({ untilMs: Infinity });
    stopping.abort(new Error('closing'));
    await expect(rows.head()).rejects.toThrow('closing');
    expect(asked).toEqual([0]);
  });
});
