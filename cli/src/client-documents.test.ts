import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { clientDocuments } from './client-documents.ts';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

const textsOf = (...files: [path: string, text: string][]) =>
  Object.values(clientDocuments(files.map(([path, text]) => ({ path, text }))));

it('makes a document of each operation, with the fragments it uses, of whichever file', () => {
  const texts = textsOf(
    ['a.graphql', 'query A { part { ...Named } } query B { part { id } }'],
    [
      'shared.graphql',
      'fragment Named on Part { ...Base name } fragment Base on Part { id } fragment Idle on Part { id }',
    ],
  );
  expect(texts).toEqual([
    'query A {\n  part {\n    ...Named\n  }\n}\n\nfragment Named on Part {\n  ...Base\n  name\n}\n\nfragment Base on Part {\n  id\n}',
    'query B {\n  part {\n    id\n  }\n}',
  ]);
});

it('names each document by the SHA-256 of its text', () => {
  const documents = clientDocuments([{ path: 'a.graphql', text: 'query A { a }' }]);
  expect(documents).toEqual({ [hashOf('query A {\n  a\n}')]: 'query A {\n  a\n}' });
});

it('takes texts of a manifest exactly as they are', () => {
  const text = 'query   A{a}';
  expect(textsOf(['manifest.json', JSON.stringify({ [`sha256:${hashOf(text)}`]: text })])).toEqual([text]);
});

it.each<[string, [string, string][], string]>([
  ['text that is not GraphQL', [['a.graphql', 'query A {']], 'a.graphql'],
  ['an operation without a name', [['a.graphql', '{ a }']], 'a.graphql: an operation has no name'],
  ['a fragment that is nowhere', [['a.graphql', 'query A { ...Gone }']], 'a.graphql: A uses a fragment Gone'],
  [
    'two fragments of one name',
    [
      ['a.graphql', 'query A { ...F } fragment F on Query { a }'],
      ['b.graphql', 'fragment F on Query { b }'],
    ],
    'b.graphql: there is another fragment F',
  ],
  ['a schema', [['a.graphql', 'type Query { a: Int }']], 'a.graphql: it defines more than operations'],
  ['a wrong hash', [['m.json', JSON.stringify({ [hashOf('x')]: 'y' })]], `which is ${hashOf('y')}`],
  ['a manifest that is a list', [['m.json', '[]']], 'm.json: a manifest is a JSON object'],
  ['a manifest that is no JSON', [['m.json', '{']], 'm.json: a manifest is a JSON object'],
  ['a manifest of something else', [['m.json', '{"a": 1}']], 'm.json: a is not a text'],
])('refuses %s', (_what, files, reason) => {
  expect(() => textsOf(...files)).toThrow(reason);
});

it('tells all faults at once', () => {
  expect(() => textsOf(['a.graphql', '{ a }'], ['b.graphql', 'query'])).toThrow(/b\.graphql.*\na\.graphql/);
});
