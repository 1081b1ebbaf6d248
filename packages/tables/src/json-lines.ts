import type { FileSink } from './file-sink.ts';
import type { TableWriter } from './table-writer.ts';

/** JSON lines (https://jsonlines.org): each row as it is, on a line of its own. */
export function jsonLinesTable(sink: Pick<FileSink, 'write'>): TableWriter {
  return {
    async write(rows) {
      if (rows.length > 0) await sink.write(Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
    },
    finish: () => Promise.resolve(),
  };
}
