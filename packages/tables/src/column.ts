/** What a column holds; null may be in all of them. */
export type ColumnType =
  | 'STRING'
  /** Of 32 bits. */
  | 'INT'
  | 'FLOAT'
  | 'BOOLEAN'
  /** `YYYY-MM-DD` */
  | 'DATE'
  /** RFC 3339, to the millisecond. */
  | 'TIMESTAMP'
  /** Anything, as JSON. */
  | 'JSON';

/** One column of a table whose rows are JSON objects, which may be nested. */
export interface Column {
  /** Unique in its table, e.g. `quantity.value`. */
  readonly name: string;
  readonly type: ColumnType;
  /** Where it is in a row, e.g. `['quantity', 'value']`. */
  readonly path: readonly string[];
}

export type Row = Readonly<Record<string, unknown>>;

/** The value of a column in a row; null where it, or what it is part of, is not. */
export function cellOf(row: Row, { path }: Column): unknown {
  let value: unknown = row;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Record<string, unknown>)[name];
  }
  return value ?? null;
}
