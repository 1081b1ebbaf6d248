import { getIntrospectionQuery } from 'graphql';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { createPlant } from '../../test-subgraphs/plant/data.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';
import { plantSubgraphs } from '../../test-subgraphs/plant/subgraphs.ts';
import { gatewayError, OperationRefused } from '../errors.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { createOperationPlanner, defaultPlanningLimits } from './operation-planner.ts';
import type { KnownOperation } from './operation-planner.ts';
import { inlinePlanMaker } from './plan-maker.ts';
import type { PlanMaker } from './plan-maker.ts';

let supergraph: Supergraph;
beforeAll(async () => {
  supergraph = (await composeGateway(plantSubgraphs(createPlant))).supergraph;
});

async function refusalOf(query: string, operationName?: string) {
  try {
    await createOperationPlanner(supergraph).plan(query, operationName);
  } catch (error) {
    if (error instanceof OperationRefused)
      return error.errors.map(({ message, extensions }) => ({ message, code: extensions['code'] }));
    throw error;
  }
  return [];
}

function bomb(depth: number): string {
  const fragments = Array.from(
    { length: depth },
    (_, level) => `fragment F${level} on Product { replaces { ...F${level + 1} } o: replaces { ...F${level + 1} } }`,
  );
  return `{ product(sku: "P1") { ...F0 } } ${fragments.join(' ')} fragment F${depth} on Product { name }`;
}

function chain(length: number): string {
  const fragments = Array.from(
    { length },
    (_, level) => `fragment F${level} on Product { replaces { ...F${level + 1} } }`,
  );
  return `{ product(sku: "P1") { ...F0 } } ${fragments.join(' ')} fragment F${length} on Product { name }`;
}

describe('an operation is refused', () => {
  test.each([
    ['that is not GraphQL', '{ product(', 'GRAPHQL_PARSE_FAILED', 'Syntax Error'],
    ['that is nothing', '', 'GRAPHQL_PARSE_FAILED', 'Syntax Error'],
    ['that the schema does not know', '{ nope }', 'GRAPHQL_VALIDATION_FAILED', 'Cannot query field "nope"'],
    [
      'of nothing but fragments',
      'fragment A on Product { name }',
      'GRAPHQL_VALIDATION_FAILED',
      'Fragment "A" is never used',
    ],
    [
      'with a cycle of fragments',
      '{ product(sku: "1") { ...A } } fragment A on Product { replaces { ...A } }',
      'GRAPHQL_VALIDATION_FAILED',
      'Cannot spread fragment "A" within itself.',
    ],
    [
      'with @defer',
      '{ product(sku: "1") { ... @defer { name } } }',
      'OPERATION_NOT_SUPPORTED',
      'This gateway does not offer @defer.',
    ],
    [
      'that calls something else __typename',
      '{ product(sku: "1") { __typename: name } }',
      'OPERATION_NOT_SUPPORTED',
      'Only the field __typename',
    ],
    [
      'with more tokens than allowed',
      `{ ${'sites { code } '.repeat(5_000)} }`,
      'GRAPHQL_PARSE_FAILED',
      'Document contains more that 10000 tokens',
    ],
    [
      'that is nested beyond the limit',
      `${'{ a '.repeat(300)}${'}'.repeat(300)}`,
      'OPERATION_TOO_LARGE',
      'at most 200 are allowed',
    ],
    ['that is nested beyond the limit by fragments', chain(300), 'OPERATION_TOO_LARGE', 'at most 200 are allowed'],
    [
      'with more fields under one name than are compared',
      `{ product(sku: "P1") { ${'name '.repeat(1_900)} } }`,
      'OPERATION_TOO_LARGE',
      'share a response name',
    ],
    ['that expands beyond the limit', bomb(10), 'OPERATION_TOO_LARGE', 'at most 2000 are allowed'],
    ['that expands beyond all bounds', bomb(60), 'OPERATION_TOO_LARGE', 'at most 2000 are allowed'],
  ])('%s', async (_name, query, code, message) => {
    const errors = await refusalOf(query);
    expect(errors[0]?.code).toBe(code);
    expect(errors[0]?.message).toContain(message);
  });

  test('whose name is missing or unknown', async () => {
    const query = 'query A { __typename } query B { __typename }';
    expect((await refusalOf(query))[0]?.message).toContain('several operations');
    expect((await refusalOf(query, 'C'))[0]?.message).toBe('The document has no operation "C".');
    expect(await refusalOf(query, 'B')).toEqual([]);
  });
});

test('the introspection of any tool is allowed', async () => {
  const query = getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true, directiveIsRepeatable: true });
  expect(await refusalOf(query)).toEqual([]);
});

/** Plans inline, and notes what it was asked for. */
function noted() {
  const inline = inlinePlanMaker(supergraph);
  const asked: string[] = [];
  const maker: PlanMaker = {
    ...inline,
    make: (request) => {
      asked.push(request.query);
      return inline.make(request);
    },
  };
  return { asked, maker };
}

describe('what is kept', () => {
  test('is a plan for a document and an operation name', async () => {
    const planner = createOperationPlanner(supergraph);
    const query = 'query A { sites { code } } query B { sites { name } }';
    expect(await planner.plan(query, 'A')).toBe(await planner.plan(query, 'A'));
    expect(await planner.plan(query, 'B')).not.toBe(await planner.plan(query, 'A'));
  });

  test('is bounded by the bytes of texts and plans, and is what was used last', async () => {
    const { asked, maker } = noted();
    const size = JSON.stringify((await createOperationPlanner(supergraph).plan('{ a: __typename }', undefined)).plan);
    const planCacheBytes = 3 * ('{ a: __typename }'.length + size.length);
    const planner = createOperationPlanner(supergraph, { ...defaultPlanningLimits, planCacheBytes }, maker);
    for (const alias of ['a', 'b', 'c', 'a', 'd', 'a', 'b']) await planner.plan(`{ ${alias}: __typename }`, undefined);
    expect(asked.map((query) => query[2])).toEqual(['a', 'b', 'c', 'd', 'b']);
  });

  test('is a refusal, for a minute', async () => {
    const { asked, maker } = noted();
    const planner = createOperationPlanner(supergraph, undefined, maker);
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const refusal = () => planner.plan('{ nope }', undefined).catch((error: unknown) => error);
    const first = await refusal();
    expect(first).toBeInstanceOf(OperationRefused);
    expect(await refusal()).toBe(first);
    vi.setSystemTime(Date.now() + 59_000);
    expect(await refusal()).toBe(first);
    vi.setSystemTime(Date.now() + 2_000);
    expect(await refusal()).not.toBe(first);
    expect(asked).toHaveLength(2);
  });

  test('is no refusal that will pass by itself', async () => {
    const { asked, maker } = noted();
    const make: PlanMaker['make'] = (request) =>
      asked.length === 0
        ? (asked.push(''), Promise.reject(new OperationRefused([gatewayError('PLANNING_BUSY', 'busy')])))
        : maker.make(request);
    const planner = createOperationPlanner(supergraph, undefined, { ...maker, make });
    await expect(planner.plan('{ sites { code } }', undefined)).rejects.toThrow('busy');
    expect(await planner.plan('{ sites { code } }', undefined)).toHaveProperty('plan');
  });
});

test('an operation that is asked for several times at once is planned once', async () => {
  const { asked, maker } = noted();
  const planner = createOperationPlanner(supergraph, undefined, maker);
  const plans = await Promise.all([1, 2, 3].map(() => planner.plan('{ sites { code } }', undefined)));
  expect(new Set(plans).size).toBe(1);
  const refused = await Promise.allSettled([1, 2, 3].map(() => planner.plan('{ nope }', undefined)));
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(asked).toEqual(['{ sites { code } }', '{ nope }']);
});

test('what is too large to be planned never reaches the planner', async () => {
  const { asked, maker } = noted();
  const planner = createOperationPlanner(supergraph, undefined, maker);
  await expect(planner.plan(bomb(60), undefined)).rejects.toThrow('at most 2000 are allowed');
  await expect(planner.plan('{ product(', undefined)).rejects.toThrow('Syntax Error');
  expect(asked).toEqual([]);
});

describe('warming up', () => {
  const { signal } = new AbortController();

  async function used(): Promise<readonly KnownOperation[]> {
    const planner = createOperationPlanner(supergraph);
    const uses = { '{ sites { code } }': 2, '{ sites { name } }': 3, '{ orders { number } }': 1 };
    for (const [query, times] of Object.entries(uses)) {
      for (let time = 0; time < times; time++) await planner.plan(query, undefined);
    }
    return planner.mostUsed();
  }

  test('plans what was used most first, without another reading of its text, and clients find it planned', async () => {
    const { asked, maker } = noted();
    const known = await used();
    expect(known.map(({ uses }) => uses)).toEqual([3, 2, 1]);
    const planner = createOperationPlanner(supergraph, undefined, maker);
    await planner.warmUp(known, signal);
    expect(asked).toEqual(['{ sites { name } }', '{ sites { code } }', '{ orders { number } }']);
    const planned = await planner.plan('{ sites { code } }', undefined);
    expect(planned.document).toBe(known[1]?.document);
    expect(asked).toHaveLength(3);
    await planner.warmUp(known, signal);
    expect(asked).toHaveLength(3);
  });

  test('leaves out what the new version refuses', async () => {
    const { signal: never } = new AbortController();
    const other = (
      await composeGateway([buildSubgraph('sites', 'type Query { sites: [Site!]! } type Site { code: ID! }')])
    ).supergraph;
    const planner = createOperationPlanner(other);
    await planner.warmUp(await used(), never);
    expect(planner.mostUsed().map(({ query }) => query)).toEqual(['{ sites { code } }']);
    await expect(planner.plan('{ orders { number } }', undefined)).rejects.toThrow('Cannot query field "orders"');
  });

  test('ends when its time is up, even if a plan is not made', async () => {
    const stop = new AbortController();
    const { maker } = noted();
    const asked: string[] = [];
    const planner = createOperationPlanner(supergraph, undefined, {
      ...maker,
      make: ({ query }) => {
        asked.push(query);
        stop.abort();
        return new Promise(() => undefined);
      },
    });
    await planner.warmUp(await used(), stop.signal);
    expect(asked).toEqual(['{ sites { name } }']);
  });
});
