import { cellOf, type Column } from './column.ts';
import type { FileSink } from './file-sink.ts';
import type { TableWriter } from './table-writer.ts';

/**
 * CSV as RFC 4180 has it, in UTF-8 with a header. Null is an empty cell, an empty text is `""`. A text that a spreadsheet
 * would run as a formula has a `'` before it (https://owasp.org/www-community/attacks/CSV_Injection): who reads a cell that
 * begins with one or more `'` and then `=`, `+`, `-`, `@`, a tab or a line break takes the first `'` away. Numbers,
 * decimals among them, are as they are.
 */
export function csvTable(sink: Pick<FileSink, 'write'>, columns: readonly Column[]): TableWriter {
  let hasHeader = false;
  const header = () => {
    if (hasHeader) return '';
    hasHeader = true;
    return lineOf(columns.map(({ name }) => name));
  };
  return {
    async write(rows) {
      const lines = rows.map((row) => lineOf(columns.map((column) => cellOf(row, column))));
      const text = header() + lines.join('');
      if (text !== '') await sink.write(Buffer.from(text));
    },
    async finish() {
      const text = header();
      if (text !== '') await sink.write(Buffer.from(text));
    },
  };
}

function lineOf(cells: readonly unknown[]): string {
  return `${cells.map(textOf).join(',')}\r\n`;
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  const text = typeof cell === 'string' ? inert(cell) : JSON.stringify(cell);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What begins with `'` already gets another one: otherwise nobody could tell it from a formula that got its first. */
function inert(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

const FORMULA = /^'*[=+\-@\t\r\n]/;
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
