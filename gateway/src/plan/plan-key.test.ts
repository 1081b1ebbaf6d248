import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planKey } from './plan-key.ts';

const text = fc.string({ unit: 'binary', maxLength: 400 });
const name = fc.option(text, { nil: undefined });

test('two operations have one key only if text and name are the same', () => {
  fc.assert(
    fc.property(text, name, text, name, (queryA, nameA, queryB, nameB) => {
      const same = queryA === queryB && nameA === nameB;
      expect(planKey(queryA, nameA) === planKey(queryB, nameB)).toBe(same);
    }),
  );
});

test('what separates name and text cannot be forged', () => {
  expect(planKey('b\nc', 'a')).not.toBe(planKey('c', 'a\nb'));
  expect(planKey('c', '')).not.toBe(planKey('c', undefined));
  expect(planKey('b', '-')).not.toBe(planKey('b', undefined));
});

test('halves of characters are told apart in long texts as well', () => {
  const long = 'x'.repeat(1_000);
  expect(planKey(`${long}\ud800`, undefined)).not.toBe(planKey(`${long}\ud801`, undefined));
});

test('a key is short, however long the text', () => {
  expect(planKey('x'.repeat(1_000_000), 'y'.repeat(1_000_000)).length).toBeLessThan(50);
});
