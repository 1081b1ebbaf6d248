import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromByteText, toByteText } from './byte-text.ts';

test('any text comes back as it was, and its length is its length in bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(fromByteText(toByteText(text))).toBe(text);
      expect(toByteText(text)).toHaveLength(Buffer.byteLength(text));
    }),
  );
});

test('ASCII is the same either way', () => {
  expect(toByteText('{"a":1}')).toBe('{"a":1}');
  expect(toByteText('ä€😀')).toBe('\u00c3\u00a4\u00e2\u0082\u00ac\u00f0\u009f\u0098\u0080');
});
