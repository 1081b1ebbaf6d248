import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { event, positionsOf } from './counted-events.fixture.ts';
import { RecentEvents } from './recent-events.ts';

describe('Recent events', () => {
  const limits = { events: 5, bytes: 100 };
  const logged = (position: number) => ({ position, event: event(String(position)) });

  test('are given from any position that is in memory', () => {
    const recent = new RecentEvents(10, limits);
    for (const position of [11, 12, 13]) recent.push(logged(position), 1);
    expect(positionsOf(recent.after(10, 9) ?? [])).toEqual([11, 12, 13]);
    expect(positionsOf(recent.after(11, 1) ?? [])).toEqual([12]);
    expect(recent.after(13, 9)).toEqual([]);
    expect(recent.after(20, 9)).toEqual([]);
    expect(recent.after(9, 9)).toBeUndefined();
  });

  test('forget what came before a gap', () => {
    const recent = new RecentEvents(0, limits);
    for (const position of [1, 2, 5]) recent.push(logged(position), 1);
    expect(recent.after(1, 9)).toBeUndefined();
    expect(recent.after(2, 9)).toBeUndefined();
    expect(positionsOf(recent.after(4, 9) ?? [])).toEqual([5]);
  });

  test('have no gap, no duplicate and no more than the limits, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(60))), fc.nat(30), (pushes, after) => {
        const recent = new RecentEvents(0, limits);
        const sizes = new Map<number, number>();
        for (const [position, bytes] of pushes) {
          if (position > recent.position) sizes.set(position, bytes);
          recent.push(logged(position), bytes);
        }
        const page = positionsOf(recent.after(after, 99) ?? []);
        expect(page).toEqual(page.map((_, index) => after + 1 + index));
        expect(page.length).toBeLessThanOrEqual(limits.events);
        expect(page.reduce((sum, position) => sum + (sizes.get(position) ?? 0), 0)).toBeLessThanOrEqual(limits.bytes);
      }),
    );
  });
});
