import fc from 'fast-check';
import { buildSchema, Kind, parse, validate } from 'graphql';
import type { OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../trusted/document-hash.ts';
import { recordedOperation } from './recorded-operation.ts';

const schema = buildSchema(`
  enum State { OPEN CLOSED }
  input Filter { skus: [String!], state: State, above: Float, nested: Filter }
  type Query { parts(filter: Filter, first: Int = 10): [Part!]! }
  type Part { sku: ID! price(factor: Float): Float }
`);

function recorded(text: string, index = 0) {
  const document = parse(text);
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  return recordedOperation(document, operations[index] as OperationDefinitionNode);
}

describe('what is recorded of an operation', () => {
  it('has no values but those that the schema names', () => {
    const { text } = recorded(`query Parts($first: Int = 50, $on: Boolean = true) {
      parts(first: $first, filter: { skus: ["P-1", """P-2"""], state: OPEN, above: 1.5, nested: { above: -7 } }) {
        sku @include(if: $on)
        price(factor: 2e3)
      }
    }`);
    expect(text).toBe(`query Parts($first: Int = 0, $on: Boolean = true) {
  parts(
    first: $first
    filter: {skus: [""], state: OPEN, above: 0, nested: {above: 0}}
  ) {
    sku @include(if: $on)
    price(factor: 0)
  }
}`);
    expect(validate(schema, parse(text))).toEqual([]);
  });

  it('is the one operation with the fragments that it uses', () => {
    const document = `
      query A { parts { ...Used } } query B { parts { sku } }
      fragment Used on Part { ...Inner } fragment Inner on Part { sku } fragment Unused on Part { sku }`;
    const { text, name } = recorded(document);
    expect(name).toBe('A');
    expect(text).not.toContain('Unused');
    expect(text).not.toContain('query B');
    expect(validate(schema, parse(text))).toEqual([]);
    expect(recorded(document, 1).text).toBe('query B {\n  parts {\n    sku\n  }\n}');
  });

  it('is itself when it is recorded again, and the same for all values', () => {
    const value = fc.oneof(
      fc.string().map((text) => JSON.stringify(text)),
      fc.integer().map(String),
    );
    const list = fc.array(
      fc.string().map((text) => JSON.stringify(text)),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(list, value, fc.boolean(), (skus, first, hasName) => {
        const text = `query ${hasName ? 'N' : ''} { parts(first: ${first}, filter: { skus: [${skus.join(',')}] }) { sku } }`;
        const once = recorded(text);
        expect(recorded(once.text)).toEqual(once);
        expect(once.hash).toBe(hashOf(once.text));
        const expected = first.startsWith('"') ? '""' : '0';
        expect(once.text).toContain(`parts(first: ${expected}, filter: {skus: [""]})`);
      }),
    );
  });
});
