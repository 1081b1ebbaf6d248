import { expect, it } from 'vitest';
import { noticeOfAck, noticeOfHeaders, onceEach, type DeprecationNotice } from './deprecation.ts';

const URL_OF_ALL = 'https://takt.example/graphql';
const ofHeaders = (headers: Record<string, string>) => noticeOfHeaders(new Headers(headers), URL_OF_ALL);

it.each<[string, Record<string, string>, object | undefined]>([
  ['nothing', { 'takt-contract': '2026-11' }, undefined],
  ['a link alone', { link: '</docs/x>; rel="deprecation"' }, undefined],
  ['dates that are none', { deprecation: 'soon', sunset: 'later' }, undefined],
  ['a deprecation', { deprecation: '@86400' }, { deprecation: new Date(86_400_000) }],
  ['a sunset', { sunset: 'Tue, 31 Aug 2027 00:00:00 GMT' }, { sunset: new Date('2027-08-31') }],
  [
    'the link among others',
    { deprecation: '@0', link: '</a>; rel="next", <https://x.example/b>; rel="deprecation"; type="text/html"' },
    { deprecation: new Date(0), link: 'https://x.example/b' },
  ],
  [
    'a link that is relative',
    { deprecation: '@0', 'takt-contract': '2026-08', link: '</docs/2026-08>; rel=deprecation' },
    { contract: '2026-08', deprecation: new Date(0), link: 'https://takt.example/docs/2026-08' },
  ],
])('reads %s', (_, headers, notice) => {
  expect(ofHeaders(headers)).toEqual(notice);
});

it.each<[unknown, object | undefined]>([
  [undefined, undefined],
  [null, undefined],
  [{ contract: '2026-11' }, undefined],
  [
    { contract: '2026-08', sunset: '2027-08-31' },
    { contract: '2026-08', sunset: new Date('2027-08-31') },
  ],
  [{ deprecation: '@0', sunset: 7 }, { deprecation: new Date(0) }],
])('reads an acknowledgement %o', (payload, notice) => {
  expect(noticeOfAck(payload, URL_OF_ALL)).toEqual(notice);
});

it('is told once each', () => {
  const told: DeprecationNotice[] = [];
  const tell = onceEach((notice) => told.push(notice));
  for (const operation of ['A', 'B', 'A']) tell({ operation });
  tell(undefined);
  tell({ contract: '2026-08' });
  tell({ contract: '2026-08' });
  expect(told).toEqual([{ operation: 'A' }, { operation: 'B' }, { contract: '2026-08' }]);
});
