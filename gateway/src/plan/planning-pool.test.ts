import { parse } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';
import { createPlant } from '../../test-subgraphs/plant/data.ts';
import { plantOperations } from '../../test-subgraphs/plant/operations.ts';
import { plantSubgraphs } from '../../test-subgraphs/plant/subgraphs.ts';
import { OperationRefused } from '../errors.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { SupergraphRefused } from '../supergraph/supergraph.ts';
import { inlinePlanMaker } from './plan-maker.ts';
import type { PlanMaker } from './plan-maker.ts';
import { createPlanningPool } from './planning-pool.ts';
import type { PlanningPoolLimits } from './planning-pool.ts';

// A thread that starts, or runs out of memory, takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });
const patient = { timeoutMs: 60_000, maxWaitMs: 120_000, startTimeoutMs: 120_000 };

let supergraph: Supergraph;
beforeAll(async () => {
  supergraph = (await composeGateway(plantSubgraphs(createPlant))).supergraph;
});

function poolOf(limits: Partial<PlanningPoolLimits> = {}) {
  const pool = createPlanningPool(supergraph.sdl, { ...patient, ...limits });
  onTestFinished(() => pool.close());
  return pool;
}

/** Time passes only when a test says so; threads work on. */
function stopTime() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
}
afterEach(() => void vi.useRealTimers());

async function outcomeOf(maker: PlanMaker, query: string, operationName?: string) {
  try {
    return (await maker.make({ query, document: parse(query), operationName })).plan;
  } catch (error) {
    if (!(error instanceof OperationRefused)) throw error;
    return error.errors.map(({ message, extensions, locations }) => ({
      message,
      code: extensions['code'],
      locations,
    }));
  }
}

const refusedWith = (code: string): unknown => [expect.objectContaining({ code })];

/** Takes far longer to plan than any test lasts, and more memory than a small heap has. */
const endless = `{ ${Array.from({ length: 50_000 }, (_, index) => `a${index}: product(sku: "P1") { onHand supplierCode }`).join(' ')} }`;

describe('a plan made in a thread', () => {
  let pool: PlanMaker;
  beforeAll(() => {
    pool = createPlanningPool(supergraph.sdl, patient);
  });
  afterAll(() => pool.close());

  test('is the one that is made inline', async () => {
    const inline = inlinePlanMaker(supergraph);
    for (const { query } of Object.values(plantOperations)) {
      const [threaded, expected] = [await outcomeOf(pool, query), await outcomeOf(inline, query)];
      expect(JSON.stringify(threaded)).toBe(JSON.stringify(expected));
    }
  });

  test.each([
    ['an unknown field', '{\n  sites {\n    nope } }', undefined],
    ['several faults', 'query A($a: Nope) { sites { code(x: 1) } product { name } }', undefined],
    ['a missing name', 'query A { __typename } query B { __typename }', undefined],
    ['an unknown name', 'query A { __typename }', 'B'],
  ])('refuses %s with the messages, codes and places of one made inline', async (_name, query, operationName) => {
    const refusal = await outcomeOf(pool, query, operationName);
    expect(refusal).toEqual(await outcomeOf(inlinePlanMaker(supergraph), query, operationName));
    expect(refusal).toEqual(expect.arrayContaining([expect.objectContaining({ code: 'GRAPHQL_VALIDATION_FAILED' })]));
  });
});

describe('an operation that takes too long', () => {
  test('is refused, and the next one planned by another thread', async () => {
    stopTime();
    const pool = poolOf({ threads: 1 });
    await pool.loaded();
    const [slow, next] = [outcomeOf(pool, endless), outcomeOf(pool, '{ sites { code } }')];
    vi.advanceTimersByTime(patient.timeoutMs);
    expect(await slow).toEqual(refusedWith('OPERATION_TOO_EXPENSIVE'));
    expect(await next).toMatchObject({ kind: 'QueryPlan' });
    expect(pool.threads).toBe(1);
  });

  test('takes nothing from the others while there is another thread', async () => {
    stopTime();
    const pool = poolOf({ threads: 2 });
    await pool.loaded();
    const slow = outcomeOf(pool, endless);
    for (const alias of ['a', 'b', 'c']) {
      const planned = await Promise.race([slow, outcomeOf(pool, `{ ${alias}: sites { code } }`)]);
      expect(planned).toMatchObject({ kind: 'QueryPlan' });
    }
  });
});

test('an operation that takes too much memory ends its thread and nothing else', async () => {
  stopTime();
  const pool = poolOf({ threads: 1, maxHeapMb: 64 });
  const [large, next] = [outcomeOf(pool, endless), outcomeOf(pool, '{ sites { code } }')];
  expect(await large).toEqual([
    expect.objectContaining({ code: 'OPERATION_TOO_EXPENSIVE', message: expect.stringContaining('memory') }),
  ]);
  expect(await next).toMatchObject({ kind: 'QueryPlan' });
});

describe('threads', () => {
  test('a second one starts only while the first is busy, and goes when there is nothing to do', async () => {
    stopTime();
    const pool = poolOf({ threads: 2, idleMs: 1_000 });
    await pool.loaded();
    await outcomeOf(pool, '{ sites { code } }');
    expect(pool.threads).toBe(1);
    const slow = outcomeOf(pool, endless);
    await outcomeOf(pool, '{ a: sites { code } }');
    expect(pool.threads).toBe(2);
    vi.advanceTimersByTime(1_000);
    await expect.poll(() => pool.threads, { timeout: 60_000 }).toBe(1);
    vi.advanceTimersByTime(patient.timeoutMs);
    expect(await slow).toEqual(refusedWith('OPERATION_TOO_EXPENSIVE'));
    expect(await outcomeOf(pool, '{ b: sites { code } }')).toMatchObject({ kind: 'QueryPlan' });
  });

  test('none is left when the pool rests, and one comes back for who asks', async () => {
    const pool = poolOf();
    await pool.loaded();
    pool.rest();
    await expect.poll(() => pool.threads, { timeout: 60_000 }).toBe(0);
    expect(await outcomeOf(pool, '{ sites { code } }')).toMatchObject({ kind: 'QueryPlan' });
    await expect.poll(() => pool.threads, { timeout: 60_000 }).toBe(0);
  });

  test('a supergraph that does not load is said so, to all who wait', async () => {
    const pool = createPlanningPool('type Query { a: Int }');
    const waiting = outcomeOf(pool, '{ a }');
    await expect(pool.loaded()).rejects.toThrow(SupergraphRefused);
    await expect(waiting).rejects.toThrow('Invalid supergraph: must be a core schema');
    await pool.close();
  });
});

describe('waiting', () => {
  test('those beyond the bound are turned away, the others are not lost', async () => {
    stopTime();
    const pool = poolOf({ threads: 1, maxWaiting: 1 });
    await pool.loaded();
    const slow = outcomeOf(pool, endless);
    const waits = outcomeOf(pool, '{ sites { code } }');
    expect(await outcomeOf(pool, '{ sites { name } }')).toEqual(refusedWith('PLANNING_BUSY'));
    vi.advanceTimersByTime(patient.timeoutMs);
    expect(await slow).toEqual(refusedWith('OPERATION_TOO_EXPENSIVE'));
    expect(await waits).toMatchObject({ kind: 'QueryPlan' });
  });

  test('ends after a while', async () => {
    stopTime();
    const pool = poolOf({ threads: 1, maxWaitMs: 1_000 });
    await pool.loaded();
    const [slow, waits] = [outcomeOf(pool, endless), outcomeOf(pool, '{ sites { code } }')];
    vi.advanceTimersByTime(1_000);
    expect(await waits).toEqual(refusedWith('PLANNING_BUSY'));
    await pool.close();
    expect(await slow).toEqual(refusedWith('PLANNING_BUSY'));
  });

  test('ends when the pool is closed', async () => {
    const pool = poolOf({ threads: 1 });
    await pool.loaded();
    const outcomes = [outcomeOf(pool, endless), outcomeOf(pool, '{ sites { code } }')];
    await pool.close();
    outcomes.push(outcomeOf(pool, '{ sites { code } }'));
    for (const outcome of outcomes) expect(await outcome).toMatchObject([{ message: 'The gateway is shutting down.' }]);
    expect(pool.threads).toBe(0);
  });
});
