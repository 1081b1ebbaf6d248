import { join } from 'node:path';
import { openFileSink, openTable, type Column, type Row, type TableFormat } from '@takt/tables';
import { temporaryFolder } from '../plant.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';

const COLUMNS: readonly Column[] = [
  { name: '_id', type: 'STRING', path: ['_id'] },
  { name: 'sku', type: 'STRING', path: ['sku'] },
  { name: 'location.code', type: 'STRING', path: ['location', 'code'] },
  { name: 'start', type: 'DATE', path: ['start'] },
  { name: 'quantity.value', type: 'STRING', path: ['quantity', 'value'] },
  { name: 'quantity.unit', type: 'STRING', path: ['quantity', 'unit'] },
  { name: 'changedAt', type: 'TIMESTAMP', path: ['changedAt'] },
  { name: 'tags', type: 'JSON', path: ['tags'] },
];
const PAGE = 250;

/** What it takes to write many rows in each format: how long, how large, and how much memory. */
export async function writtenTables({ limit = 400_000, quick }: BenchOptions): Promise<Table> {
  const count = quick ? 2_000 : limit;
  const folder = temporaryFolder();
  const rows: Table['rows'][number][] = [];
  for (const format of ['JSON_LINES', 'CSV', 'PARQUET'] as const satisfies TableFormat[]) {
    const sink = await openFileSink(join(folder, format), Infinity);
    const table = openTable(format, sink, COLUMNS);
    const before = process.memoryUsage().rss;
    let peak = before;
    let longestMs = 0;
    const from = performance.now();
    for (let at = 0; at < count; at += PAGE) {
      const pageFrom = performance.now();
      await table.write(Array.from({ length: Math.min(PAGE, count - at) }, (_, index) => rowAt(at + index)));
      longestMs = Math.max(longestMs, performance.now() - pageFrom);
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    await table.finish();
    const { bytes } = await sink.close();
    const seconds = (performance.now() - from) / 1000;
    rows.push({
      '': format,
      'rows/s': count / seconds,
      MiB: bytes / 2 ** 20,
      'memory + MiB': (peak - before) / 2 ** 20,
      'longest page ms': longestMs,
    });
  }
  return { title: `${count} rows of ${COLUMNS.length} columns written, ${PAGE} at a time`, bar: 'rows/s', rows };
}

/** One of many rows, of the columns that are written. */
export function rowAt(index: number) {
  const day = new Date(Date.UTC(2026, 0, 1 + (index % 365))).toISOString();
  return {
    _id: `F-${index}`,
    sku: `SKU-${index % 5_000}`,
    location: { code: `P${index % 7}` },
    start: day.slice(0, 10),
    quantity: { value: `${index % 997}.25`, unit: 'EA' },
    changedAt: day,
    tags: index % 3 === 0 ? ['promotion'] : [],
  } satisfies Row;
}
