import { expect, test, vi } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';
import type { Caller } from '../guard/caller.ts';
import type { Executor, RunOptions } from './executor.ts';
import { sharingRuns } from './shared-runs.ts';

const sdl = `
  type Query { stock(id: Int): Int }
  type Mutation { count: Int }
`;

async function counting(dedupe: boolean) {
  let runs = 0;
  const run = async () => {
    await new Promise(setImmediate);
    return ++runs;
  };
  const subgraph = buildSubgraph('stock', sdl, { Query: { stock: run }, Mutation: { count: run } });
  const gateway = await composeGateway([subgraph], {}, { dedupe });
  return async (
    ...requests: readonly { query?: string; variables?: Record<string, unknown>; options?: Partial<RunOptions> }[]
  ) => {
    const before = runs;
    const answers = await Promise.all(
      requests.map(async ({ query = 'query ($id: Int) { stock(id: $id) }', variables = {}, options }) => {
        const bound = await gateway.prepare({ query, variables });
        return gateway.run(bound, { signal: new AbortController().signal, ...options });
      }),
    );
    return { runs: runs - before, answers };
  };
}

const caller = (sharingKey: string): Caller => ({
  subject: sharingKey,
  scopes: new Set(),
  expiresAt: undefined,
  sharingKey,
});

test('identical queries at the same time are run once, if that is asked for', async () => {
  const { runs, answers } = await (await counting(true))({}, {}, {});
  expect(runs).toBe(1);
  expect(answers).toEqual(Array(3).fill('{"data":{"stock":1}}'));
  expect((await (await counting(false))({}, {}, {})).runs).toBe(3);
});

test('queries one after the other are run each', async () => {
  const ask = await counting(true);
  await ask({});
  expect((await ask({})).answers).toEqual(['{"data":{"stock":2}}']);
});

test.each([
  ['variables', { variables: { id: 1 } }, { variables: { id: 2 } }],
  ['variables that are null and that are not given', { variables: { id: null } }, {}],
  ['operations', {}, { query: '{ stock }' }],
  ['forwarded headers', { options: { headers: { authorization: 'a' } } }, {}],
  ['callers', { options: { caller: caller('a') } }, { options: { caller: caller('b') } }],
  ['callers, known or not', { options: { caller: caller('a') } }, {}],
  ['what is put together differently', { options: { caller: caller('a\n') } }, { options: { caller: caller('a') } }],
])('with different %s they are run each', async (_what, one, other) => {
  expect((await (await counting(true))(one, other, one, other)).runs).toBe(2);
});

test('mutations are run each', async () => {
  const mutation = { query: 'mutation { count }' };
  expect((await (await counting(true))(mutation, mutation)).runs).toBe(2);
});

test('a client that goes away leaves the others theirs', async () => {
  const gone = new AbortController();
  const ask = await counting(true);
  const leaving = ask({ options: { signal: gone.signal } });
  const staying = ask({});
  await new Promise<void>((resolve) => process.nextTick(resolve));
  gone.abort(new Error('gone'));
  await expect(leaving).rejects.toThrow('gone');
  expect((await staying).answers).toEqual(['{"data":{"stock":1}}']);
});

test.each([
  ['personal', true, 2],
  ['not personal', undefined, 1],
])('with subgraphs that are %s, subjects with the same sharing key', async (_what, isPersonal, expected) => {
  const run = async () => {
    await new Promise(setImmediate);
    return { body: '' };
  };
  const respond = vi.fn(run as unknown as Executor['respond']);
  const transports = new Map([['extracts', { ...(isPersonal && { isPersonal }) }]]);
  const shared = sharingRuns({ respond }, transports);
  const subgraph = buildSubgraph('extracts', sdl, {});
  const gateway = await composeGateway([subgraph]);
  const bound = await gateway.prepare({ query: '{ stock }' });
  const ask = (subject: string) =>
    shared.respond(bound, { signal: new AbortController().signal, caller: { ...caller('same'), subject } });
  await Promise.all([ask('ada'), ask('grace'), ask('ada')]);
  expect(respond).toHaveBeenCalledTimes(expected);
});
