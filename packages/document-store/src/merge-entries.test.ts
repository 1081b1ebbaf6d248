import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { mergeEntries } from './merge-entries.ts';
import type { IndexEntry } from './merge-entries.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('merges any sources into one order, in both directions, each place once', () => {
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(fc.nat(30))), fc.boolean(), (sources, descending) => {
      const sign = descending ? -1 : 1;
      const merged = mergeEntries(
        sources.map((places) => entries(places.toSorted((a, b) => sign * (a - b)))),
        descending,
      );
      const expected = [...new Set(sources.flat())].sort((a, b) => sign * (a - b)).map(String);
      expect([...merged]).toEqual(expected);
    }),
  );
});

it('compares an entry with few others, however many sources there are', () => {
  const compare = vi.spyOn(Buffer, 'compare');
  const sources = Array.from({ length: 1024 }, (_, i) => entries([i, i + 1024, i + 2048]));
  expect([...mergeEntries(sources, false)]).toHaveLength(3 * 1024);
  expect(compare.mock.calls.length).toBeLessThan(4 * 1024 * 20);
});

function* entries(places: readonly number[]): Generator<IndexEntry> {
  for (const place of places) {
    const order = Buffer.alloc(4);
    order.writeUInt32BE(place);
    yield { order, id: String(place) };
  }
}
