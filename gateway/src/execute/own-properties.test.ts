import fc from 'fast-check';
import { expect, test } from 'vitest';
import { getOwn, isResponseObject, mergeInto } from './own-properties.ts';
import type { ResponseObject } from './own-properties.ts';

const names = fc.constantFrom('a', 'b', 'sku', '__proto__', 'constructor', 'toString', 'hasOwnProperty');
/** Objects as JSON gives them: `__proto__` is a property like any other. */
const answers = fc
  .letrec<{ object: unknown; value: unknown }>((tie) => ({
    object: fc
      .array(fc.tuple(names, tie('value')), { maxLength: 4 })
      .map(
        (entries) =>
          JSON.parse(
            `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`,
          ) as unknown,
      ),
    value: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.constant(null),
      fc.array(tie('object'), { maxLength: 3 }),
      tie('object'),
    ),
  }))
  .object.map((object) => object as ResponseObject);

test('merging answers reaches no prototype, and keeps everything that either found', () => {
  fc.assert(
    fc.property(answers, answers, (first, second) => {
      const found = [...keysOf(first), ...keysOf(second)].filter(([, value]) => value !== null).map(([key]) => key);
      const target = Object.create(null) as ResponseObject;
      mergeInto(target, first);
      mergeInto(target, second);
      for (const key of found) expect(getOwn(target, key) ?? null).not.toBeNull();
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect(({} as ResponseObject)['a']).toBeUndefined();
    }),
  );
});

test('merging the same answer again changes nothing', () => {
  fc.assert(
    fc.property(answers, (answer) => {
      const text = JSON.stringify(answer);
      const target = JSON.parse(text) as ResponseObject;
      mergeInto(target, JSON.parse(text) as ResponseObject);
      expect(JSON.stringify(target)).toBe(text);
    }),
  );
});

test('what is inherited is not found', () => {
  expect(getOwn({}, 'toString')).toBeUndefined();
  expect(getOwn({}, '__proto__')).toBeUndefined();
  expect(isResponseObject([])).toBe(false);
});

function keysOf(object: ResponseObject): [string, unknown][] {
  return Object.keys(object).map((key) => [key, getOwn(object, key)]);
}

test('the name of a type is not replaced by that of an interface, in whatever order they come', () => {
  const interfaces = new Set(['Node']);
  for (const [first, second] of [
    ['Product', 'Node'],
    ['Node', 'Product'],
  ]) {
    const object = { items: [{ __typename: first }] };
    mergeInto(object, { items: [{ __typename: second, id: '1' }] }, interfaces);
    expect(object).toEqual({ items: [{ __typename: 'Product', id: '1' }] });
  }
});
