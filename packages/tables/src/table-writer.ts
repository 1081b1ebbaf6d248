import { csvTable } from './csv.ts';
import type { Column, Row } from './column.ts';
import { jsonLinesTable } from './json-lines.ts';
import { parquetTable } from './parquet.ts';
import type { FileSink } from './file-sink.ts';

/** Writes one file, of rows that come in order; holds no more than one group of rows. */
export interface TableWriter {
  write(rows: readonly Row[]): Promise<void>;
  /** Writes what is left. The sink is the caller's to close. */
  finish(): Promise<void>;
}

export type TableFormat = 'JSON_LINES' | 'CSV' | 'PARQUET';

/** What a file of a format is called behind the dot, and on the web. */
export const TABLE_FILES: Readonly<Record<TableFormat, { readonly extension: string; readonly mediaType: string }>> = {
  JSON_LINES: { extension: 'jsonl', mediaType: 'application/x-ndjson' },
  CSV: { extension: 'csv', mediaType: 'text/csv; charset=utf-8; header=present' },
  PARQUET: { extension: 'parquet', mediaType: 'application/vnd.apache.parquet' },
};

export function openTable(format: TableFormat, sink: Pick<FileSink, 'write'>, columns: readonly Column[]): TableWriter {
  if (format === 'PARQUET') return parquetTable(sink, columns);
  return format === 'CSV' ? csvTable(sink, columns) : jsonLinesTable(sink);
}
