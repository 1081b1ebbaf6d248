import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { graphRows } from './graph-rows.ts';
import type { Graph, GraphAnswer, KeptAsker } from './graph.ts';
import type { Pace } from './pace.ts';
import { AFTER, FIRST, ROWS } from './pageable-query.ts';

const ada: KeptAsker = { subject: 'ada', scopes: [], sharingKey: 'a' };
const extraction = { pageQuery: '{ rows }', variables: {}, asker: ada, subgraph: 'orders', collection: 'orders' };
const never = new AbortController().signal;
const noRest: Pace = { rest: () => Promise.resolve() };

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** Has a page take so long; answers how many rows were asked for each time. */
function graphTaking(answerMs: (first: number) => number, answer: Partial<GraphAnswer> = {}) {
  const asked: number[] = [];
  const graph: Pick<Graph, 'run' | 'ask'> = {
    run({ variables }) {
      const first = variables[FIRST] as number;
      asked.push(first);
      vi.advanceTimersByTime(answerMs(first));
      const connection = { edges: [], pageInfo: { hasNextPage: true, endCursor: `${variables[AFTER] as string}+` } };
      return Promise.resolve({
        data: { [ROWS]: connection },
        errors: [],
        subgraph: 'orders',
        isPartial: false,
        ...answer,
      });
    },
    ask: () => {
      vi.advanceTimersByTime(7);
      return Promise.resolve({ _head: 'head', _changes: { ids: ['A'], cursor: 'until' } });
    },
  };
  return { graph: graph as Graph, asked };
}

async function sizes(answerMs: (first: number) => number, pages: number): Promise<number[]> {
  const { graph, asked } = graphTaking(answerMs);
  const rows = graphRows(graph, extraction, noRest, never);
  for (let page = 0; page < pages; page++) await rows.page('cursor');
  return asked;
}

describe('pages of an extract', () => {
  it('become larger as long as they are quick, up to what a page may have', async () => {
    expect(await sizes(() => 39, 7)).toEqual([100, 150, 225, 338, 500, 500, 500]);
  });

  it('become smaller while they keep others waiting, down to some rows', async () => {
    expect(await sizes(() => 81, 6)).toEqual([100, 50, 25, 20, 20, 20]);
  });

  it('stay as they are from 40 to 80 ms', async () => {
    expect(await sizes((first) => first * 0.5, 3)).toEqual([100, 100, 100]);
    expect(await sizes(() => 40, 2)).toEqual([100, 100]);
    expect(await sizes(() => 80, 2)).toEqual([100, 100]);
  });

  it('settle where a page takes that long, whatever a row costs', async () => {
    for (const rowMs of [0.1, 0.2, 0.5, 1, 2]) {
      const last = (await sizes((first) => first * rowMs, 20)).at(-1)!;
      expect(last * rowMs).toBeGreaterThanOrEqual(40);
      expect(last * rowMs).toBeLessThanOrEqual(80);
    }
  });
});

describe('whatever is asked of the graph', () => {
  it.each([
    ['a page', (rows: ReturnType<typeof graphRows>) => rows.page(null), 30],
    ['rows by their ids', (rows: ReturnType<typeof graphRows>) => rows.select(['A']), 30],
    ['the end of the log', (rows: ReturnType<typeof graphRows>) => rows.head(), 7],
    ['changes', (rows: ReturnType<typeof graphRows>) => rows.changes('a', 'b'), 7],
  ])('is followed by the rest that it has earned before anything else is asked: %s', async (_name, ask, tookMs) => {
    // given a pace that waits, for operations wait
    let goOn = (): void => undefined;
    const rested: number[] = [];
    const pace: Pace = {
      rest(workedMs) {
        rested.push(workedMs);
        return new Promise((resolve) => (goOn = resolve));
      },
    };
    const { graph } = graphTaking(() => 30);
    // when it is asked
    let isAnswered = false;
    const answer = ask(graphRows(graph, extraction, pace, never)).then(() => (isAnswered = true));
    await new Promise(setImmediate);
    // then nothing comes of it until that may go on
    expect(rested).toEqual([tookMs]);
    expect(isAnswered).toBe(false);
    goOn();
    expect(await answer).toBe(true);
  });

  it.each([
    ['what the caller may not see in full', { isPartial: true }, 'UNAUTHORIZED_FIELD_OR_TYPE'],
    [
      'an answer with an error',
      { errors: [{ message: 'Away.', code: 'SUBGRAPH_UNAVAILABLE' }] },
      'SUBGRAPH_UNAVAILABLE',
    ],
    ['a refusal', { refused: [{ message: 'No.', code: 'BAD_USER_INPUT' }] }, 'BAD_USER_INPUT'],
    ['nothing', { data: null }, undefined],
  ])('is a fault if it is %s', async (_what, answer, code) => {
    const { graph } = graphTaking(() => 1, answer);
    await expect(graphRows(graph, extraction, noRest, never).page(null)).rejects.toMatchObject({
      name: 'GraphFault',
      code,
    });
  });
});
