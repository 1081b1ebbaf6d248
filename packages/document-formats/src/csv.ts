import { checkedNames } from './column-names.ts';
import { isFormula } from './csv-formula.ts';
import { splitRow, type Dialect } from './csv-row.ts';
import { decode, type Encoding } from './decode.ts';
import { LIMITS, tooLarge } from './limits.ts';
import { FormatError, type Row } from './row.ts';
import { sniffDelimiter } from './csv-sniff.ts';

export interface CsvOptions {
  /** One character; by default whichever of tab, `;`, `|` and `,` divides the first lines evenly. */
  readonly delimiter?: string | undefined;
  /** One character, or `''` if the file knows no quoting. `"` unless set. */
  readonly quote?: string | undefined;
  /** Names of the columns of a file without header. With a header its first row names them. */
  readonly columns?: readonly string[] | undefined;
  readonly encoding?: Encoding | undefined;
}

/**
 * Rows of a file of separated values (https://www.rfc-editor.org/rfc/rfc4180), each cell as text under its column's name.
 * Empty rows are passed over. Faults of one row: `RAGGED` (not as many cells as columns), `FORMULA`, `TOO_LARGE` (a cell).
 * Throws FormatError with the line for a quote that is never closed and for a header that makes no sense.
 */
export async function* readCsv(body: AsyncIterable<Buffer>, options: CsvOptions = {}): AsyncGenerator<Row> {
  let names = options.columns && checkedNames(options.columns, 'columns');
  let dialect: Dialect | undefined;
  let text = '';
  let line = 1;
  const rowsOf = function* (isLast: boolean): Generator<Row> {
    dialect ??= dialectOf(text, options, isLast);
    if (!dialect) return;
    let at = 0;
    while (at < text.length) {
      const row = splitRow(text, at, dialect, isLast);
      if (row === undefined) break;
      if (row.unclosed) throw new FormatError('MALFORMED', `line ${line}: a quote is opened and never closed.`);
      const place = `line ${line}`;
      if (row.next - at > LIMITS.row) throw tooLarge(place, 'the row', LIMITS.row);
      at = row.next;
      line += row.lines;
      if (row.cells.every((cell) => cell === '')) continue;
      if (names) yield { place, ...rowOf(row.cells, names) };
      else names = checkedNames(row.cells, place);
    }
    text = text.slice(at);
    if (text.length > LIMITS.row) throw tooLarge(`line ${line}`, 'the row, unless a quote is not closed,', LIMITS.row);
  };
  for await (const chunk of decode(body, options.encoding)) {
    text += chunk;
    yield* rowsOf(false);
  }
  yield* rowsOf(true);
  if (!names) throw new FormatError('MALFORMED', 'line 1: there is no header: the file is empty.');
}

function dialectOf(text: string, options: CsvOptions, isLast: boolean): Dialect | undefined {
  if (!isLast && text.length < HEAD_CHARACTERS) return undefined;
  const { quote = '"' } = options;
  const newline = !text.includes('\n') && text.includes('\r') ? '\r' : '\n';
  return { quote, newline, delimiter: options.delimiter ?? sniffDelimiter(text, { quote, newline }) };
}

const HEAD_CHARACTERS = 16_384;

type Content =
  { readonly data: Readonly<Record<string, string>> } | { readonly fault: { code: string; reason: string } };

function rowOf(cells: readonly string[], names: readonly string[]): Content {
  if (cells.length !== names.length) {
    return fault('RAGGED', `It has ${cells.length} cells where ${names.length} columns are.`);
  }
  const data: Record<string, string> = {};
  for (const [index, cell] of cells.entries()) {
    const name = names[index] ?? '';
    if (cell.length > LIMITS.field) return fault('TOO_LARGE', `${name}: more than ${LIMITS.field} characters.`);
    if (isFormula(cell))
      return fault('FORMULA', `${name}: a spreadsheet would run ${JSON.stringify(cell.slice(0, 60))}.`);
    data[name] = cell;
  }
  return { data };
}

function fault(code: string, reason: string): Content {
  return { fault: { code, reason } };
}
