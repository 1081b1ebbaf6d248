import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../trusted/document-hash.ts';
import { UsageSum } from './usage-counts.ts';
import type { UsageCounts } from './usage-counts.ts';
import { UsageTally } from './usage-tally.ts';
import type { Use } from './usage-tally.ts';

const sumOf = (parts: readonly UsageCounts[], maxRows = 1_000): UsageCounts => {
  const sum = new UsageSum();
  parts.forEach((part) => sum.add(part));
  return sum.result(maxRows);
};

const use = fc.record({
  contract: fc.constantFrom('', '2026-08', '2026-11'),
  isPinned: fc.boolean(),
  client: fc.record({ name: fc.constantFrom('board', 'report'), version: fc.constantFrom('1', undefined) }),
  operation: fc.constantFrom('{ a }', '{ b }', 'query N { a }').map((text) => ({
    text,
    hash: hashOf(text),
    name: text.startsWith('query') ? 'N' : undefined,
  })),
  failed: fc.boolean(),
  atMs: fc.nat(1_000_000),
});

type TimedUse = Use & { readonly atMs: number };

/** What a process counts; its clock never goes back. */
const tallied = (uses: readonly TimedUse[], limits?: ConstructorParameters<typeof UsageTally>[0]): UsageCounts => {
  const tally = new UsageTally(limits);
  for (const each of uses.toSorted((one, two) => one.atMs - two.atMs)) tally.add(each, each.atMs);
  return tally.counts();
};

describe('counts of several processes and days', () => {
  it('add up to the same in any order, and however the runs are spread over them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(use, fc.nat(3))), fc.nat(12), (uses, maxRows) => {
        const parts = [0, 1, 2, 3].map((process) =>
          tallied(uses.filter(([, by]) => by === process).map(([each]) => each)),
        );
        const [one, two, three, four] = parts as [UsageCounts, UsageCounts, UsageCounts, UsageCounts];
        const all = sumOf(parts, maxRows);
        expect(sumOf([four, two, one, three], maxRows)).toEqual(all);
        expect(sumOf([tallied(uses.map(([each]) => each))], maxRows)).toEqual(all);
        expect(sumOf([sumOf([one, two]), sumOf([three, four])], maxRows)).toEqual(all);
      }),
    );
  });

  it('lose no run, whatever the bounds', () => {
    const bound = fc.nat(5);
    fc.assert(
      fc.property(fc.array(use), bound, bound, fc.nat(30), bound, (uses, maxRows, maxClients, maxCharacters, kept) => {
        const counts = sumOf([tallied(uses, { maxRows, maxClients, maxCharacters })], kept);
        const total = [...counts.rows, counts.other].reduce(
          (sum, { count, errors }) => ({ count: sum.count + count, errors: sum.errors + errors }),
          { count: 0, errors: 0 },
        );
        expect(total).toEqual({ count: uses.length, errors: uses.filter(({ failed }) => failed).length });
        expect(counts.rows.length).toBeLessThanOrEqual(Math.min(maxRows, kept));
        for (const { hash } of counts.rows) expect(hashOf(counts.documents[hash]!)).toBe(hash);
      }),
    );
  });
});

it('keeps what runs most often apart', () => {
  const run = (name: string, atMs: number): TimedUse => ({
    contract: '2026-11',
    isPinned: true,
    client: { name, version: undefined },
    operation: { text: '{ a }', hash: hashOf('{ a }'), name: undefined },
    failed: false,
    atMs,
  });
  const counts = tallied([run('rare', 1), run('often', 2), run('often', 3)]);
  expect(sumOf([counts], 1)).toMatchObject({
    rows: [{ client: 'often', count: 2, firstSeen: 2, lastSeen: 3 }],
    other: { count: 1, errors: 0 },
  });
});

it('counts clients beyond the bound as one', () => {
  const tally = new UsageTally({ maxRows: 10, maxCharacters: 1_000, maxClients: 1 });
  const operation = { text: '{ a }', hash: hashOf('{ a }'), name: undefined };
  for (const name of ['first', 'second', 'third', 'first']) {
    tally.add({ contract: '', isPinned: false, client: { name, version: '1' }, operation, failed: false }, 1);
  }
  expect(tally.counts().rows).toMatchObject([
    { client: 'first', count: 2 },
    { client: 'other', clientVersion: undefined, count: 2 },
  ]);
});

it('counts the name of an operation for each client that runs it, so that long ones have an end', () => {
  const tally = new UsageTally({ maxRows: 1_000, maxCharacters: 10_000, maxClients: 1_000 });
  const name = 'N'.repeat(1_000);
  const text = `query ${name} { a }`;
  for (let index = 0; index < 1_000; index++) {
    const client = { name: `client-${index}`, version: undefined };
    const operation = { text, hash: hashOf(text), name };
    tally.add({ contract: '', isPinned: false, client, operation, failed: false }, 1);
  }
  expect(JSON.stringify(tally.counts()).length).toBeLessThan(20_000);
  expect(tally.counts().other.count).toBeGreaterThan(900);
});

it('adds up no more than fits, and loses no run', () => {
  const run = (text: string, atMs: number): TimedUse => ({
    contract: '',
    isPinned: false,
    client: { name: 'board', version: undefined },
    operation: { text, hash: hashOf(text), name: undefined },
    failed: true,
    atMs,
  });
  for (const limits of [
    { maxRows: 2, maxCharacters: 1_000 },
    { maxRows: 1_000, maxCharacters: 11 },
  ]) {
    const sum = new UsageSum(limits);
    for (let day = 0; day < 10; day++) sum.add(tallied([run('{ a }', day), run(`{ a${day} }`, day)]));
    const { rows, documents, other } = sum.result(1_000);
    expect(rows).toMatchObject([{ count: 10 }, { count: 1 }]);
    expect(Object.keys(documents)).toHaveLength(2);
    expect(other).toEqual({ count: 9, errors: 9 });
  }
});
