import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RowReading } from './collect-rows.ts';
import { RowFile } from './row-file.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'takt-rows-'));
  path = join(folder, 'rows');
});
afterAll(() => rm(folder, { recursive: true }));

const open = (keptBytes = 0, maxBytes = 1e9) => RowFile.open(path, keptBytes, () => maxBytes);

async function latest(rows: RowFile): Promise<RowReading[]> {
  const all: RowReading[] = [];
  for await (const some of rows.latest()) {
    expect(some.length).toBeLessThanOrEqual(250);
    all.push(...some);
  }
  return all;
}

interface Taken {
  readonly pass: number;
  readonly readings: readonly RowReading[];
}

const reading: fc.Arbitrary<RowReading> = fc.record({
  id: fc.constantFrom('A', 'B"', 'C\n', 'Ä', 'E'),
  node: fc.option(fc.record({ name: fc.string({ unit: 'binary' }) }), { nil: undefined }),
});
/** Pass 0 reads no row twice; later passes may. */
const taken: fc.Arbitrary<Taken[]> = fc
  .tuple(
    fc.uniqueArray(reading, { selector: ({ id }) => id }).map((readings): Taken => ({ pass: 0, readings })),
    fc.array(fc.array(reading, { maxLength: 4 }), { maxLength: 4 }),
  )
  .map(([first, later]) => [first, ...later.map((readings, index): Taken => ({ pass: index + 1, readings }))]);

it('has the latest reading of each row, also after it was opened again where it was kept', async () => {
  await fc.assert(
    fc.asyncProperty(taken, fc.nat(5), async (all, keptAfter) => {
      let rows = await open();
      let keptBytes = 0;
      for (const [index, { pass, readings }] of all.entries()) {
        await rows.take(pass, readings);
        if (index + 1 === keptAfter) keptBytes = rows.bytes;
      }
      const before = await latest(rows);
      await rows.close();
      rows = await open(keptBytes);
      const kept = keptBytes === 0 ? [] : all.slice(0, keptAfter);
      const after = await latest(rows);
      const isRead = all.map(({ pass }) => ['A', 'E'].filter((id) => rows.wasReadIn(pass, id)));
      await rows.close();
      expect(before).toEqual(latestOf(all));
      expect(after).toEqual(latestOf(kept));
      expect(isRead).toEqual(
        all.map(({ pass }) => ['A', 'E'].filter((id) => pass > 0 && lastPassOf(kept, id) === pass)),
      );
    }),
    { numRuns: 300 },
  );
});

it('takes no more bytes than it may, and nothing of what would be more', async () => {
  const rows = await open(0, 40);
  await rows.take(0, [{ id: 'A', node: { name: 'a' } }]);
  const { bytes } = rows;
  await expect(rows.take(0, [{ id: 'B', node: { name: 'x'.repeat(40) } }])).rejects.toMatchObject({
    code: 'EXTRACT_TOO_LARGE',
  });
  expect((await readFile(path)).length).toBe(bytes);
  await rows.close();
});

it('gives a few rows at once, however many there are', async () => {
  const rows = await open();
  await rows.take(
    0,
    Array.from({ length: 1_001 }, (_, index) => ({ id: String(index), node: {} })),
  );
  expect(await latest(rows)).toHaveLength(1_001);
  await rows.close();
});

it('is closed also when it was read to the middle only', async () => {
  const rows = await open();
  await rows.take(
    0,
    Array.from({ length: 10_000 }, (_, index) => ({ id: String(index), node: {} })),
  );
  for await (const some of rows.latest()) {
    expect(some[0]?.id).toBe('0');
    break;
  }
  await rows.close();
});

it('holds the places of no more than a million rows that were read again', async () => {
  const rows = await open();
  const take = (from: number, count: number) =>
    rows.take(
      1,
      Array.from({ length: count }, (_, index) => ({ id: String(from + index), node: undefined })),
    );
  for (let from = 0; from < 1_000_000; from += 100_000) await take(from, 100_000);
  await take(0, 10);
  await expect(take(1_000_000, 1)).rejects.toMatchObject({ code: 'EXTRACT_TOO_MANY_CHANGES' });
  await rows.close();
});

/** In the order of the readings that count. */
function latestOf(all: readonly Taken[]): RowReading[] {
  const rows = new Map<string, RowReading>();
  for (const reading of all.flatMap(({ readings }) => readings)) {
    rows.delete(reading.id);
    rows.set(reading.id, { ...reading, node: reading.node && { name: reading.node['name'] } });
  }
  return [...rows.values()];
}

function lastPassOf(all: readonly Taken[], id: string): number | undefined {
  return all.findLast(({ readings }) => readings.some((each) => each.id === id))?.pass;
}
