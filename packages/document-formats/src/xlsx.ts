import { checkedNames } from './column-names.ts';
import { LIMITS, tooLarge } from './limits.ts';
import { FormatError, type Row } from './row.ts';
import { openWorkbook, type Workbook } from './xlsx-workbook.ts';
import { xmlEvents } from './xml-events.ts';
import { openZip } from './zip-parts.ts';

export interface XlsxOptions {
  /** Name of the sheet; the first one unless set. */
  readonly sheet?: string | undefined;
  /** Names of the columns of a sheet without header. With a header its first row that is not empty names them. */
  readonly columns?: readonly string[] | undefined;
}

/**
 * Rows of one sheet of a workbook (ECMA-376), each cell as text, as in CSV: numbers with the 15 digits that Excel shows,
 * dates and times in ISO 8601 without zone, `true` and `false`. Nothing is run and nothing outside is read: of a formula the
 * value that was stored with it counts, and one without is a fault `FORMULA`. Other faults of one row: `RAGGED`, `TOO_LARGE`,
 * `CELL_ERROR` (such as #REF!). Throws FormatError for what is no workbook, has macros or unpacks to more than it may; nothing before counts then.
 * The container is held in memory, at most 32 MiB; what it unpacks to is not.
 */
export async function* readXlsx(body: AsyncIterable<Buffer>, options: XlsxOptions = {}): AsyncGenerator<Row> {
  const parts = await openZip(body);
  const workbook = await openWorkbook(parts, options.sheet);
  let names = options.columns && checkedNames(options.columns, 'columns');
  for await (const { place, cells, fault } of sheetRows(parts.read(workbook.sheet), workbook)) {
    if (fault) yield { place, fault };
    else if (names === undefined) names = checkedNames(cells, place);
    else if (cells.length > names.length) {
      const reason = `It has ${cells.length} cells where ${names.length} columns are.`;
      yield { place, fault: { code: 'RAGGED', reason } };
    } else yield { place, data: Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])) };
  }
}

interface SheetRow {
  readonly place: string;
  /** Up to the last that is not empty; at least one is not. */
  readonly cells: readonly string[];
  readonly fault?: { readonly code: string; readonly reason: string } | undefined;
}

async function* sheetRows(part: AsyncIterable<Buffer>, workbook: Workbook): AsyncGenerator<SheetRow> {
  let row = 0;
  let column = -1;
  let cells: string[] = [];
  let fault: SheetRow['fault'];
  let cell = cellOf({});
  let size = 0;
  let inValue = false;
  for await (const event of xmlEvents(part)) {
    if (event.kind === 'TEXT') {
      if (!inValue) continue;
      cell.text += event.text;
      size += event.text.length;
      if (size > LIMITS.row) throw tooLarge(`row ${row}`, 'the row', LIMITS.row);
    } else if (event.kind === 'OPEN') {
      const { attributes } = event;
      if (event.name === 'row') {
        row = Number(attributes['r'] ?? row + 1);
        [column, cells, fault, size] = [-1, [], undefined, 0];
      } else if (event.name === 'c') {
        column = attributes['r'] === undefined ? column + 1 : columnOf(attributes['r']);
        if (!(column >= 0 && column < LIMITS.columns)) {
          throw new FormatError('TOO_LARGE', `row ${row}: it has more than ${LIMITS.columns} columns.`);
        }
        cell = cellOf(attributes);
      } else if (event.name === 'f') cell.hasFormula = true;
      else if (event.name === 'v' || event.name === 't') inValue = true;
    } else if (event.name === 'v' || event.name === 't') inValue = false;
    else if (event.name === 'c') {
      const told = valueOf(cell, workbook);
      if ('code' in told) fault ??= { code: told.code, reason: `column ${column + 1}: ${told.reason}` };
      else {
        while (cells.length < column) cells.push('');
        if (told.text !== '' || column < cells.length) cells[column] = told.text;
      }
    } else if (event.name === 'row') {
      while (cells.at(-1) === '') cells.pop();
      if (fault || cells.length > 0) yield { place: `row ${row}`, cells, fault };
    }
  }
}

interface Cell {
  readonly type: string;
  readonly style: number;
  text: string;
  hasFormula: boolean;
}

function cellOf({ t = 'n', s = '0' }: Readonly<Record<string, string>>): Cell {
  return { type: t, style: Number(s), text: '', hasFormula: false };
}

function valueOf(
  { type, style, text, hasFormula }: Cell,
  workbook: Workbook,
): { text: string } | { code: string; reason: string } {
  if (text.length > LIMITS.field) return { code: 'TOO_LARGE', reason: `more than ${LIMITS.field} characters.` };
  if (hasFormula && text === '') return { code: 'FORMULA', reason: 'a formula without a stored value.' };
  if (type === 'e') return { code: 'CELL_ERROR', reason: `${text.slice(0, 60)}.` };
  if (type === 's') {
    const shared = workbook.sharedStrings[Number(text)];
    return shared === undefined
      ? { code: 'CELL_ERROR', reason: `there is no text ${text.slice(0, 60)}.` }
      : { text: shared };
  }
  if (type === 'b') return { text: text === '1' ? 'true' : 'false' };
  if (type !== 'n' || text === '') return { text };
  const number = Number(text);
  if (!Number.isFinite(number)) return { code: 'CELL_ERROR', reason: `${text.slice(0, 60)} is no number.` };
  if (workbook.isDate[style]) {
    const date = dateOf(number, workbook.from1904);
    return date === undefined ? { code: 'CELL_ERROR', reason: `${text.slice(0, 60)} is no date.` } : { text: date };
  }
  return { text: String(Number(number.toPrecision(15))) };
}

/** `BC12` → 54 */
function columnOf(reference: string): number {
  const [letters = ''] = /^[A-Z]{1,3}/.exec(reference) ?? [];
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

/** Days since 1899-12-30, or 1904-01-01. Undefined for the days before 1900-03-01, of which Excel counts one that never was. */
function dateOf(serial: number, from1904: boolean): string | undefined {
  const days = from1904 ? serial + 1_462 : serial;
  const isTimeOnly = days >= 0 && days < 1 && !from1904;
  if ((days < 61 && !isTimeOnly) || days > LAST_DAY) return undefined;
  const seconds = Math.round(days * 86_400);
  const [date = '', time = ''] = new Date((seconds - 25_569 * 86_400) * 1000).toISOString().slice(0, 19).split('T');
  if (isTimeOnly) return time;
  return time === '00:00:00' ? date : `${date}T${time}`;
}

/** 9999-12-31 */
const LAST_DAY = 2_958_466;
