import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';

const EXTRACTS = fileURLToPath(new URL('./extract-process.ts', import.meta.url));
/** Of old objects: with so little, what grows shows, and nothing else. */
const SMALL_HEAP_MIB = 112;

interface Extracted {
  readonly elapsedMs: number;
  readonly fileMiB: number;
  readonly startMiB: number;
  readonly peakMiB: number;
}

/** An extract of 400,000 rows into Parquet, and one of a tenth, each in a process of its own. */
export async function extractMemory({ limit = 400_000, quick }: BenchOptions): Promise<Table> {
  const all = quick ? 4_000 : limit;
  const rows: Table['rows'][number][] = [];
  for (const heap of [undefined, SMALL_HEAP_MIB]) {
    for (const count of [all / 10, all]) {
      const { elapsedMs, fileMiB, startMiB, peakMiB } = await extracted(count, heap);
      rows.push({
        heap: heap === undefined ? 'as Node has it' : `at most ${heap} MiB`,
        rows: count,
        'rows/s': (count / elapsedMs) * 1000,
        'file MiB': fileMiB,
        'RSS MiB before': startMiB,
        'peak RSS MiB': peakMiB,
      });
    }
  }
  return { title: 'An extract into Parquet, of a graph that answers from memory, without rests', rows };
}

async function extracted(count: number, heapMiB: number | undefined): Promise<Extracted> {
  const options = heapMiB === undefined ? [] : [`--max-old-space-size=${heapMiB}`];
  const args = [...options, '--import', 'tsx', EXTRACTS, String(count)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Extracted;
}
