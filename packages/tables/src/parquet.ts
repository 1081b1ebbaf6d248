import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ColumnSource } from 'hyparquet-writer';
import { cellOf, type Column, type ColumnType, type Row } from './column.ts';
import type { FileSink } from './file-sink.ts';
import type { TableWriter } from './table-writer.ts';

/**
 * Parquet (https://parquet.apache.org), compressed by Snappy. A group of rows is written as soon as it is full: memory
 * holds one, however many rows there are.
 */
export function parquetTable(sink: Pick<FileSink, 'write'>, columns: readonly Column[]): TableWriter {
  const bytes = new ByteWriter();
  const take = async () => {
    const written = Buffer.from(bytes.getBytes());
    bytes.index = 0;
    if (written.length > 0) await sink.write(written);
  };
  const writer = new ParquetWriter({
    writer: Object.assign(bytes, { flush: take, finish: take }),
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name, type }) => ({ name, repetition_type: 'OPTIONAL' as const, ...ELEMENTS[type] })),
    ],
    createdBy: 'takt',
  });
  let group: Row[] = [];
  let cells = 0;

  const writeGroup = async () => {
    const rows = group;
    group = [];
    cells = 0;
    const columnData: ColumnSource[] = columns.map((column) => ({
      name: column.name,
      // What JSON says is never compared; its bounds would be whole values.
      ...(column.type === 'JSON' && { statistics: false }),
      data: rows.map((row) => valueOf(cellOf(row, column), column.type)),
    }));
    await writer.write({ columnData, rowGroupSize: rows.length });
  };

  return {
    async write(rows) {
      for (const row of rows) {
        group.push(row);
        cells += columns.length;
        if (cells >= GROUP_CELLS || group.length >= GROUP_ROWS) await writeGroup();
      }
    },
    async finish() {
      if (group.length > 0) await writeGroup();
      await writer.finish();
    },
  };
}

/** Of one group: encoding it occupies the thread for so many cells at once. */
const GROUP_CELLS = 60_000;
const GROUP_ROWS = 10_000;

const ELEMENTS = {
  STRING: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  INT: { type: 'INT32' },
  FLOAT: { type: 'DOUBLE' },
  BOOLEAN: { type: 'BOOLEAN' },
  DATE: { type: 'INT32', converted_type: 'DATE' },
  TIMESTAMP: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  JSON: { type: 'BYTE_ARRAY', converted_type: 'JSON' },
} as const;

function valueOf(cell: unknown, type: ColumnType): unknown {
  if (cell === null) return cell;
  if (type === 'DATE') return Date.parse(`${String(cell)}T00:00:00Z`) / MS_OF_DAY;
  if (type === 'TIMESTAMP') return BigInt(Date.parse(String(cell)));
  if (type === 'STRING' && typeof cell !== 'string') return JSON.stringify(cell);
  return cell;
}

const MS_OF_DAY = 86_400_000;
