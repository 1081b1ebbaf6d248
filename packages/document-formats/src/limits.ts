import { FormatError } from './row.ts';

/** What one document may have, whatever its format: beyond it is refused, before it is kept in memory. */
export const LIMITS = {
  /** Characters of one cell, text or attribute. */
  field: 65_536,
  /** Characters of one row or record. */
  row: 1_048_576,
  /** Columns of a table, attributes of an element. */
  columns: 1_000,
  /** Objects, arrays or elements within each other. */
  depth: 64,
  /** Characters of a document that is one record. */
  document: 16_777_216,
} as const;

/** A name of a field that no object may have of its own: it is no data for whoever copies the object. */
export const FORBIDDEN_NAME = '__proto__';

export function tooLarge(place: string, what: string, limit: number): FormatError {
  return new FormatError('TOO_LARGE', `${place}: ${what} has more than ${limit.toLocaleString('en')} characters.`);
}
