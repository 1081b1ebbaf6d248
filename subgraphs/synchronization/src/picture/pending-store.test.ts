import { describe, expect, it } from 'vitest';
import type { Trigger } from '../judgement/observation.ts';
import { openPendingUnits, type Mark } from './pending-store.ts';
import { stores } from './stores.fixture.ts';

const NOW = '2026-03-02T08:00:00.000Z';
const SOON = '2026-03-02T08:00:05.000Z';
const LATE = '2026-03-02T08:15:00.000Z';

const trigger = (position: number): Trigger => ({
  domain: 'inventory',
  type: 'InventoryChanged',
  subject: 'PUMP@P100',
  position,
  correlationId: `c${position}`,
  occurredAt: NOW,
});
const mark = (sku: string, dueAt: string, position: number, moves = false): Mark => ({
  sku,
  location: 'P100',
  dueAt,
  triggers: [trigger(position)],
  moves,
});

describe.each(stores('what units wait for'))('units that wait in $engine', ({ isThere, open }) => {
  const pendingUnits = async () => openPendingUnits(await open(), () => new Date(NOW));

  it.skipIf(!isThere)('are one, whatever they are marked for, and due when the first of it is', async () => {
    const pending = await pendingUnits();
    await pending.mark([mark('PUMP', LATE, 1), mark('VALVE', SOON, 2), mark('PUMP', LATE, 3)]);
    await pending.mark([mark('PUMP', SOON, 4)]);
    await pending.mark([mark('PUMP', LATE, 5)]);
    expect(await pending.due('2026-03-02T08:00:04.999Z', 10)).toEqual([]);
    const due = await pending.due(SOON, 10);
    expect(due.map(({ sku, since, triggers }) => [sku, since, triggers.map(({ position }) => position)])).toEqual([
      ['PUMP', NOW, [1, 3, 4, 5]],
      ['VALVE', NOW, [2]],
    ]);
    expect(await pending.count()).toBe(2);
  });

  it.skipIf(!isThere)('keep the newest of what they were marked for', async () => {
    const pending = await pendingUnits();
    const marks = Array.from({ length: 14 }, (_, index) => mark('PUMP', NOW, index));
    await pending.mark(marks.slice(0, 12));
    await pending.mark(marks.slice(12));
    const [unit] = await pending.due(NOW, 1);
    expect(unit?.triggers.map(({ position }) => position)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  it.skipIf(!isThere)('come in the order in which they were due', async () => {
    const pending = await pendingUnits();
    await pending.mark([mark('A', LATE, 1), mark('C', SOON, 2), mark('B', NOW, 3)]);
    expect((await pending.due(LATE, 2)).map(({ sku }) => sku)).toEqual(['B', 'C']);
  });

  it.skipIf(!isThere)('wait no more once they are judged, unless they were marked meanwhile', async () => {
    const pending = await pendingUnits();
    await pending.mark([mark('PUMP', NOW, 1)]);
    const [first] = await pending.due(NOW, 1);
    await pending.mark([mark('PUMP', NOW, 2)]);
    expect(await pending.done(first!)).toBe(false);
    const [second] = await pending.due(NOW, 1);
    expect(await pending.done(second!)).toBe(true);
    expect(await pending.due(LATE, 1)).toEqual([]);
    expect(await pending.count()).toBe(0);
    await pending.mark([mark('PUMP', NOW, 3)]);
    expect(await pending.done(second!)).toBe(false);
    expect((await pending.due(NOW, 1))[0]?.triggers).toEqual([trigger(3)]);
  });

  it.skipIf(!isThere)('wait until later, with what they were marked for, if they are to be judged again', async () => {
    const pending = await pendingUnits();
    await pending.mark([mark('PUMP', NOW, 1)]);
    const [unit] = await pending.due(NOW, 1);
    expect(await pending.done(unit!, LATE)).toBe(true);
    expect(await pending.due(SOON, 1)).toEqual([]);
    expect(await pending.due(LATE, 1)).toMatchObject([{ sku: 'PUMP', since: NOW, triggers: [trigger(1)] }]);
  });

  it.skipIf(!isThere)('move when that is asked for, to earlier and to later', async () => {
    const pending = await pendingUnits();
    await pending.mark([mark('PUMP', SOON, 1)]);
    await pending.mark([mark('PUMP', LATE, 2, true)]);
    expect(await pending.due(SOON, 1)).toEqual([]);
    await pending.mark([mark('PUMP', SOON, 3, true)]);
    expect(await pending.due(SOON, 1)).toHaveLength(1);
  });

  it.skipIf(!isThere)('are not due before what they are marked for has been written, also if that fails', async () => {
    const pending = await pendingUnits();
    await pending.mark([mark('PUMP', NOW, 1), mark('VALVE', NOW, 1)]);
    const [taken] = await pending.due(NOW, 1);
    await pending.mark([mark('PUMP', NOW, 2)], async () => {
      expect((await pending.due(NOW, 10)).map(({ sku }) => sku)).toEqual(['VALVE']);
      expect(await pending.done(taken!)).toBe(false);
    });
    expect(await pending.due(NOW, 10)).toHaveLength(2);
    await expect(pending.mark([mark('PUMP', NOW, 3)], () => Promise.reject(new Error('disk full')))).rejects.toThrow();
    expect((await pending.due(NOW, 1))[0]?.triggers.map(({ position }) => position)).toEqual([1, 2, 3]);
  });
});
