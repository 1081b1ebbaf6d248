import { splitRow, type Dialect } from './csv-row.ts';

/**
 * The first of tab, `;`, `|` and `,` that divides each of the first lines into the same number of cells, more than one; else
 * the one that divides the very first line; else `,`. In this order because commas stand in numbers and in prose.
 */
export function sniffDelimiter(head: string, { quote, newline }: Omit<Dialect, 'delimiter'>): string {
  const counts = CANDIDATES.map((delimiter) => countCells(head, { delimiter, quote, newline }));
  const even = counts.findIndex(([first = 1, ...others]) => first > 1 && others.every((count) => count === first));
  const divides = counts.findIndex(([first = 1]) => first > 1);
  return CANDIDATES[even >= 0 ? even : divides] ?? ',';
}

const CANDIDATES = ['\t', ';', '|', ','];
const LINES = 10;

function countCells(head: string, dialect: Dialect): number[] {
  const counts: number[] = [];
  for (let at = 0; at < head.length && counts.length < LINES;) {
    const row = splitRow(head, at, dialect, false);
    // What is cut off at the end of the head says nothing, unless it is all there is.
    if (!row) break;
    if (row.cells.length > 1 || row.cells[0] !== '') counts.push(row.cells.length);
    at = row.next;
  }
  if (counts.length > 0) return counts;
  const only = splitRow(head, 0, dialect, true);
  return only && !only.unclosed ? [only.cells.length] : [];
}
