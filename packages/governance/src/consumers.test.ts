import type { ContractList } from '@takt/gateway';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { changelog } from './changelog.ts';
import type { Lifecycle } from '@takt/gateway';
import { checkRecordedOperations, checkUnrecorded } from './recorded-operations.ts';
import { isLive, planRelease } from './release.ts';
import type { UsageEntry } from './usage-report.ts';
import { fieldUses, usageTable } from './usage-table.ts';

const entry = (given: Partial<UsageEntry> = {}): UsageEntry => ({
  contract: '2026-11',
  isPinned: false,
  client: 'shop-floor',
  operationName: 'Orders',
  hash: 'ab12cd34ef',
  document: 'query Orders { orders { status } }',
  firstSeen: '2026-11-01T00:00:00Z',
  lastSeen: '2026-11-26T08:00:00Z',
  fields: ['Order.status', 'Query.orders'],
  count: 12,
  errors: 0,
  ...given,
});

describe('Given recorded operations', () => {
  const now = { label: '2026-11', sdl: 'type Query { orders: [Order!]! } type Order { status: String state: String }' };
  const next = { label: '2027-02', sdl: 'type Query { orders: [Order!]! } type Order { state: String }' };

  test('what still runs passes; what has no candidate is not looked at', () => {
    expect(checkRecordedOperations([entry()], () => now)).toEqual([]);
    expect(checkRecordedOperations([entry()], () => undefined)).toEqual([]);
  });

  test('what would fail is named with client, operation, field, runs and the last of them', () => {
    expect(checkRecordedOperations([entry()], () => next)).toEqual([
      {
        check: 'recorded operations',
        severity: 'error',
        where: 'client shop-floor, operation Orders',
        message: 'would fail against 2027-02: Order.status is gone (12 runs, the last on 2026-11-26)',
        whatToDo: expect.stringContaining('--allow-break'),
      },
    ]);
  });

  test('what fails for another reason is told in the words of validation', () => {
    const sdl = 'type Query { orders(plant: ID!): [Order!]! } type Order { status: String }';
    const [finding] = checkRecordedOperations([entry({ isPinned: true })], () => ({ label: '2026-11', sdl }));
    expect(finding?.message).toContain('argument "plant" of type "ID!" is required');
    expect(finding?.whatToDo).toContain('pinned');
  });

  test('a document that is none fails', () => {
    expect(checkRecordedOperations([entry({ document: '{' })], () => now)[0]?.message).toContain('Syntax Error');
  });
});

describe('Given a usage report', () => {
  test('one that is whole passes; of another it is told how much it leaves out', () => {
    const report = { entries: [entry()], other: { count: 0, errors: 0 } };
    expect(checkUnrecorded(report)).toEqual([]);
    const message = (count: number) => checkUnrecorded({ ...report, other: { count, errors: 0 } })[0]?.message;
    expect(message(1)).toContain('incomplete: 1 run is not attributed');
    expect(message(340)).toContain('incomplete: 340 runs are not attributed');
  });

  test('its table has a line for each field, with the dates of what is deprecated in that version', () => {
    const lives = new Map([['Order.status', { deprecated: '2026-11', removed: '2027-02' }]]);
    const unnamed = { ...entry({ contract: '2026-08' }) };
    Reflect.deleteProperty(unnamed, 'operationName');
    const entries = [entry(), unnamed];
    const uses = fieldUses(entries, lives, '2027-02');
    expect(uses.map(({ contract, field, deprecated }) => [contract, field, deprecated])).toEqual([
      ['2026-08', 'Order.status', undefined],
      ['2026-08', 'Query.orders', undefined],
      ['2026-11', 'Order.status', '2026-11'],
      ['2026-11', 'Query.orders', undefined],
    ]);
    const lines = usageTable(uses).split('\n');
    expect(lines[1]).toMatch(/^2026-08 +shop-floor +unnamed ab12cd34 +Order.status +12 +2026-11-26$/);
    expect(lines[3]).toMatch(/Orders .* since 2026-11, gone in 2027-02$/);
    expect(lines[4]).toMatch(/^ {20,}Query.orders/);
    expect(usageTable([])).toBe('Nothing was used.\n');
  });

  test('what is deprecated in the coming version is deprecated in next', () => {
    const lives = new Map([['Order.status', { deprecated: '2027-02' }]]);
    expect(fieldUses([entry({ contract: 'suppliers/next' })], lives, '2027-02')[0]?.deprecated).toBe('2027-02');
  });
});

describe('Given a list of contracts', () => {
  const list: ContractList = {
    stable: '2026-11',
    next: '2027-02',
    releases: [
      { version: '2026-08', released: '2026-08-31', sunset: '2027-08-31' },
      { version: '2026-11', released: '2026-11-26' },
    ],
    audiences: {},
  };

  test('the coming version becomes stable; the one before ends nine months later, at the end of the month', () => {
    expect(planRelease(list, { version: '2027-02', date: '2027-02-28' })).toEqual({
      kind: 'release',
      isListed: false,
      previous: { version: '2026-11', released: '2026-11-26', sunset: '2027-11-30' },
      list: {
        stable: '2027-02',
        next: '2027-05',
        releases: [
          { version: '2026-08', released: '2026-08-31', sunset: '2027-08-31' },
          { version: '2026-11', released: '2026-11-26', sunset: '2027-11-30' },
          { version: '2027-02', released: '2027-02-28' },
        ],
        audiences: {},
      },
    });
  });

  test('what is listed stays as it is', () => {
    expect(planRelease(list, { version: '2026-11', date: '2027-01-01' })).toMatchObject({ isListed: true, list });
  });

  test.each([
    ['2027-2', undefined, '"2027-2" is no version'],
    ['2027-13', undefined, '"2027-13" is no version'],
    ['2026-09', undefined, '2026-09 is not newer than 2026-11'],
    ['2027-03', undefined, 'the coming version is 2027-02'],
    ['2027-02', '2027-02', '2027-02 cannot come after 2027-02'],
    ['2027-02', 'soon', '"soon" is no version'],
  ])('%s (then %s) is refused', (version, following, reason) => {
    const plan = planRelease(list, { version, following, date: '2027-02-28' });
    expect(plan).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });

  test('a release before the one before it is refused', () => {
    expect(planRelease(list, { version: '2027-02', date: '2026-11-01' })).toMatchObject({ kind: 'refused' });
  });

  test('a version is served on the day of its sunset and not after', () => {
    const release = { version: '2026-08', released: '2026-08-31', sunset: '2027-08-31' };
    expect([isLive(release, '2027-08-31'), isLive(release, '2027-09-01')]).toEqual([true, false]);
  });
});

describe('Given two versions', () => {
  const before = `
    type Query { order(id: ID!): Found }
    union Found = Order | Missing
    type Missing { id: ID! }
    type Order { status: Status, minimum: Int, worked: Int, stays: Int }
    enum Status { SLOW UP }`;
  const after = `
    type Query { order(id: ID!): Found }
    union Found = Order | Missing
    type Missing { id: ID! }
    type Order { status: Status, worked: Int @deprecated(reason: "x"), done: Int, stays: Int, lotSize: LotSize }
    "What an order may be"
    type LotSize { minimum: Int, maximum: Int }
    enum Status { DEGRADED UP }`;
  const lives = new Map<string, Lifecycle>([
    ['Order.minimum', { removed: '2026-11', reason: 'Gathered', replacement: 'LotSize.minimum' }],
    ['Order.worked', { deprecated: '2026-11', removed: '2027-02', replacement: 'Order.done' }],
    ['Status.DEGRADED', { since: '2026-11', formerly: 'SLOW' }],
  ]);
  const change = {
    release: { version: '2026-11', released: '2026-11-26' },
    sdl: after,
    previous: { release: { version: '2026-08', released: '2026-08-31', sunset: '2027-08-31' }, sdl: before },
    lives,
    newEvents: ['StockMoved.v2'],
  };

  test('the changelog says what to do, by when, and what is new', async () => {
    const text = await changelog(change);
    expect(text).toContain('It follows 2026-08, which is served until 2027-08-31.');
    expect(text).toContain('`Order.minimum`: it is gathered in `LotSize` now: use `LotSize.minimum`. Gathered.');
    expect(text).toContain('`Status.SLOW` is `DEGRADED` from now on');
    expect(text).toContain('`Order.worked` (gone in 2027-02): use `Order.done` instead.');
    expect(text).toContain('- `LotSize`: What an order may be.');
    expect(text).toContain('`StockMoved.v2`');
    expect(text).not.toContain('`LotSize.maximum`');
    expect(text).not.toContain('stays`');
  });

  test('a replacement that is still to come is told with the version that brings it', async () => {
    const coming = new Map<string, Lifecycle>([
      ...lives,
      ['Order.worked', { deprecated: '2026-11', removed: '2027-05', replacement: 'Work.done' }],
      ['Work', { since: '2027-02' }],
      ['Work.done', { since: '2026-11' }],
    ]);
    const text = await changelog({ ...change, lives: coming });
    expect(text).toContain('- `Order.worked` (gone in 2027-05): use `Work.done` from 2027-02 on.\n');
    expect(text).not.toContain('worked\n');
  });

  test('its examples are valid in their versions', async () => {
    const blocks = [...(await changelog(change)).matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, text = '']) =>
      parse(text),
    );
    expect(blocks).toHaveLength(4);
    const schemas = [buildSchema(before), buildSchema(after)];
    for (const [index, block] of blocks.entries()) expect(validate(schemas[index % 2]!, block)).toEqual([]);
  });

  test('where nothing differs it says so, and of the first there is nothing to say', async () => {
    expect(await changelog({ ...change, sdl: before, newEvents: [] })).toContain('the same as the version before');
    expect(await changelog({ ...change, previous: undefined })).toContain('The first version.');
  });
});
