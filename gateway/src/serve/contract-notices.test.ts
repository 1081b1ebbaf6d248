import { describe, expect, test } from 'vitest';
import type { ContractList } from '../contracts/contract-list.ts';
import { headersOf, noticeOf } from './contract-notices.ts';

const list: ContractList = {
  stable: '2026-11',
  next: '2027-02',
  releases: [
    { version: '2026-08', released: '2026-08-31', sunset: '2027-08-31' },
    { version: '2026-11', released: '2026-11-26' },
  ],
  audiences: {},
};

describe('an answer tells', () => {
  test('its contract alone where nothing ends', () => {
    expect(headersOf(noticeOf(list, { version: '2026-11', audience: 'suppliers' }))).toEqual({
      'takt-contract': 'suppliers/2026-11',
    });
  });

  test('that its version ends: since the next one came, and when the last day is over', () => {
    expect(headersOf(noticeOf(list, { version: '2026-08' }))).toEqual({
      'takt-contract': '2026-08',
      deprecation: '@1795651200',
      sunset: 'Wed, 01 Sep 2027 00:00:00 GMT',
      link: '</docs/2026-11>; rel="deprecation"',
    });
    expect(new Date(1795651200 * 1000).toISOString()).toBe('2026-11-26T00:00:00.000Z');
  });

  test('where an audience reads what to do: in its own docs', () => {
    const linkOf = (version: string, used: Parameters<typeof noticeOf>[2] = []) =>
      noticeOf(list, { version, audience: 'suppliers' }, used).link;
    expect(linkOf('2026-08')).toBe('</docs/suppliers/2026-08>; rel="deprecation"');
    expect(linkOf('next', [{ deprecated: '2027-02' }])).toBe('</docs/suppliers/next>; rel="deprecation"');
  });

  test('the earliest end of what the operation uses', () => {
    const used = [{ deprecated: '2027-02', removed: '2027-08' }, { deprecated: '2026-11', removed: '2028-02' }, {}];
    expect(noticeOf(list, { version: '2026-11' }, used)).toEqual({
      contract: '2026-11',
      deprecation: `@${Date.parse('2026-11-01T00:00:00Z') / 1000}`,
      sunset: 'Sun, 01 Aug 2027 00:00:00 GMT',
      link: '</docs/2026-11>; rel="deprecation"',
    });
  });

  test('the end of the version rather than that of an element', () => {
    const used = [{ deprecated: '2026-08', removed: '2027-02' }];
    expect(noticeOf(list, { version: '2026-08' }, used)).toMatchObject({
      deprecation: `@${Date.parse('2026-08-01T00:00:00Z') / 1000}`,
      sunset: 'Wed, 01 Sep 2027 00:00:00 GMT',
    });
  });

  test('nothing of the coming version but its name', () => {
    expect(noticeOf(list, { version: 'next' })).toEqual({ contract: 'next' });
  });
});
