import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { compareScalars, isIn, isRange } from './conditions.ts';
import { QueryError, UnservedQueryError } from './port.ts';
import type { Collection, Condition, DocumentStore, Page, PageQuery, Scalar } from './port.ts';

interface Item {
  readonly plant?: Scalar;
  readonly state?: Scalar;
  readonly start?: Scalar;
  readonly size: { readonly unit?: Scalar };
  readonly tags: readonly Scalar[];
  readonly steps: readonly { readonly center?: Scalar }[];
}

type Field = 'plant' | 'state' | 'start' | 'size.unit' | 'tags' | 'steps.center';

const indexes = [
  ['start'],
  ['plant', 'start'],
  ['plant', 'state', 'start'],
  ['plant', 'size.unit', 'start'],
  ['state', 'plant'],
  ['tags'],
  ['tags', 'start'],
  ['steps.center', 'plant'],
] as const;

/** Pages, ranges, lists and counts, compared with a model that filters and sorts everything. */
export function describeQueries(currentStore: () => DocumentStore): void {
  describe('queries', () => {
    let items: Collection<Item>;
    let collections = 0;

    beforeEach(async () => {
      items = await emptyCollection();
    });

    function emptyCollection(): Promise<Collection<Item>> {
      return currentStore().collection<Item>({ name: `items-${collections++}`, indexes });
    }

    it('answers as a model does, page by page, in both directions', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyItem, { maxLength: 25 }),
          fc.array(anyQuery, { minLength: 1, maxLength: 6 }),
          async (documents, queries) => {
            const fresh = await emptyCollection();
            const model = await fill(fresh, documents);
            for (const query of queries) {
              const expected = answer(model, query);
              expect(await fresh.count(query.where ?? {})).toBe(expected.length);
              expect(await walk(fresh, query)).toEqual(expected);
            }
          },
        ),
        { numRuns: 40 },
      );
    });

    it('answers pages and counts for each key as page and count do for one', async () => {
      const plants: Scalar[] = ['P', 'Q', null, 7];
      const keys = plants.map((plant) => ({ plant }));
      const documents = fc.sample(anyItem, { numRuns: 60, seed: 4711 });
      await fill(items, documents);
      const query = { where: { state: { in: ['a', 'b'] } }, orderBy: ['start'], first: 3 } as const;
      const single = await Promise.all(
        plants.map((plant) => items.page({ ...query, where: { ...query.where, plant } })),
      );
      expect(await items.pages(query, keys)).toEqual(single);
      const counts = await Promise.all(plants.map((plant) => items.count({ ...query.where, plant })));
      expect(await items.counts(query.where, keys)).toEqual(counts);
      await expect(items.counts({ plant: 'P' }, keys)).rejects.toThrow(/condition on plant/);
    });

    it('goes on exactly where a page ended, whatever is inserted in between', async () => {
      await fill(
        items,
        [10, 20, 30, 40].map((start) => item({ plant: 'P', start })),
      );
      const query = { where: { plant: 'P' }, orderBy: ['start'], first: 2 } as const;
      const first = await items.page(query);
      expect(starts(first)).toEqual([10, 20]);
      await items.commit([15, 20, 25, 5].map((start, i) => insertion(`zz${i}`, item({ plant: 'P', start }))));
      const second = await items.page({ ...query, first: 3, after: lastKey(first) });
      expect(starts(second)).toEqual([20, 25, 30]);
      expect(second.hasNextPage).toBe(true);
      const back = await items.page({ ...query, first: 9, descending: true, after: lastKey(second) });
      expect(starts(back)).toEqual([25, 20, 20, 15, 10, 5]);
    });

    it('says whether there is more, for a page of nothing too', async () => {
      await fill(items, [item({ start: 1 }), item({ start: 2 })]);
      expect(await items.page({ orderBy: ['start'], first: 0 })).toEqual({ entries: [], hasNextPage: true });
      expect((await items.page({ orderBy: ['start'], first: 1 })).hasNextPage).toBe(true);
      expect((await items.page({ orderBy: ['start'], first: 2 })).hasNextPage).toBe(false);
      expect(await items.page({ where: { plant: 'none' }, orderBy: ['start'], first: 0 })).toEqual({
        entries: [],
        hasNextPage: false,
      });
    });

    it('meets a range with one and the same element', async () => {
      await fill(items, [item({ tags: [1, 9] }), item({ tags: [4, 9] }), item({ tags: 4 as never })]);
      expect(await ids(items, { where: { tags: { from: 3, to: 5 } }, orderBy: [], first: 9 })).toEqual([
        '00001',
        '00002',
      ]);
      expect(await items.count({ tags: { from: 3, to: 5 } })).toBe(2);
      expect(await items.count({ tags: { from: 1 } })).toBe(3);
    });

    it('meets a range with one and the same part of a document', async () => {
      const centers = (...values: Scalar[]) => item({ steps: values.map((center) => ({ center })) });
      await fill(items, [centers(1, 9), centers(1, 4, 9), centers(4)]);
      expect(await items.count({ 'steps.center': { from: 3, to: 5 } })).toBe(2);
    });

    it('finds no value in an empty array, not even null', async () => {
      await fill(items, [item({}), item({ tags: [null], steps: [{}] })]);
      expect(await items.count({ tags: null })).toBe(1);
      expect(await items.count({ 'steps.center': { in: [null, 'x'] } })).toBe(1);
    });

    it('answers long lists on several fields without trying each combination', async () => {
      const documents = Array.from({ length: 300 }, (_, i) => item({ plant: i, state: `s${i % 7}`, start: 300 - i }));
      await fill(items, documents);
      const plants = Array.from({ length: 3000 }, (_, i) => 2 * i);
      const states = Array.from({ length: 3000 }, (_, i) => `s${i + 3}`);
      const where = { plant: { in: plants }, state: { in: states } };
      const expected = documents.filter(
        ({ plant, state }) => plants.includes(plant as number) && String(state) >= 's3',
      );
      expect(await items.count(where)).toBe(expected.length);
      const page = await items.page({ where, orderBy: ['start'], first: 500 });
      expect(starts(page)).toEqual(expected.map(({ start }) => start).reverse());
    });

    it('refuses lists with too many combinations where every index that gives the order needs them', async () => {
      const only = await currentStore().collection<Item>({ name: 'one-index', indexes: [['plant', 'state', 'start']] });
      const list = (length: number) => ({ in: Array.from({ length }, (_, i) => i) });
      const query = (plants: number, states: number): PageQuery<Item> => ({
        where: { plant: list(plants), state: list(states) },
        orderBy: ['start'],
        first: 1,
      });
      await only.commit([insertion('1', item({ plant: 1, state: 2, start: 3 }))]);
      for (const served of [query(40, 25), query(1, 3000), query(3000, 1)]) {
        expect((await only.page(served)).hasNextPage).toBe(false);
      }
      const refusal = await only.page(query(41, 25)).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(QueryError);
      expect(refusal).toMatchObject({ about: 'where', message: expect.stringMatching(/plant, state.*1000/) as string });
      expect(await only.count(query(41, 25).where ?? {})).toBe(1);
    });

    it('finds nothing for an empty list, whether an index serves it or not', async () => {
      await fill(items, [item({ plant: 'P', start: 1 }), item({ start: 2, tags: ['x'] })]);
      for (const where of [{ plant: { in: [] } }, { 'size.unit': { in: [] } }, { tags: { in: [] }, plant: 'P' }]) {
        expect(await items.count(where)).toBe(0);
        expect(await items.page({ where, orderBy: ['start'], first: 1 })).toEqual({ entries: [], hasNextPage: false });
      }
    });

    it('refuses an order that no index gives', async () => {
      const unserved: PageQuery<Item>[] = [
        { orderBy: ['state'], first: 1 },
        { orderBy: ['start', 'plant'], first: 1 },
        { where: { state: 'a' }, orderBy: ['size.unit'], first: 1 },
        { where: { plant: { from: 'A' } }, orderBy: ['plant', 'state'], first: 1 },
      ];
      for (const query of unserved) await expect(items.page(query)).rejects.toThrow(UnservedQueryError);
      await expect(items.pages({ orderBy: ['state'], first: 1 }, [{ start: 1 }])).rejects.toThrow(UnservedQueryError);
    });

    it('refuses to order by a field that holds an array', async () => {
      await fill(items, [item({ tags: ['a'] })]);
      await expect(items.page({ orderBy: ['tags'], first: 1 })).rejects.toThrow(/cannot be ordered by tags/);
    });

    it('refuses an index over two arrays at a write', async () => {
      const two = await currentStore().collection<{ a: string[]; b: string[] }>({
        name: 'two-arrays',
        indexes: [['a', 'b']],
      });
      const change = { id: '1', document: { a: ['x'], b: ['y'] }, events: [], messageIds: [] };
      await expect(two.commit([change])).rejects.toThrow(/a and b both hold arrays/);
    });

    it.each([
      ['an undefined condition', { where: { plant: undefined as never } }],
      ['NaN', { where: { plant: NaN } }],
      ['a symbol', { where: { plant: Symbol('x') as never } }],
      ['an empty range', { where: { plant: {} } }],
      ['bounds of two types', { where: { plant: { from: 1, to: 'a' } } }],
      ['NaN in a list', { where: { plant: { in: ['a', NaN] } } }],
      ['a negative size', { first: -1 }],
      ['a broken size', { first: 1.5 }],
      ['a key of another order', { after: ['x'] }],
      ['a key without an id', { after: [1, 2] }],
      ['a key of other conditions', { where: { plant: 'P' }, orderBy: ['plant'] as const, after: ['Q', 'id'] }],
    ])('refuses %s', async (_, part) => {
      await expect(items.page({ orderBy: ['start'], first: 1, ...part })).rejects.toThrow(QueryError);
    });
  });
}

type Row = { readonly id: string; readonly document: Item };

const anyScalar = fc.constantFrom<Scalar[]>(
  null,
  true,
  false,
  -1.5,
  0,
  7,
  300,
  '',
  'P',
  'Q',
  'a',
  'b',
  'é',
  '\uffee',
  '😀',
  'a\0',
);
const maybe = { requiredKeys: [] as [] };
const anyItem: fc.Arbitrary<Item> = fc
  .tuple(
    fc.record({ plant: anyScalar, state: fc.constantFrom('a', 'b', 'c'), start: anyScalar }, maybe),
    fc.record({ unit: anyScalar }, maybe),
    fc.array(anyScalar, { maxLength: 3 }),
    fc.array(fc.record({ center: anyScalar }, maybe), { minLength: 1, maxLength: 3 }),
  )
  .map(([top, size, tags, steps]) => ({ ...top, size, tags, steps }));

const anyBound = fc.constantFrom<(string | number)[]>(-2, 0, 7, 8, 1000, '', 'P', 'b', 'z', '😀');
const anyCondition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 3, arbitrary: anyScalar },
  { weight: 2, arbitrary: fc.array(anyScalar, { maxLength: 4 }).map((values) => ({ in: values })) },
  {
    weight: 2,
    arbitrary: fc.oneof(
      anyBound.map((from) => ({ from })),
      anyBound.map((to) => ({ to })),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(anyBound, anyBound)
      .filter(([a, b]) => typeof a === typeof b)
      .map(([from, to]) => ({ from, to })),
  },
);
const fields: Field[] = ['plant', 'state', 'start', 'size.unit', 'tags', 'steps.center'];
const anyWhere = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...fields), anyCondition), { maxLength: 3, selector: ([field]) => field })
  .map((conditions) => conditions.filter(([field, condition]) => field !== 'steps.center' || !isRange(condition)))
  .map((conditions) => Object.fromEntries(conditions) as Partial<Record<Field, Condition>>);

/** Only queries that a declared index serves: an order after equality or lists on what stands before it. */
const anyQuery: fc.Arbitrary<PageQuery<Item>> = fc
  .record({
    where: anyWhere,
    index: fc.constantFrom<(readonly Field[])[]>(
      [],
      ['start'],
      ['plant', 'start'],
      ['plant', 'state', 'start'],
      ['plant', 'size.unit', 'start'],
      ['state', 'plant'],
      ['tags', 'start'],
      ['steps.center', 'plant'],
    ),
    leads: fc.nat(2),
    lead: fc.array(
      fc.oneof(
        anyScalar,
        fc.array(anyScalar, { maxLength: 3 }).map((values) => ({ in: values })),
      ),
      { minLength: 2, maxLength: 2 },
    ),
    descending: fc.boolean(),
    first: fc.integer({ min: 1, max: 7 }),
  })
  .map(({ where, index, leads, lead, descending, first }) => {
    const arrays = index.findLastIndex((field) => field === 'tags' || field === 'steps.center') + 1;
    const fixed = Math.min(Math.max(leads, arrays), index.length);
    const conditions = {
      ...where,
      ...Object.fromEntries(index.slice(0, fixed).map((field, i) => [field, lead[i] as Condition])),
    };
    return { where: conditions, orderBy: index.slice(fixed), descending, first };
  });

function item(part: Partial<Item>): Item {
  return { size: {}, tags: [], steps: [], ...part };
}

function insertion(id: string, document: Item) {
  return { id, document, events: [], messageIds: [] };
}

async function fill(collection: Collection<Item>, documents: readonly Item[]): Promise<Row[]> {
  const rows = documents.map((document, i) => ({ id: String(i).padStart(5, '0'), document }));
  await collection.commit(rows.map(({ id, document }) => insertion(id, document)));
  return rows;
}

/** Ids of all pages of a query. */
async function walk(collection: Collection<Item>, query: PageQuery<Item>): Promise<string[]> {
  const found: string[] = [];
  let page = await collection.page(query);
  for (;;) {
    found.push(...page.entries.map(({ id }) => id));
    if (!page.hasNextPage) return found;
    expect(page.entries).toHaveLength(query.first);
    page = await collection.page({ ...query, after: lastKey(page) });
  }
}

async function ids(collection: Collection<Item>, query: PageQuery<Item>): Promise<string[]> {
  return (await collection.page(query)).entries.map(({ id }) => id);
}

function lastKey(page: Page<Item>): readonly Scalar[] {
  return page.entries.at(-1)?.key ?? [];
}

function starts(page: Page<Item>): unknown[] {
  return page.entries.map(({ document }) => document.start);
}

/** The model: filter, sort, and nothing else. */
function answer(rows: readonly Row[], { where, orderBy, descending }: PageQuery<Item>): string[] {
  const sign = descending ? -1 : 1;
  const conditions = Object.entries(where ?? {}) as [Field, Condition][];
  return rows
    .filter(({ document }) =>
      conditions.every(([field, condition]) =>
        modelValues(document, field).some((value) => modelMeets(value, condition)),
      ),
    )
    .map((row) => ({
      id: row.id,
      key: [...orderBy.map((field) => modelValues(row.document, field as Field)[0] ?? null), row.id],
    }))
    .sort(
      (a, b) =>
        sign * (a.key.map((value, i) => compareScalars(value, b.key[i] ?? null)).find((order) => order !== 0) ?? 0),
    )
    .map(({ id }) => id);
}

function modelValues(document: Item, field: Field): readonly Scalar[] {
  if (field === 'tags') return document.tags;
  if (field === 'steps.center') return document.steps.map(({ center }) => center ?? null);
  return [(field === 'size.unit' ? document.size.unit : document[field]) ?? null];
}

function modelMeets(value: Scalar, condition: Condition): boolean {
  if (isIn(condition)) return condition.in.includes(value);
  if (!isRange(condition)) return value === condition;
  const bounds = [condition.from, condition.to].filter((bound) => bound !== undefined);
  return (
    bounds.every((bound) => typeof bound === typeof value) &&
    (condition.from === undefined || compareScalars(value, condition.from) >= 0) &&
    (condition.to === undefined || compareScalars(value, condition.to) < 0)
  );
}
