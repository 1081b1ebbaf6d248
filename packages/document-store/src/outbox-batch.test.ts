import { expect, it } from 'vitest';
import { outboxBatch } from './outbox-batch.ts';

const MIB = 1024 * 1024;

/** Events that have so many bytes as JSON text, up to one that must not be asked for. */
function* events(...bytes: number[]) {
  for (const [index, size] of bytes.entries()) {
    const id = `${index}`;
    const data = 'x'.repeat(size - JSON.stringify({ id, data: '' }).length);
    yield { id, data };
  }
  throw new Error('asked for one too many');
}

function sizes(given: Iterable<{ readonly id: string }>, limit: number): number[] {
  return outboxBatch(given, limit, (event) => event).map((event) => JSON.stringify(event).length);
}

it('holds as many events as fit, to the byte', () => {
  expect(sizes(events(5 * MIB, 3 * MIB, 100), 9)).toEqual([5 * MIB, 3 * MIB]);
  expect(sizes(events(5 * MIB, 3 * MIB + 1), 9)).toEqual([5 * MIB]);
});

it('holds an event alone that is larger', () => {
  expect(sizes(events(9 * MIB, 100), 9)).toEqual([9 * MIB]);
});

it('holds no more events than asked for', () => {
  expect(sizes(events(100, 100), 2)).toEqual([100, 100]);
  expect(sizes(events(), 0)).toEqual([]);
});
