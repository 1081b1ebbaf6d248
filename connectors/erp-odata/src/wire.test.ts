import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchReplies } from './batch.ts';
import { findPath, pathOf } from './call.ts';
import { encode, keyLiteral, sinceLiteral } from './literals.ts';
import { normalise, readFlag, withoutLeadingZeros } from './normalise.ts';
import { errorWords, NonsenseError, readPage, readRemoved } from './page.ts';

describe('what comes', () => {
  it.each([
    ['/Date(1509494400000)/', '2017-11-01T00:00:00'],
    ['/Date(1509494400123)/', '2017-11-01T00:00:00.123'],
    ['/Date(1509494400000+0000)/', '2017-11-01T00:00:00.000Z'],
    ['/Date(1509494400000+0540)/', '2017-11-01T00:00:00.000Z'],
    ['/Date(-86400000)/', '1969-12-31T00:00:00'],
    ['/Date(99999999999999999)/', '/Date(99999999999999999)/'],
    ['PT07H00M30S', '07:00:30'],
    ['PT00H00M00S', '00:00:00'],
    ['PT7H', 'PT7H'],
    ['2016-08-04T09:00:00+09:00', '2016-08-04T09:00:00+09:00'],
    ['500.000', '500.000'],
    ['', ''],
    [null, null],
    [0, 0],
  ])('%j becomes %j', (raw, normal) => expect(normalise(raw)).toEqual(normal));

  it('has no annotations, and nothing that was not expanded', () => {
    const entity = {
      __metadata: { etag: 'W/"1"' },
      '@odata.etag': 'W/"1"',
      'Quantity@odata.type': '#Decimal',
      to_Item: { results: [{ Item: '1', __metadata: {} }], __next: 'x' },
      to_Head: { __deferred: { uri: 'x' } },
      results: 'kept',
    };
    expect(normalise(entity)).toEqual({ to_Item: [{ Item: '1' }], results: 'kept' });
  });

  it('has flags and ids as its set’s rules say', () => {
    const rules = { flags: new Set(['IsReleased']), alpha: new Set(['Material']) };
    const entity = {
      IsReleased: 'X',
      Code: 'X',
      Material: '000000000000100141',
      to_Item: [{ IsReleased: '', Material: '00A1' }],
    };
    expect(normalise(entity, rules)).toEqual({
      IsReleased: true,
      Code: 'X',
      Material: '100141',
      to_Item: [{ IsReleased: false, Material: '00A1' }],
    });
    expect([readFlag('Y'), readFlag(true), withoutLeadingZeros('0000'), withoutLeadingZeros('-01')]).toEqual([
      'Y',
      true,
      '0',
      '-01',
    ]);
  });

  it('does not change what all objects have in common', () => {
    const normal = normalise(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"a":1}}')) as object;
    expect(Object.getPrototypeOf(normal)).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it.each([
    ['{"d":{"results":[{"a":1}],"__next":"n","__count":"7"}}', { entries: [{ a: 1 }], next: 'n', count: 7 }],
    ['{"d":{"results":[],"__delta":"x"}}', { entries: [], deltaLink: 'x' }],
    ['{"d":[{"a":1}]}', { entries: [{ a: 1 }] }],
    ['{"d":{"a":1}}', { entries: [{ a: 1 }] }],
    ['{"value":[{"a":1}],"@odata.nextLink":"n","@odata.count":7}', { entries: [{ a: 1 }], next: 'n', count: 7 }],
    ['{"value":[],"@deltaLink":"d"}', { entries: [], deltaLink: 'd' }],
    ['{"@odata.context":"c","a":1}', { entries: [{ '@odata.context': 'c', a: 1 }] }],
  ])('is a page: %s', (text, page) => expect(readPage(text)).toMatchObject(page));

  it.each([
    '',
    '[]',
    '7',
    'null',
    '{}',
    '{"d":null}',
    '{"d":"x"}',
    '{"d":{"results":{}}}',
    '{"value":7}',
    '<html>',
    '{"d":{"results":[',
    '{"error":{"code":"1"}}',
  ])('makes no sense: %s', (text) => expect(() => readPage(text)).toThrow(NonsenseError));

  it('is a removed entry of either version', () => {
    expect(readRemoved({ '@removed': { reason: 'changed' }, number: '1' })).toMatchObject({
      number: '1',
      reason: 'changed',
    });
    expect(
      readRemoved({ '@odata.context': '$metadata#orders/$deletedEntity', id: 'orders(1)', reason: 'deleted' }),
    ).toMatchObject({ id: 'orders(1)' });
    expect(readRemoved({ number: '1' })).toBeUndefined();
  });

  it('is an error of either version, or none', () => {
    expect(errorWords('{"error":{"code":"CO/1","message":{"lang":"en","value":"Locked"}}}')).toBe('CO/1: Locked');
    expect(errorWords('{"error":{"code":"","message":"Locked"}}')).toBe('Locked');
    expect(errorWords('{"error":{}}')).toBe('It gave no reason.');
    expect([errorWords('<html>'), errorWords(undefined), errorWords('{"d":{}}')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is never more than nonsense, whatever happened to it on the way', () => {
    const page = JSON.stringify({
      d: { results: [{ A: '/Date(1)/', B: 'PT1H1M1S', C: { results: [{ D: null }] } }], __next: 'x', __count: '1' },
    });
    const mutated = fc
      .tuple(fc.nat(page.length), fc.nat(page.length), fc.string({ maxLength: 5 }))
      .map(([from, to, text]) => page.slice(0, from) + text + page.slice(to));
    const value = fc.jsonValue({ maxDepth: 6 });
    const odd = fc.oneof(
      value.map((results) => JSON.stringify({ d: { results } })),
      value.map((all) => JSON.stringify({ value: all })),
      value.map((d) => JSON.stringify({ d })),
    );
    fc.assert(
      fc.property(fc.oneof(mutated, odd, fc.string()), (text) => {
        try {
          for (const entry of readPage(text).entries) normalise(entry);
        } catch (error) {
          if (!(error instanceof NonsenseError)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('may be nested as deep as a bomb', () => {
    const deep = `{"value":[${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}]}`;
    expect(() => normalise(readPage(deep).entries[0])).toThrow('nested more than 20 deep');
  });
});

describe('what goes', () => {
  const since = new Date('2026-11-26T08:15:30Z');
  it.each([
    ['instant', 'v2', "datetimeoffset'2026-11-26T08:15:30Z'"],
    ['datetime', 'v2', "datetime'2026-11-26T08:15:30'"],
    ['date', 'v2', "datetime'2026-11-25T00:00:00'"],
    ['digits', 'v2', "'20261126081530'"],
    ['instant', 'v4', '2026-11-26T08:15:30Z'],
    ['date', 'v4', '2026-11-25'],
  ] as const)('since: %s in %s is %s', (type, version, literal) =>
    expect(sinceLiteral(since, type, version)).toBe(literal),
  );

  it('is no key with half a character', () => {
    expect(() => keyLiteral('\ud800', 'v2')).toThrow(RangeError);
  });

  it('is a key that no value breaks out of', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const url = new URL(`http://erp.example/${pathOf({ path: 'A', key: { Id: value } }, 'v2')}`);
        expect(url.search).toBe('');
        expect(decodeURIComponent(url.pathname)).toBe(`/A('${value.replaceAll("'", "''")}')`);
      }),
      { examples: [["1')/x"], ['../..'], ['?$top=1'], ['#'], ['%27']] },
    );
    expect(pathOf({ path: 'A', key: { X: 'a', Y: 7 }, action: 'Ns.go' }, 'v4')).toBe("A(X='a',Y=7)/Ns.go");
    expect(pathOf({ path: 'F', parameters: { A: "o'k", B: true } }, 'v2')).toBe("F?A='o''k'&B=true");
    expect(findPath({ path: 'A', filter: { X: 'a=b', Y: false } }, 'v2')).toBe(
      "A?$filter=X%20eq%20'a%3Db'%20and%20Y%20eq%20false&$top=1",
    );
    const $guid = '00000000-0000-0000-0000-000000000001';
    expect([keyLiteral({ $guid }, 'v2'), keyLiteral({ $guid }, 'v4')]).toEqual([`guid'${$guid}'`, $guid]);
  });

  it.each([
    ['v2', { A: '/Date(1795651200000)/', B: 'PT00H15M30S', C: ['/Date(1795648530000+0000)/'], D: 'x', $q: 1 }],
    ['v4', { A: '2026-11-26', B: '00:15:30', C: ['2026-11-25T23:15:30.000Z'], D: 'x', $q: 1 }],
  ] as const)('has times in %s', (version, body) => {
    const instant = '2026-11-25T23:15:30Z';
    const written = encode(
      { A: { $date: instant }, B: { $time: instant }, C: [{ $instant: instant }], D: 'x', $q: 1 },
      version,
      'Europe/Berlin',
    );
    expect(written).toEqual(body);
    expect(() => encode({ $date: 'tomorrow' }, version, 'UTC')).toThrow(RangeError);
  });

  it('is read back from a batch, or not at all', () => {
    const text =
      '--b\r\nContent-Type: multipart/mixed; boundary="c d"\r\n\r\n--c d\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n--c d--\r\n--b--';
    expect(batchReplies('multipart/mixed; boundary=b', text)).toMatchObject([{ status: 204 }]);
    expect(batchReplies('text/html', text)).toBeUndefined();
    fc.assert(fc.property(fc.string(), (rest) => void batchReplies('multipart/mixed; boundary=b', `--b\r\n${rest}`)));
  });
});
