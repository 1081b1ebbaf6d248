import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { interleaved, median } from '../statistics.ts';
import { FORMATS, writeBuckets } from './files.ts';

const ROWS = 400_000;
const QUICK_ROWS = 4_000;
const READER = fileURLToPath(new URL('./format-process.ts', import.meta.url));

interface Reading {
  readonly rows: number;
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
}

/** A file of 400,000 forecast buckets in each format, and one of a tenth, each read by a process of its own. */
export async function run(options: BenchOptions): Promise<Table[]> {
  const all = options.limit ?? (options.quick ? QUICK_ROWS : ROWS);
  const folder = await mkdtemp(join(tmpdir(), 'takt-bench-formats-'));
  try {
    const contenders = new Map<string, () => Promise<Reading>>();
    const megabytes = new Map<string, number>();
    for (const format of FORMATS) {
      for (const rows of [all / 10, all]) {
        const file = join(folder, `${rows}.${format}`);
        await writeBuckets(file, format, rows);
        megabytes.set(`${format} ${rows}`, (await stat(file)).size / 2 ** 20);
        contenders.set(`${format} ${rows}`, () => reading(format, file, rows));
      }
    }
    const measured = await interleaved(contenders, options.rounds);
    const rows = [...measured].map(([name, readings]) => {
      const of = (figure: (one: Reading) => number) => median(readings.map(figure));
      const [format = '', count = ''] = name.split(' ');
      return {
        '': format,
        rows: Number(count),
        MiB: megabytes.get(name) ?? 0,
        'rows/s': of((one) => (one.rows / one.elapsedMs) * 1000),
        'CPU µs/row': of((one) => (one.cpuMs * 1000) / one.rows),
        'peak RSS MiB': of((one) => one.peakMiB),
      };
    });
    const notes = [
      'From the file to rows, without mapping. Peak memory is of the whole process, whose start with nothing read takes about 100 MiB.',
    ];
    return [{ title: 'Reading a file row by row', bar: 'rows/s', rows, notes }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function reading(format: string, file: string, rows: number): Promise<Reading> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', READER, format, file]);
  const figures = JSON.parse(stdout) as Reading;
  if (figures.rows !== rows) throw new Error(`Of ${rows} rows ${figures.rows} were read.`);
  return figures;
}
