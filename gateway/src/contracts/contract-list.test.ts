import fc from 'fast-check';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { contractList } from '../../test-subgraphs/versioned-machines.ts';
import { parseContractList } from './parse-contract-list.ts';
import { stampContracts, stampedContracts } from './stamp.ts';

const supergraph = 'schema @link(url: "https://specs.apollo.dev/link/v1.0") { query: Query } type Query { a: Int }';

describe('a list of contracts', () => {
  test('is taken as it is', () => {
    expect(parseContractList(contractList)).toEqual(contractList);
  });

  const [first, second] = contractList.releases;
  test.each([
    ['nothing', undefined, 'Expected object'],
    ['an unknown property', { ...contractList, latest: '2026-11' }, '/latest'],
    ['no release', { ...contractList, releases: [] }, '/releases'],
    ['a malformed version', { ...contractList, next: '2027-2' }, '"2027-2" is no version: it must be YYYY-MM.'],
    ['a month that there is not', { ...contractList, next: '2027-13' }, '"2027-13" is no version'],
    [
      'a stable version that is not released',
      { ...contractList, stable: '2026-10' },
      'The stable version, 2026-10, is not released.',
    ],
    [
      'releases out of order',
      { ...contractList, releases: [second, first] },
      '2026-08 comes after 2026-11 and must be later.',
    ],
    ['a release twice', { ...contractList, releases: [first, first, second] }, '2026-08 comes after 2026-08'],
    ['a next version that is released', { ...contractList, next: '2026-11' }, '2026-11 comes after 2026-11'],
    [
      'a day that there is not',
      { ...contractList, releases: [{ ...first, sunset: '2027-02-30' }, second] },
      '"2027-02-30" is no date',
    ],
    [
      'a sunset before the release',
      { ...contractList, releases: [{ ...first, sunset: '2026-08-31' }, second] },
      'cannot have its sunset on 2026-08-31',
    ],
    [
      'an audience of everybody',
      { ...contractList, audiences: { all: { description: '' } } },
      'neither includes nor excludes',
    ],
    [
      'an audience that contradicts itself',
      { ...contractList, audiences: { a: { description: '', include: ['x'], exclude: ['x'] } } },
      'includes and excludes x',
    ],
    [
      'an audience that is called like a version',
      { ...contractList, audiences: { next: { description: '', include: ['x'] } } },
      'No audience can be called next',
    ],
    [
      'an audience that is no part of a path',
      { ...contractList, audiences: { 'a/b': { description: '', include: ['x'] } } },
      '/audiences',
    ],
    [
      'an audience without any tag',
      { ...contractList, audiences: { a: { description: '', include: [] } } },
      '/audiences/a/include',
    ],
  ])('is refused with %s', (_, list, reason) => {
    expect(() => parseContractList(list)).toThrow(reason);
  });
});

describe('a supergraph that a list is put into', () => {
  const months = fc.integer({ min: 2_000 * 12, max: 2_100 * 12 }).map((month) => {
    const text = String((month % 12) + 1).padStart(2, '0');
    return `${Math.floor(month / 12)}-${text}`;
  });
  const tags = fc.uniqueArray(fc.stringMatching(/^[_A-Za-z][_A-Za-z0-9/-]{0,10}$/), { minLength: 1, maxLength: 3 });
  const lists = fc
    .record({
      versions: fc.uniqueArray(months, { minLength: 2, maxLength: 8 }).map((all) => all.sort()),
      stable: fc.nat(),
      hasSunset: fc.boolean(),
      audiences: fc.dictionary(
        fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/).filter((name) => name !== 'next'),
        fc.record({ description: fc.string(), include: tags }),
        { maxKeys: 3 },
      ),
    })
    .map(({ versions, stable, hasSunset, audiences }) => ({
      next: versions.at(-1)!,
      stable: versions[stable % (versions.length - 1)]!,
      releases: versions
        .slice(0, -1)
        .map((version) => ({ version, released: `${version}-28`, ...(hasSunset && { sunset: '2999-12-31' }) })),
      audiences: { ...audiences },
    }));

  test('carries it, and the last one if there are several', () => {
    fc.assert(
      fc.property(lists, lists, (list, later) => {
        const stamped = stampContracts(supergraph, list);
        expect(stampedContracts(parse(stamped))).toEqual(list);
        expect(stampContracts(stampContracts(supergraph, later), list)).toBe(stamped);
      }),
    );
  });

  test('has none before', () => {
    expect(stampedContracts(parse(supergraph))).toBeUndefined();
  });

  test('is one that has a schema definition', () => {
    expect(() => stampContracts('type Query { a: Int }', contractList)).toThrow('This is no supergraph');
  });
});
