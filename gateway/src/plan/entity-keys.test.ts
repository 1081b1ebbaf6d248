import type { FetchNode, QueryPlan } from '@apollo/query-planner';
import { OperationTypeNode } from 'graphql';
import { expect, test } from 'vitest';
import { resolvableKeysOf, unresolvableFetch } from './entity-keys.ts';

const keys = resolvableKeysOf(`
  enum join__Graph { A @join__graph(name: "a", url: "") B @join__graph(name: "b", url: "") }
  interface Item @join__type(graph: B, key: "sku", isInterfaceObject: true) { sku: ID! }
  type Part @join__type(graph: A, key: "id", resolvable: false) @join__type(graph: A, key: "site { code } number") {
    id: ID!
  }
`);

function planOf(serviceName: string, typeName: string, ...names: string[]): QueryPlan {
  const fetch: FetchNode = {
    kind: 'Fetch',
    serviceName,
    operation: '',
    operationName: undefined,
    operationKind: OperationTypeNode.QUERY,
    requires: [
      {
        kind: 'InlineFragment',
        typeCondition: typeName,
        selections: names.map((name) => {
          const [field = '', below] = name.split('.');
          return {
            kind: 'Field',
            name: field,
            ...(below && { selections: [{ kind: 'Field' as const, name: below }] }),
          };
        }),
      },
    ],
  };
  return { kind: 'QueryPlan', node: { kind: 'Flatten', path: ['part'], node: fetch } };
}

test.each([
  ['a whole key', 'a', ['__typename', 'site.code', 'number'], undefined],
  ['a key of an interface that is an object there', 'b', ['sku'], undefined],
  ['a part of a key', 'a', ['site.code'], 'Part in a'],
  ['a key that is not resolvable', 'a', ['id'], 'Part in a'],
  ['a key of another subgraph', 'b', ['site.code', 'number'], 'Part in b'],
])('entities can be fetched by %s or cannot', (_name, service, fields, expected) => {
  expect(unresolvableFetch(planOf(service, 'Part', ...fields), keys, () => ['Item'])).toBe(expected);
});
