import { cpus, loadavg, totalmem } from 'node:os';

/** Figures of one question; the keys of the rows are the headings, with their units. */
export interface Table {
  readonly title: string;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  /** Heading of the figure that the bars show. */
  readonly bar?: string;
  readonly notes?: readonly string[];
}

/** Runs a benchmark and prints what it found, with the machine and how busy it was: as text or as JSON. */
export async function printReport(name: string, json: boolean, run: () => Promise<readonly Table[]>): Promise<void> {
  const [processor] = cpus();
  const machine = `${cpus().length} cores (${processor?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  const date = new Date().toISOString();
  const before = load();
  const tables = await run();
  const after = load();
  if (json) {
    const report = { benchmark: name, date, machine, loadAverage: { before, after }, tables };
    process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
    return;
  }
  const head = [`${name}, ${date}`, machine, `load average before ${before.join(' ')}, after ${after.join(' ')}`];
  process.stdout.write(`${[head.join('\n'), ...tables.map(textOf)].join('\n\n')}\n`);
}

function load(): number[] {
  return loadavg().map((value) => rounded(value));
}

/** Three significant digits: more would be noise. */
export function rounded(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}

const BAR_WIDTH = 24;

function textOf({ title, rows, bar, notes = [] }: Table): string {
  const headings = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => headings.map((heading) => cellOf(row[heading])));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const aligned = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  const largest = Math.max(...rows.map((row) => numberOf(row, bar)));
  const bars = rows.map((row) => '█'.repeat(Math.round((BAR_WIDTH * numberOf(row, bar)) / (largest || 1))));
  const lines = cells.map((row, index) => `${aligned(row)}  ${bars[index] ?? ''}`.trimEnd());
  return [title, aligned(headings), ...lines, ...notes].join('\n');
}

function cellOf(value: string | number | undefined): string {
  return typeof value === 'number' ? rounded(value).toLocaleString('en-US') : (value ?? '');
}

function numberOf(row: Table['rows'][number], heading: string | undefined): number {
  const value = heading === undefined ? undefined : row[heading];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
