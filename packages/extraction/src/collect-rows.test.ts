import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ChangesTooFast,
  collectRows,
  placeOfAll,
  placeOfChanges,
  type Place,
  type ReadRow,
  type RowReading,
  type RowSource,
  type RowTaker,
} from './collect-rows.ts';

/** A domain of orders: each has a state and a place in the connection, and may be in the filter or not. */
interface Order {
  readonly start: number;
  readonly value: number;
  readonly inFilter: boolean;
}

interface Change {
  readonly id: string;
  readonly order: Order;
}

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const change: fc.Arbitrary<Change> = fc.record({
  id: fc.constantFrom(...ids),
  order: fc.record({ start: fc.integer({ min: 0, max: 5 }), value: fc.nat(1000), inFilter: fc.boolean() }),
});

/** What has happened, and what happens while somebody reads: `meanwhile` has the changes before each answer. */
class Plant {
  readonly log: Change[] = [];
  readonly #meanwhile: Change[][];
  readonly #pageSize: number;

  constructor(before: readonly Change[], meanwhile: readonly (readonly Change[])[], pageSize = 2) {
    this.log.push(...before);
    this.#meanwhile = meanwhile.map((changes) => [...changes]);
    this.#pageSize = pageSize;
  }

  stateAt(position: number): Map<string, Order> {
    return new Map(this.log.slice(0, position).map(({ id, order }) => [id, order]));
  }

  rowsAt(position: number): Record<string, Order> {
    return Object.fromEntries([...this.stateAt(position)].filter(([, { inFilter }]) => inFilter));
  }

  readonly source: RowSource = {
    head: async () => {
      await this.#time();
      return String(this.log.length);
    },
    changes: async (after, until) => {
      await this.#time();
      const to = Math.min(Number(after) + 3, Number(until));
      return { ids: [...new Set(this.log.slice(Number(after), to).map(({ id }) => id))], cursor: String(to) };
    },
    page: async (after) => {
      await this.#time();
      const sorted = [...this.stateAt(this.log.length)]
        .filter(([, { inFilter }]) => inFilter)
        .map(([id, order]) => ({ key: `${order.start}${id}`, id, node: { ...order } }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .filter(({ key }) => after === null || key > after);
      const rows = sorted.slice(0, this.#pageSize);
      return { rows, next: sorted.length > rows.length ? (rows.at(-1)?.key ?? null) : null };
    },
    select: async (asked) => {
      await this.#time();
      const now = this.rowsAt(this.log.length);
      return asked.flatMap((id): ReadRow[] => (now[id] ? [{ id, node: { ...now[id] } }] : []));
    },
  };

  async #time(): Promise<void> {
    await Promise.resolve();
    this.log.push(...(this.#meanwhile.shift() ?? []));
  }
}

class Rows implements RowTaker {
  readings: { pass: number; reading: RowReading }[] = [];
  kept: { place: Place; count: number } | undefined;
  #reached = 0;

  constructor(readonly diesAt = Infinity) {}

  take(pass: number, readings: readonly RowReading[]): Promise<void> {
    this.readings.push(...readings.map((reading) => ({ pass, reading })));
    return Promise.resolve();
  }

  wasReadIn = (pass: number, id: string) => this.readings.some((each) => each.pass === pass && each.reading.id === id);

  reached(place: Place): Promise<void> {
    this.kept = { place, count: this.readings.length };
    if (++this.#reached === this.diesAt) return Promise.reject(new Error('killed'));
    return Promise.resolve();
  }

  /** What is left after a crash. */
  restored(): Rows {
    const rows = new Rows();
    rows.readings = this.readings.slice(0, this.kept?.count ?? 0);
    return rows;
  }

  latest(): Record<string, unknown> {
    const latest = new Map(this.readings.map(({ reading: { id, node } }) => [id, node]));
    return Object.fromEntries([...latest].filter(([, node]) => node));
  }
}

const story = {
  before: fc.array(change, { maxLength: 12 }),
  meanwhile: fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 30 }),
};

describe('an extraction while the plant lives', () => {
  it('has all rows as they were at its position', async () => {
    await fc.assert(
      fc.asyncProperty(story.before, story.meanwhile, async (before, meanwhile) => {
        const plant = new Plant(before, meanwhile);
        const rows = new Rows();
        const position = Number(await collectRows(plant.source, rows, await placeOfAll(plant.source)));
        expect(rows.latest()).toEqual(plant.rowsAt(position));
      }),
      { numRuns: 2_000 },
    );
  });

  it('has them also if it dies anywhere and goes on from what was kept', async () => {
    await fc.assert(
      fc.asyncProperty(
        story.before,
        story.meanwhile,
        fc.integer({ min: 1, max: 12 }),
        async (before, meanwhile, at) => {
          const plant = new Plant(before, meanwhile);
          let rows = new Rows(at);
          const begin = await placeOfAll(plant.source);
          let position: string;
          try {
            position = await collectRows(plant.source, rows, begin);
          } catch (error) {
            expect((error as Error).message).toBe('killed');
            const place = rows.kept?.place ?? begin;
            rows = rows.restored();
            position = await collectRows(plant.source, rows, place);
          }
          expect(rows.latest()).toEqual(plant.rowsAt(Number(position)));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('and what changed since makes of it what there is at the later position', async () => {
    await fc.assert(
      fc.asyncProperty(story.before, story.meanwhile, async (before, meanwhile) => {
        const plant = new Plant(before, meanwhile);
        const first = new Rows();
        const since = await collectRows(plant.source, first, await placeOfAll(plant.source));
        const changed = new Rows();
        const position = await collectRows(plant.source, changed, await placeOfChanges(plant.source, since));
        const both = new Rows();
        both.readings = [...first.readings, ...changed.readings];
        expect(both.latest()).toEqual(plant.rowsAt(Number(position)));
        const touched = new Set(plant.log.slice(Number(since)).map(({ id }) => id));
        for (const { reading } of changed.readings) expect(touched).toContain(reading.id);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives up on rows that never stand still', async () => {
    const order = { start: 1, value: 1, inFilter: true };
    const always = Array.from({ length: 2_000 }, () => [{ id: 'a', order }]);
    const plant = new Plant([{ id: 'a', order }], always);
    const all = collectRows(plant.source, new Rows(), await placeOfAll(plant.source));
    await expect(all).rejects.toThrow(ChangesTooFast);
  });
});
