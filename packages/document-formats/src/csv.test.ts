import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv, type CsvOptions } from './csv.ts';
import { inChunks, rowsOf } from './rows.fixture.ts';

const read = (text: string | Buffer, options: CsvOptions = {}, size = 7) =>
  rowsOf(readCsv(inChunks(Buffer.from(text as string), size), options));
const data = async (text: string | Buffer, options: CsvOptions = {}, size = 7) =>
  (await read(text, options, size)).map((row) => ('data' in row ? row.data : row.fault.code));

describe('a file of separated values', () => {
  it.each([
    ['sku,qty\nA,1\nB,2\n'],
    ['sku;qty\r\nA;1\r\nB;2'],
    ['sku\tqty\nA\t1\n\n\nB\t2\n\t\n'],
    ['sku|qty\rA|1\rB|2\r'],
    ['\ufeffsku,qty\n"A","1"\n"B","2"\n'],
  ])('is read whatever divides it: %j', async (text) => {
    expect(await data(text)).toEqual([
      { sku: 'A', qty: '1' },
      { sku: 'B', qty: '2' },
    ]);
  });

  it('takes the names of its columns from outside when it has no header', async () => {
    expect(await data('A^1\n', { columns: ['sku', 'qty'], delimiter: '^' })).toEqual([{ sku: 'A', qty: '1' }]);
  });

  it('keeps quotes, delimiters and new lines within quotes, and tells lines after them', async () => {
    expect(await read('sku,text\nA,"x ""y"", \r\nz"\nB,3" bolt\n')).toEqual([
      { place: 'line 2', data: { sku: 'A', text: 'x "y", \r\nz' } },
      { place: 'line 4', data: { sku: 'B', text: '3" bolt' } },
    ]);
  });

  it('divides by semicolons where commas are decimal, and by commas where prose has semicolons', async () => {
    expect(await data('sku;qty\nA;1,5\nB;2,5\n')).toEqual([
      { sku: 'A', qty: '1,5' },
      { sku: 'B', qty: '2,5' },
    ]);
    expect(await data('sku,text\nA,red; big\nB,blue\n')).toHaveLength(2);
  });

  it.each([
    ['utf-16le', Buffer.from('\ufeffsku;name\nA;Größe €\n', 'utf16le'), undefined],
    ['utf-16be', Buffer.from('\ufeffsku;name\nA;Größe €\n', 'utf16le').swap16(), undefined],
    ['windows-1252', Buffer.from('sku;name\nA;Gr\xf6\xdfe \x80\n', 'latin1'), 'windows-1252'],
    ['utf-8', Buffer.from('sku;name\nA;Größe €\n'), undefined],
  ] as const)('is read in %s', async (_name, bytes, encoding) => {
    expect(await data(bytes, { encoding }, 1)).toEqual([{ sku: 'A', name: 'Größe €' }]);
  });
});

describe('one bad row', () => {
  it('is told with its line, and the others are read', async () => {
    expect(await read('sku,qty\nA,1,2\nB\nC,3\n')).toEqual([
      { place: 'line 2', fault: { code: 'RAGGED', reason: 'It has 3 cells where 2 columns are.' } },
      { place: 'line 3', fault: { code: 'RAGGED', reason: 'It has 1 cells where 2 columns are.' } },
      { place: 'line 4', data: { sku: 'C', qty: '3' } },
    ]);
  });

  it.each(['=1+1', '@SUM(A1)', "+cmd|' /C calc'!A0", '-2+3', '"\t=1"', '=HYPERLINK("x")', '+49 30 x'])(
    'has a cell that a spreadsheet would run: %s',
    async (cell) => {
      const quoted = cell.startsWith('"') ? cell : `"${cell.replaceAll('"', '""')}"`;
      expect(await data(`sku,qty\n${quoted},1\n`)).toEqual(['FORMULA']);
    },
  );

  it.each(['-5', '+5.25', '-1,5', '-1.234,50', '-', '-3e5', '-12 %', 'a=b'])('has not when it is %s', async (cell) => {
    expect(await data(`sku;qty\nA;${cell}\n`)).toEqual([{ sku: 'A', qty: cell }]);
  });

  it('has a cell that is too long', async () => {
    expect(await data(`sku,qty\n${'x'.repeat(70_000)},1\n`, {}, 9_999)).toEqual(['TOO_LARGE']);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['sku,qty\nA,1\nB,"2\nC,3\n', 'MALFORMED: line 3: a quote is opened and never closed.'],
    ['sku,sku\n', 'MALFORMED: line 1: two columns are called sku.'],
    ['sku,__proto__\n', 'MALFORMED: line 1: no column may be called __proto__.'],
    ['s\0k\0u\0', 'MALFORMED: line 1: a NUL character: the encoding is another, perhaps UTF-16.'],
    [Buffer.from('sku,name\nA,b\nB,Gr\xf6\xdfe\n', 'latin1'), 'MALFORMED: line 3: bytes that are no UTF-8 text.'],
    [`${'x,'.repeat(2_000)}\n`, 'MALFORMED: line 1: more than 1000 columns.'],
  ])('says where: %#', async (text, message) => {
    await expect(read(text, {}, 100_000)).rejects.toThrow(message);
  });

  it('is refused when a row has no end, before it is all in memory', async () => {
    let given = 0;
    const endless = async function* () {
      for (;;) {
        given += 65_536;
        yield await Promise.resolve(Buffer.alloc(65_536, given === 65_536 ? 'a,"' : 'x'));
      }
    };
    await expect(rowsOf(readCsv(endless()))).rejects.toThrow('TOO_LARGE: line 1');
    expect(given).toBeLessThan(2_000_000);
  });
});

describe('whatever the text', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ' ', ';', '"', '\n', '\r', 'ö', ',') });

  it('what is written is read again, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            cell,
            cell,
            cell.map((text) => `x${text}`),
          ),
          { maxLength: 8 },
        ),
        fc.integer({ min: 1, max: 40 }),
        async (rows, size) => {
          const text = [
            'a;b;c',
            ...rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(';')),
          ];
          const back = await data(text.join('\r\n'), { delimiter: ';' }, size);
          // A cell that begins with a carriage return is a formula to some spreadsheets.
          const told = rows.map(([a, b, c]) => (a.startsWith('\r') || b.startsWith('\r') ? 'FORMULA' : { a, b, c }));
          expect(back).toEqual(told);
        },
      ),
    );
  });

  it('rows or a FormatError come out of any bytes, the same ones however they are cut', async () => {
    const outcome = (bytes: Uint8Array, size: number) =>
      read(Buffer.from(bytes), {}, size).catch((error: unknown) =>
        // Of bytes that are no text only about the line is known.
        (error as Error).message.replace(/line \d+: bytes/, 'bytes'),
      );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', '=', '-'), maxLength: 200 })
        .map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 50 }), async (input, size) => {
        expect(await outcome(input, size)).toEqual(await outcome(input, 1_000));
      }),
      { numRuns: 300 },
    );
  });
});
