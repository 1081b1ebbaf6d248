import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from './json-text.ts';

it('parses what the engine parses', () => {
  const property = fc.property(fc.json(), (text) => {
    expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
  });
  fc.assert(property);
});

it('tells of every text that ends too early', () => {
  const text = '[{"a": "\\u00e9\\n", "b": [1.5e3, -0, true, false, null, {}, []]}]';
  for (let length = 0; length < text.length; length += 1) {
    expect(parseJson(text.slice(0, length)).ok).toBe(false);
  }
});

it.each([
  ['[1,]', 'line 1, column 4'],
  ['{"a" 1}', 'line 1, column 6'],
  ['{,}', 'line 1, column 2'],
  ['[1 2]', 'line 1, column 4'],
  ['[\n\n01]', 'line 3, column 2'],
  ['["a\tb"]', 'line 1, column 2'],
  ['["\\x"]', 'line 1, column 2'],
  ['[}', 'line 1, column 2'],
])('finds the place of the fault in %j', (text, place) => {
  const parsed = parseJson(text);
  expect(parsed.ok).toBe(false);
  expect(!parsed.ok && parsed.problem).toContain(place);
});
