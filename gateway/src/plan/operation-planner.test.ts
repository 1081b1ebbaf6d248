import { getIntrospectionQuery } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { createPlant } from '../../test-subgraphs/plant/data.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';
import { plantSubgraphs } from '../../test-subgraphs/plant/subgraphs.ts';
import { OperationRefused } from '../errors.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { createOperationPlanner, defaultPlanningLimits } from './operation-planner.ts';

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

test('a plan is made once for a document and an operation name', async () => {
  const planner = createOperationPlanner(supergraph);
  const query = 'query A { sites { code } } query B { sites { name } }';
  expect(await planner.plan(query, 'A')).toBe(await planner.plan(query, 'A'));
  expect(await planner.plan(query, 'B')).not.toBe(await planner.plan(query, 'A'));
});

test('what is kept is bounded', async () => {
  const planner = createOperationPlanner(supergraph, { ...defaultPlanningLimits, planCacheBytes: 100 });
  const first = await planner.plan('{ a: __typename }', undefined);
  for (const alias of ['b', 'c', 'd', 'e']) await planner.plan(`{ ${alias}: __typename }`, undefined);
  expect(await planner.plan('{ a: __typename }', undefined)).not.toBe(first);
});
