import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { toUSVString } from 'node:util';
import { join } from 'node:path';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cellOf, type Column, type Row } from './column.ts';
import { FileTooLarge, openFileSink } from './file-sink.ts';
import { openTable, type TableFormat } from './table-writer.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'takt-tables-'));
});
afterAll(() => rm(folder, { recursive: true }));

const COLUMNS: readonly Column[] = [
  { name: '_id', type: 'STRING', path: ['_id'] },
  { name: 'quantity.value', type: 'STRING', path: ['quantity', 'value'] },
  { name: 'priority', type: 'INT', path: ['priority'] },
  { name: 'load', type: 'FLOAT', path: ['load'] },
  { name: 'onHold', type: 'BOOLEAN', path: ['onHold'] },
  { name: 'requiredOn', type: 'DATE', path: ['requiredOn'] },
  { name: 'scheduledStart', type: 'TIMESTAMP', path: ['scheduledStart'] },
  { name: 'skills', type: 'JSON', path: ['skills'] },
];

const instant = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
/** Any, and those that a spreadsheet would run, or that look as if they were marked already. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '0', '.', 'e', 'A'), maxLength: 6 }),
);
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 4 });
const row: fc.Arbitrary<Row> = fc.record({
  _id: text,
  quantity: orNull(fc.record({ value: fc.constantFrom('0.1', '-12345678901234567890.5', '0') })),
  priority: orNull(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  load: orNull(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
  onHold: orNull(fc.boolean()),
  requiredOn: orNull(instant.map((date) => date.toISOString().slice(0, 10))),
  scheduledStart: orNull(instant.map((date) => date.toISOString())),
  skills: orNull(fc.array(fc.string())),
});

async function written(format: TableFormat, rows: readonly Row[], pageSize = 7): Promise<Buffer> {
  const path = join(folder, `table.${format}`);
  const sink = await openFileSink(path, 1e9);
  const table = openTable(format, sink, COLUMNS);
  for (let from = 0; from < rows.length; from += pageSize) await table.write(rows.slice(from, from + pageSize));
  await table.finish();
  const { bytes, sha256 } = await sink.close();
  const content = await readFile(path);
  expect(bytes).toBe(content.length);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  return content;
}

describe('a table that is read back', () => {
  it('as JSON lines has the rows as they were', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row), async (rows) => {
        const text = (await written('JSON_LINES', rows)).toString();
        const lines = text.split('\n').slice(0, -1);
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(JSON.parse(JSON.stringify(rows)));
      }),
      { numRuns: 50 },
    );
  });

  it('as CSV has the values of every cell, and tells null from an empty text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row), async (rows) => {
        const [header, ...records] = cellsOf((await written('CSV', rows)).toString());
        expect(header).toEqual(COLUMNS.map(({ name }) => name));
        const expected = rows.map((each) =>
          COLUMNS.map((column) => {
            const cell = cellOf(each, column);
            return cell === null ? null : typeof cell === 'string' ? cell : JSON.stringify(cell);
          }),
        );
        const unmarked = records.map((cells) => cells.map((cell) => cell && cell.replace(/^'(?='*[=+\-@\t\r\n])/, '')));
        expect(unmarked).toEqual(expected.map((cells) => cells.map((cell) => cell && toUSVString(cell))));
        for (const cell of records.flat()) if (/^[=+\-@\t\r\n]/.test(cell ?? '')) expect(Number(cell)).not.toBeNaN();
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+49 30 1234', "'+49 30 1234"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r\n=1', `"'\r\n=1"`],
    ["'=1", "''=1"],
    ["'tis", "'tis"],
    ['-12345678901234567890.5', '-12345678901234567890.5'],
    ['+1.5e-3', '+1.5e-3'],
    ['1=1', '1=1'],
  ])('as CSV has %j marked where a spreadsheet would run it', async (_id, cell) => {
    const csv = (await written('CSV', [{ _id, load: -0.5, skills: ['=1'] }])).toString();
    expect(csv.slice(csv.indexOf('\r\n') + 2)).toBe(`${cell},,,-0.5,,,,"[""=1""]"\r\n`);
  });

  it('as Parquet has the values with their types', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row), async (rows) => {
        const read = await readParquet(await written('PARQUET', rows));
        expect(read).toEqual(
          rows.map((each) =>
            Object.fromEntries(
              COLUMNS.map((column) => {
                const cell = cellOf(each, column);
                const isTime = column.type === 'DATE' || column.type === 'TIMESTAMP';
                return [column.name, isTime && cell !== null ? new Date(cell as string) : cell];
              }),
            ),
          ),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('as Parquet says what each column is, in groups of rows', async () => {
    const rows = fc.sample(row, 50);
    const many = Array.from({ length: 20_000 }, (_, index) => rows[index % 50]!);
    const content = await written('PARQUET', many, 500);
    const metadata = parquetMetadata(arrayBuffer(content));
    expect(Number(metadata.num_rows)).toBe(20_000);
    expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([7500, 7500, 5000]);
    expect(
      parquetSchema(metadata).children.map(({ element: { name, type, converted_type } }) => [
        name,
        type,
        converted_type ?? null,
      ]),
    ).toEqual([
      ['_id', 'BYTE_ARRAY', 'UTF8'],
      ['quantity.value', 'BYTE_ARRAY', 'UTF8'],
      ['priority', 'INT32', null],
      ['load', 'DOUBLE', null],
      ['onHold', 'BOOLEAN', null],
      ['requiredOn', 'INT32', 'DATE'],
      ['scheduledStart', 'INT64', 'TIMESTAMP_MILLIS'],
      ['skills', 'BYTE_ARRAY', 'JSON'],
    ]);
  });
});

describe('a file that would be too large', () => {
  it('is refused before more is written', async () => {
    const sink = await openFileSink(join(folder, 'bounded'), 10);
    await sink.write(Buffer.from('12345'));
    await expect(sink.write(Buffer.from('678901'))).rejects.toThrow(FileTooLarge);
    expect(await sink.close()).toMatchObject({ bytes: 5 });
  });
});

function arrayBuffer(content: Buffer): ArrayBuffer {
  return new Uint8Array(content).buffer;
}

function readParquet(content: Buffer): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: arrayBuffer(content) });
}

/** RFC 4180, read by its grammar; an empty cell without quotes is null. */
function cellsOf(text: string): (string | null)[][] {
  const records: (string | null)[][] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  let record: (string | null)[] = [];
  for (let at = 0; at < text.length; at = cell.lastIndex) {
    cell.lastIndex = at;
    const found = cell.exec(text);
    if (!found) throw new Error(`no CSV at ${at}`);
    const [, quoted, plain, end] = found;
    record.push(quoted?.replaceAll('""', '"') ?? (plain === '' ? null : (plain ?? null)));
    if (end === '\r\n') {
      records.push(record);
      record = [];
    }
  }
  return records;
}
