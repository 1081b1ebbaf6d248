export interface Dialect {
  readonly delimiter: string;
  /** `''` if there is none. */
  readonly quote: string;
  readonly newline: string;
}

export interface SplitRow {
  readonly cells: readonly string[];
  /** Where the next row begins. */
  readonly next: number;
  /** How many lines it took. */
  readonly lines: number;
  /** The text ended within quotes. */
  readonly unclosed?: true;
}

/** The row that begins there; undefined if its end has not come yet. A quote within a cell that does not begin with one is text. */
export function splitRow(text: string, start: number, dialect: Dialect, isLast: boolean): SplitRow | undefined {
  const { delimiter, quote, newline } = dialect;
  const end = text.indexOf(newline, start);
  if (end < 0 && !isLast) return undefined;
  const line = text.slice(start, end < 0 ? text.length : withoutReturn(text, start, end, newline));
  if (quote === '' || !line.includes(quote)) {
    return { cells: line.split(delimiter), next: end < 0 ? text.length : end + 1, lines: 1 };
  }
  return splitQuoted(text, start, dialect, isLast);
}

function splitQuoted(text: string, start: number, dialect: Dialect, isLast: boolean): SplitRow | undefined {
  const { delimiter, quote, newline } = dialect;
  const cells: string[] = [];
  let lines = 1;
  let at = start;
  for (;;) {
    let cell = '';
    if (text[at] === quote) {
      const close = closingQuote(text, at + 1, quote);
      // A quote at the very end may be the first of two.
      if (close < 0 || (close === text.length - 1 && !isLast)) {
        return isLast ? { cells, next: text.length, lines, unclosed: true } : undefined;
      }
      const inside = text.slice(at + 1, close);
      lines += inside.split(newline).length - 1;
      cell = inside.replaceAll(quote + quote, quote);
      at = close + 1;
    }
    const comma = text.indexOf(delimiter, at);
    const end = text.indexOf(newline, at);
    if (end < 0 && !isLast) return undefined;
    const isRowEnd = comma < 0 || (end >= 0 && end < comma);
    const stop = isRowEnd ? (end < 0 ? text.length : end) : comma;
    cells.push(cell + text.slice(at, isRowEnd && end >= 0 ? withoutReturn(text, at, end, newline) : stop));
    if (isRowEnd) return { cells, next: end < 0 ? text.length : end + 1, lines };
    at = comma + delimiter.length;
  }
}

function closingQuote(text: string, from: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 2)) {
    if (text[at + 1] !== quote) return at;
  }
  return -1;
}

function withoutReturn(text: string, start: number, end: number, newline: string): number {
  return newline === '\n' && end > start && text[end - 1] === '\r' ? end - 1 : end;
}
