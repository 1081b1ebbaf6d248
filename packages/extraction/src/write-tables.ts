import { rename, rm } from 'node:fs/promises';
import {
  FileTooLarge,
  openFileSink,
  openTable,
  TABLE_FILES,
  type Column,
  type Row,
  type TableFormat,
} from '@takt/tables';
import type { RowReading } from './collect-rows.ts';
import { ExtractFailed } from './extract-failed.ts';
import type { JobFile } from './job.ts';
import type { Pace } from './pace.ts';
import { DELETED, ID } from './pageable-query.ts';

/** Writes what was read into one file of a format; all or nothing. */
export async function writeTable(
  readings: AsyncIterable<readonly RowReading[]>,
  {
    format,
    columns,
    ofChanges,
    pathOf,
    maxBytes,
  }: {
    readonly format: TableFormat;
    readonly columns: readonly Column[];
    /** Whether rows say that they are gone, which are left out otherwise. */
    readonly ofChanges: boolean;
    readonly pathOf: (name: string) => string;
    readonly maxBytes: number;
  },
  pace: Pace,
  signal: AbortSignal,
): Promise<JobFile> {
  const name = `extract.${TABLE_FILES[format].extension}`;
  const draft = pathOf(`${name}.new`);
  const sink = await openFileSink(draft, maxBytes);
  let rows = 0;
  try {
    const table = openTable(format, sink, tableColumns(columns, ofChanges));
    for await (const some of readings) {
      const from = performance.now();
      const present = some.flatMap((reading) => rowOf(reading, ofChanges));
      await table.write(present);
      rows += present.length;
      await pace.rest(performance.now() - from, signal);
    }
    await table.finish();
  } catch (error) {
    await sink.abandon();
    await rm(draft, { force: true });
    if (error instanceof FileTooLarge) {
      throw new ExtractFailed('EXTRACT_TOO_LARGE', `${name} takes more than the ${maxBytes} bytes that it may.`);
    }
    throw error;
  }
  const { bytes, sha256 } = await sink.close();
  await rename(draft, pathOf(name));
  return { format, name, bytes, rows, sha256 };
}

function tableColumns(columns: readonly Column[], ofChanges: boolean): Column[] {
  const own: Column[] = [{ name: ID, type: 'STRING', path: [ID] }];
  if (ofChanges) own.push({ name: DELETED, type: 'BOOLEAN', path: [DELETED] });
  return [...own, ...columns];
}

function rowOf({ id, node }: RowReading, ofChanges: boolean): Row[] {
  if (!ofChanges) return node ? [{ [ID]: id, ...node }] : [];
  return [{ [ID]: id, [DELETED]: !node, ...node }];
}
