import { GraphQLScalarType } from 'graphql';
import { expect, test } from 'vitest';
import { leafPattern, nullablePattern } from './json-patterns.ts';

const json = new GraphQLScalarType({ name: 'Json' });
const recognises = (pattern: string, text: string): boolean => new RegExp(`^${pattern}$`).test(text);

test('null is no value of a custom scalar, but may lie within one', () => {
  for (const depth of [0, 2]) {
    expect(recognises(leafPattern(json, depth), 'null')).toBe(false);
    expect(recognises(nullablePattern(leafPattern(json, depth)), 'null')).toBe(true);
  }
  expect(recognises(leafPattern(json, 2), '{"a":[null,1],"b":null}')).toBe(true);
});
