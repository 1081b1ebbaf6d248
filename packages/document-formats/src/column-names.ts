import { FORBIDDEN_NAME, LIMITS } from './limits.ts';
import { FormatError } from './row.ts';

/** Names of a table's columns; `column 3` for one without. Throws FormatError for too many, and for one that comes twice. */
export function checkedNames(cells: readonly string[], place: string): readonly string[] {
  const names = cells.map((cell, index) => cell.trim() || `column ${index + 1}`);
  const problem =
    names.length > LIMITS.columns
      ? `more than ${LIMITS.columns} columns`
      : names.includes(FORBIDDEN_NAME)
        ? `no column may be called ${FORBIDDEN_NAME}`
        : names.find((name, index) => names.indexOf(name) !== index);
  if (problem === undefined) return names;
  const isTwice = names.includes(problem);
  throw new FormatError(
    'MALFORMED',
    `${place}: ${isTwice ? `two columns are called ${problem.slice(0, 100)}` : problem}.`,
  );
}
