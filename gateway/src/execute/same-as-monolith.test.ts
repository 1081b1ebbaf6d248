import { graphql } from 'graphql';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPlant } from '../../test-subgraphs/plant/data.ts';
import { federatedPlant } from '../../test-subgraphs/plant/federated-plant.ts';
import type { FederatedPlant } from '../../test-subgraphs/plant/federated-plant.ts';
import { plantMonolith } from '../../test-subgraphs/plant/monolith.ts';
import { plantOperations } from '../../test-subgraphs/plant/operations.ts';

const ways = [
  { kind: 'in-process', compilation: 'always' },
  { kind: 'in-process', compilation: 'checked' },
  { kind: 'in-process', compilation: 'never' },
  { kind: 'http', compilation: 'always' },
] as const;

describe.each(ways)(
  'over $kind, compiled $compilation, the gateway answers as one schema would:',
  ({ kind, compilation }) => {
    let plant = createPlant();
    let federated: FederatedPlant;
    let monolith: GraphQLSchema;

    beforeAll(async () => {
      federated = await federatedPlant(kind, () => plant, { compilation });
      monolith = plantMonolith(federated.gateway.supergraph.apiSchema, () => plant);
    });
    afterAll(() => federated.close());

    test.each(Object.entries(plantOperations))('%s', async (_name, { query, variables }) => {
      plant = createPlant();
      const expected = await graphql({ schema: monolith, source: query, variableValues: variables });
      plant = createPlant();
      const actual = await federated.gateway.execute({ query, variables });
      expect(comparable(actual)).toEqual(comparable(expected));
      expect(JSON.stringify(actual.data)).toBe(JSON.stringify(expected.data));
    });
  },
);

function comparable({ data, errors = [] }: ExecutionResult): unknown {
  const paths = errors.map(({ path }) => (path ?? []).join('.'));
  return { data: JSON.parse(JSON.stringify(data ?? null)) as unknown, errors: paths.sort() };
}
