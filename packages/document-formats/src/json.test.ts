import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonLines } from './json-lines.ts';
import { readJson, type JsonOptions } from './json.ts';
import { inChunks, rowsOf } from './rows.fixture.ts';

const read = (text: string, options: JsonOptions = {}, size = 5) =>
  rowsOf(readJson(inChunks(Buffer.from(text), size), options));
const lines = (text: string, size = 5) => rowsOf(readJsonLines(inChunks(Buffer.from(text), size)));

describe('a JSON document', () => {
  it('is its records, each with its place', async () => {
    expect(await read('[{"a":"] , \\" }"},\n\n {"a":{"b":[1,2]}}]')).toEqual([
      { place: 'record 1 (line 1)', data: { a: '] , " }' } },
      { place: 'record 2 (line 3)', data: { a: { b: [1, 2] } } },
    ]);
    expect(await read(' [ ] ')).toEqual([]);
  });

  it('has them where the path leads', async () => {
    const text =
      '{"results":[9],"x":{"d":[1]},"d":{"n\\u0061me":{"results":[5]},"results":[{"a":1},{"a":2}],"next":"u"}}';
    expect(await read(text, { path: ['d', 'results'] })).toEqual([
      { place: 'record 1 (line 1)', data: { a: 1 } },
      { place: 'record 2 (line 1)', data: { a: 2 } },
    ]);
  });

  it('may be one record, or have one where the path leads', async () => {
    expect(await read('{"a":[1]}')).toEqual([{ place: 'record 1 (line 1)', data: { a: [1] } }]);
    expect(await read('{"d":{"a":1}}', { path: ['d'] })).toEqual([{ place: 'record 1 (line 1)', data: { a: 1 } }]);
  });

  it.each([
    ['[{"a":1},{"a":2}', 'line 1: the document ends in the middle, after 1 whole records.'],
    ['[{"a":1},\n{"a":2]', 'the document ends in the middle'],
    ['[{"a":1},\n{"a":}]', 'record 2 (line 2): it is no JSON.'],
    ['[{"a":1},,{"a":2}]', 'record 2 is missing'],
    ['[{"a":1},]', 'record 2 is missing'],
    ['[{"a":1}] x', 'the document is no JSON.'],
    ['[{"a":1}]]', 'a bracket is closed that is not open'],
    ['', 'the document is no JSON.'],
    ['{"a" 1}', 'the document is no JSON.'],
    ['"[', 'ends in the middle'],
  ])('that is none is refused: %s', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('is refused when it has no such array, or two', async () => {
    await expect(read('{"b":[]}', { path: ['a'] })).rejects.toThrow('MALFORMED: the document has no a.');
    await expect(read('{"a":[{"x":1}],"a":[]}', { path: ['a'] })).rejects.toThrow('a second time');
  });

  it('is refused when a record has no end, before it is all in memory', async () => {
    let given = 0;
    const endless = async function* () {
      for (;;) {
        given += 65_536;
        yield await Promise.resolve(Buffer.alloc(65_536, given === 65_536 ? '[' : ' ['));
      }
    };
    await expect(rowsOf(readJson(endless()))).rejects.toThrow('TOO_LARGE: record 1');
    expect(given).toBeLessThan(2_000_000);
    given = 0;
    await expect(rowsOf(readJson(endless(), { path: ['a'] }))).rejects.toThrow('TOO_LARGE');
    expect(given).toBeLessThan(20_000_000);
  });
});

const BAD = [
  ['5', 'NOT_AN_OBJECT'],
  ['[{}]', 'NOT_AN_OBJECT'],
  ['{"__proto__":{"x":1}}', 'FORBIDDEN'],
  ['{"a":[{"\\u005f_proto__":1}]}', 'FORBIDDEN'],
  [`{"a":${'['.repeat(80)}${']'.repeat(80)}}`, 'TOO_DEEP'],
  [`{"a":"${'x'.repeat(70_000)}"}`, 'TOO_LARGE'],
  ['{"a":12345678901234567890}', 'INEXACT'],
  ['{"a":0.12345678901234567}', 'INEXACT'],
] as const;

describe('one bad record', () => {
  it.each(BAD)('is told, and the others are read: %.40s', async (text, code) => {
    const place = 'record 2 (line 1)';
    expect(await read(`[{"a":1},${text},{"a":3}]`, {}, 9_999)).toMatchObject([
      { data: { a: 1 } },
      { place, fault: { code } },
      { data: { a: 3 } },
    ]);
    expect(await lines(`{"a":1}\n${text}\n{"a":3}`, 9_999)).toMatchObject([
      { data: { a: 1 } },
      { place: 'line 2', fault: { code } },
      { data: { a: 3 } },
    ]);
  });

  it('keeps numbers that a JSON number holds, and texts of digits', async () => {
    const record = { a: 123456789012345, b: '12345678901234567890', c: 1e21, d: 1.5, e: 1000000000000000000 };
    expect(await read(JSON.stringify([record]))).toMatchObject([{ data: record }]);
  });
});

describe('JSON lines', () => {
  it('are records, and a line that is none is a fault of its own', async () => {
    expect(await lines('{"a":1}\r\n\n{"a":\n{"a":"ö"}')).toEqual([
      { place: 'line 1', data: { a: 1 } },
      { place: 'line 3', fault: { code: 'MALFORMED', reason: 'It is no JSON.' } },
      { place: 'line 4', data: { a: 'ö' } },
    ]);
  });

  it('are refused when one has no end', async () => {
    await expect(lines(`{"a":1}\n"${'x'.repeat(1_100_000)}`, 65_536)).rejects.toThrow('TOO_LARGE: line 2: the record');
  });
});

describe('whatever the document', () => {
  it('records are those of JSON.parse, however it is cut', async () => {
    const record = fc
      .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 })
      .filter((value) => !JSON.stringify(value).includes('"__proto__"'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 5 }),
        fc.nat(3),
        fc.integer({ min: 1, max: 30 }),
        async (records, indent, size) => {
          const sound = JSON.parse(JSON.stringify(records)) as unknown[];
          const array = await read(JSON.stringify(records, null, indent), {}, size);
          const nested = await read(
            JSON.stringify({ r: { x: [1], v: records } }, null, indent),
            { path: ['r', 'v'] },
            size,
          );
          expect(array.map((row) => 'data' in row && row.data)).toEqual(sound);
          expect(nested.map((row) => 'data' in row && row.data)).toEqual(sound);
        },
      ),
    );
  });

  it('rows or a FormatError come out of any text, the same ones however it is cut', async () => {
    const tokens = fc.array(
      fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '1', '"a"', '{"a":1}', ' ', '\n', 'null'),
      { maxLength: 30 },
    );
    const outcome = (text: string, size: number) =>
      read(text, { path: ['a'] }, size).catch((error: unknown) => (error as Error).message);
    await fc.assert(
      fc.asyncProperty(tokens, fc.integer({ min: 1, max: 10 }), async (parts, size) => {
        const text = parts.join('');
        const told = await outcome(text, size);
        expect(told).toEqual(await outcome(text, 1_000));
        const isJson = await Promise.resolve(text)
          .then(JSON.parse)
          .then(
            () => true,
            () => false,
          );
        if (!isJson) expect(told).toMatch(/^MALFORMED/);
      }),
      { numRuns: 500 },
    );
  });
});
