import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { usedCoordinates } from './used-coordinates.ts';

const schema = buildSchema(`
  directive @note(text: String) on FIELD
  enum State { OPEN CLOSED }
  input Filter { state: [State!], nested: [Filter!], text: String }
  interface Node { id: ID! }
  type Part implements Node { id: ID! name(language: String): String }
  type Machine implements Node { id: ID! }
  union Thing = Part | Machine
  type Query { nodes(filter: Filter, state: State): [Node!]! things: [Thing!]! }
`);

it.each<[string, string, readonly string[]]>([
  [
    'fields and arguments',
    '{ nodes(state: OPEN) { id } }',
    ['Node.id', 'Query.nodes', 'Query.nodes(state:)', 'State.OPEN'],
  ],
  [
    'fields of inputs and values of enums, in lists as well',
    '{ nodes(filter: { state: [OPEN], nested: [{ text: "" }] }) { __typename } }',
    ['Filter.nested', 'Filter.state', 'Filter.text', 'Query.nodes', 'Query.nodes(filter:)', 'State.OPEN'],
  ],
  [
    'types of variables, since their values are unknown',
    'query ($filter: Filter!, $state: State = CLOSED) { nodes(filter: $filter, state: $state) { id } }',
    ['Filter', 'Node.id', 'Query.nodes', 'Query.nodes(filter:)', 'Query.nodes(state:)', 'State', 'State.CLOSED'],
  ],
  [
    'fragments and what is in them',
    '{ things { ... on Machine { id } ...P } } fragment P on Part { name(language: "") @note(text: "") }',
    ['Machine', 'Machine.id', 'Part', 'Part.name', 'Part.name(language:)', 'Query.things'],
  ],
  [
    'nothing that the schema does not have',
    '{ gone { id } nodes(old: 1) { id } ...X } fragment X on Gone { id }',
    ['Node.id', 'Query.nodes'],
  ],
  ['nothing of introspection', '{ __schema { types { name } } __type(name: "") { name } }', []],
])('names %s', (_what, text, expected) => {
  expect(usedCoordinates(schema, text)).toEqual(expected);
});
