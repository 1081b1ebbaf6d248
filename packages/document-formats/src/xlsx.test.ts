import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from './row.ts';
import { inChunks, rowsOf } from './rows.fixture.ts';
import { readXlsx, type XlsxOptions } from './xlsx.ts';
import { zipOf, type ZipPart } from './zip.fixture.ts';

const read = (bytes: Buffer, options: XlsxOptions = {}) => rowsOf(readXlsx(inChunks(bytes, 4_096), options));

const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PARTS: readonly ZipPart[] = [
  {
    name: 'xl/workbook.xml',
    content: `<workbook xmlns:r="${OFFICE}"><sheets><sheet name="Moves" sheetId="1" r:id="a"/><sheet name="Other" sheetId="2" r:id="b"/></sheets></workbook>`,
  },
  {
    name: 'xl/_rels/workbook.xml.rels',
    content: `<Relationships><Relationship Id="a" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="b" Type="${OFFICE}/worksheet" Target="/xl/worksheets/sheet2.xml"/><Relationship Id="c" Type="${OFFICE}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="d" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
  },
  {
    name: 'xl/sharedStrings.xml',
    content: '<sst><si><t>sku</t></si><si><r><t>q</t></r><r><t>ty</t></r><rPh><t>x</t></rPh></si></sst>',
  },
  {
    name: 'xl/styles.xml',
    content:
      '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm"/><numFmt numFmtId="165" formatCode="0.0 &quot;days&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>',
  },
  { name: 'xl/worksheets/sheet2.xml', content: '<worksheet><sheetData/></worksheet>' },
];
const HEADER = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>';
const workbook = (rows: string, ...more: ZipPart[]) =>
  zipOf([
    ...PARTS,
    { name: 'xl/worksheets/sheet1.xml', content: `<worksheet><sheetData>${HEADER}${rows}</sheetData></worksheet>` },
    ...more,
  ]);
const cell = async (xml: string) => {
  const [row] = await read(workbook(`<row r="3"><c r="A3" t="inlineStr"><is><t>A</t></is></c>${xml}</row>`));
  return row && ('data' in row ? row.data['qty'] : row.fault.code);
};

describe('a workbook', () => {
  it('is the rows of its first sheet, empty cells where none are', async () => {
    const rows = '<row r="3"/><row r="7"><c r="B7"><v>5</v></c></row><row><c t="str"><v>A</v></c></row>';
    expect(await read(workbook(rows))).toEqual([
      { place: 'row 7', data: { sku: '', qty: '5' } },
      { place: 'row 8', data: { sku: 'A', qty: '' } },
    ]);
    expect(await read(workbook(rows), { sheet: 'Other' })).toEqual([]);
    await expect(read(workbook(rows), { sheet: 'None' })).rejects.toThrow('no sheet None, but: Moves, Other.');
  });

  it.each([
    ['a number', '<c r="B3"><v>1.1000000000000001</v></c>', '1.1'],
    ['a date', '<c r="B3" s="1"><v>46352</v></c>', '2026-11-26'],
    ['a time of a day', '<c r="B3" s="2"><v>46352.5</v></c>', '2026-11-26T12:00:00'],
    ['a number with days', '<c r="B3" s="3"><v>46352</v></c>', '46352'],
    ['no date', '<c r="B3" s="1"><v>-5</v></c>', 'CELL_ERROR'],
    ['a truth', '<c r="B3" t="b"><v>1</v></c>', 'true'],
    ['a formula with its value', '<c r="B3"><f>A1*2</f><v>8</v></c>', '8'],
    ['a formula without value', '<c r="B3"><f>HYPERLINK("http://x")</f></c>', 'FORMULA'],
    ['an error', '<c r="B3" t="e"><v>#REF!</v></c>', 'CELL_ERROR'],
    ['a text that is not there', '<c r="B3" t="s"><v>99</v></c>', 'CELL_ERROR'],
    ['too much', '<c r="C3"><v>1</v></c>', 'RAGGED'],
  ])('has cells with %s', async (_name, xml, value) => {
    expect(await cell(xml)).toBe(value);
  });
});

describe('a workbook is refused', () => {
  const bomb = Buffer.alloc(40_000_000, '<row/>');
  it.each([
    [
      'that unpacks to far more than it is',
      workbook('', { name: 'xl/x.xml', content: bomb }),
      'TOO_LARGE: xl/x.xml: it unpacks',
    ],
    [
      'that lies about what it unpacks to',
      zipOf(
        PARTS.map((part) =>
          part.name === 'xl/styles.xml' ? { ...part, content: bomb, claims: { bytes: 5 } } : part,
        ).concat({ name: 'xl/worksheets/sheet1.xml', content: '<x/>' }),
      ),
      /MALFORMED|TOO_LARGE/,
    ],
    [
      'with too many parts',
      workbook('', ...Array.from({ length: 2_100 }, (_, index) => ({ name: `x${index}`, content: '' }))),
      'TOO_LARGE: the container has more than 2000 parts',
    ],
    ['with a part that leads out of it', workbook('', { name: '../../etc/passwd', content: 'x' }), 'MALFORMED'],
    ['that is encrypted', workbook('', { name: 'x', content: 'x', encrypted: true }), 'FORBIDDEN: x: it is encrypted.'],
    ['with macros', workbook('', { name: 'xl/vbaProject.bin', content: 'x' }), 'FORBIDDEN: the workbook has macros.'],
    [
      'with a document type',
      zipOf([
        ...PARTS,
        { name: 'xl/worksheets/sheet1.xml', content: '<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>' },
      ]),
      'FORBIDDEN: line 1: a document type',
    ],
    ['that is cut', workbook('').subarray(0, 900), 'MALFORMED'],
    ['that is none', Buffer.from('sku,qty\nA,1\n'), 'MALFORMED'],
    ['without a sheet', zipOf(PARTS), 'MALFORMED: the container has no xl/worksheets/sheet1.xml'],
    [
      'with a cell far to the right',
      workbook('<row r="3"><c r="XFD3"><v>1</v></c></row>'),
      'TOO_LARGE: row 3: it has more than 1000 columns.',
    ],
  ])('%s', async (_name, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });

  it('that is larger than is held in memory', async () => {
    const endless = async function* () {
      for (;;) yield await Promise.resolve(Buffer.alloc(1_048_576));
    };
    await expect(rowsOf(readXlsx(endless()))).rejects.toThrow('TOO_LARGE: the container has more than 33554432 bytes.');
  });
});

const folder = fileURLToPath(new URL('../../../../shared/data/frepple-demo/xlsx/', import.meta.url));
const isThere = existsSync(folder);
if (!isThere) console.warn(`Skipped frePPLe's workbooks: ${folder} is not there.`);

describe('real workbooks', () => {
  it.skipIf(!isThere)('are read', async () => {
    for (const name of readdirSync(folder)) {
      const rows = await read(readFileSync(join(folder, name)));
      expect(rows.length, name).toBeGreaterThan(0);
    }
    expect((await read(readFileSync(join(folder, 'item.mfg.xlsx'))))[0]).toMatchObject({ place: 'row 2' });
  });

  it('that are damaged give rows or a FormatError', async () => {
    const sound = [
      workbook('<row r="3"><c r="B3"><v>1</v></c></row>'),
      ...(isThere ? [readFileSync(join(folder, 'item.mfg.xlsx'))] : []),
    ];
    const damaged = fc.record({
      bytes: fc.constantFrom(...sound),
      at: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(damaged, async ({ bytes, at }) => {
        const changed = Buffer.from(bytes);
        for (const [place, value] of at) changed[place % changed.length] = value;
        await read(changed).catch((error: unknown) => expect(error).toBeInstanceOf(FormatError));
      }),
      { numRuns: 200 },
    );
  });
});
