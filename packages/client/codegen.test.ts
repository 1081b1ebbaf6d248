import { createHash } from 'node:crypto';
import { buildSchema, parse } from 'graphql';
import { expect, it } from 'vitest';
import { plugin, transform } from '@takt/client/codegen';

const schema = parse(`
  type Query { node: Node! result: Result! thing: Thing }
  type Subscription { changed(after: String): Thing! ticked: Thing! }
  interface Node { id: ID! }
  type Thing implements Node { id: ID! node: Node }
  type Refused { code: String! }
  union Result = Thing | Refused
`);
const files = (...texts: string[]) => texts.map((text) => ({ document: parse(text) }));
const into = (outputFile: string, documents: ReturnType<typeof files>, config = {}) =>
  plugin(buildSchema('type Query { a: Int }'), transform({ schema, documents }), config, { outputFile });
const textsOf = (documents: ReturnType<typeof files>) =>
  Object.entries(JSON.parse(into('x.json', documents) as string) as Record<string, string>);
const lines = (text: string) => text.replace(/\s+/g, ' ');

it('asks for the type wherever there may be several, once', () => {
  const [[, text] = []] = textsOf(
    files('query Q { node { id } result { __typename ... on Thing { node { id } } } thing { id } }'),
  );
  expect(lines(text!)).toBe(
    'query Q { node { __typename id } result { __typename ... on Thing { node { __typename id } } } thing { id } }',
  );
});

it('sends an operation with the fragments that it uses, and no others, each once', () => {
  const [[, text] = []] = textsOf(
    files(
      'query Q { thing { ...A ...B } }',
      'fragment B on Thing { ...A }',
      'fragment Unused on Thing { id } fragment A on Thing { id }',
    ),
  );
  expect(lines(text!)).toBe('query Q { thing { ...A ...B } } fragment A on Thing { id } fragment B on Thing { ...A }');
});

it('names each text by its hash, the same in the list and in the document', () => {
  const documents = files('query Q { thing { id } }', 'query R { node { id } }');
  const listed = textsOf(documents);
  expect(listed).toHaveLength(2);
  const { content } = into('x.ts', documents) as { content: string };
  for (const [hash, text] of listed) {
    expect(hash).toBe(createHash('sha256').update(text).digest('hex'));
    expect(content).toContain(`"hash": "${hash}"`);
    expect(content).toContain(`"text": ${JSON.stringify(text)}`);
  }
  const short = into('x.ts', documents, { withTexts: false, contract: '2026-11' }) as { content: string };
  expect(short.content).not.toContain('"text"');
  expect(short.content).toContain('export const CONTRACT = "2026-11";');
});

it.each([
  ['subscription S($after: String) { changed(after: $after) { id } }', true],
  ['subscription S { ticked { id } }', false],
  ['query S($after: String) { thing { id } }', false],
])('knows of %s whether it can be resumed: %s', (text, isResumable) => {
  const { content } = into('x.ts', files(text)) as { content: string };
  expect(content.includes('"isResumable": true')).toBe(isResumable);
});

it.each([
  ['{ thing { id } }', 'An operation needs a name'],
  ['query Q { thing { ...Gone } }', 'There is no fragment "Gone"'],
])('refuses %s', (text, reason) => {
  expect(() => into('x.ts', files(text))).toThrow(reason);
});
