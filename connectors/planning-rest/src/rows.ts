import { decimal } from '@takt/quantity';

/** What a row may say. */
export const ROW_FIELDS = [
  'sku',
  'location',
  'segment',
  'granularity',
  'start',
  'quantity',
  'unit',
  'status',
  'method',
  'mape',
  'bias',
] as const;
export type RowField = (typeof ROW_FIELDS)[number];
/** How the platform calls them, where it calls them otherwise than we do. */
export type Columns = Readonly<Partial<Record<RowField, string>>>;

export const REQUIRED_FIELDS: readonly RowField[] = ['sku', 'location', 'granularity', 'start', 'quantity', 'unit'];

type Data = Readonly<Record<string, unknown>>;

/** A series as the platform tells it, but for its buckets. */
export interface SeriesHead {
  readonly sku: string;
  readonly location: string;
  readonly segment?: string;
  readonly granularity: string;
  readonly unit: string;
  readonly status?: string;
  readonly method?: string;
  /** Shares of one. */
  readonly mape?: number;
  readonly bias?: number;
}

export interface Bucket {
  /** ISO date. */
  readonly start: string;
  /** Canonical decimal, not negative. */
  readonly quantity: string;
}

/** A row that cannot be used; the reason names the column. */
export class RowError extends Error {
  constructor(
    readonly code: 'MISSING' | 'NOT_A_TEXT' | 'NOT_A_NUMBER' | 'NOT_A_DATE' | 'NEGATIVE_QUANTITY',
    readonly reason: string,
  ) {
    super(reason);
    this.name = 'RowError';
  }
}

/** Name of a column in the platform's files. */
export function columnOf(field: RowField, columns: Columns): string {
  return columns[field] ?? (field === 'start' ? 'bucket_start' : field);
}

/** Throws {@link RowError}. */
export function readHead(data: Data, columns: Columns): SeriesHead {
  const optional = (field: RowField) => textOf(data, columnOf(field, columns));
  const [segment, status, method] = [optional('segment'), optional('status'), optional('method')];
  const [mape, bias] = [numberOf(data, columnOf('mape', columns)), numberOf(data, columnOf('bias', columns))];
  return {
    sku: required(data, columnOf('sku', columns)),
    location: required(data, columnOf('location', columns)),
    ...(segment !== undefined && { segment }),
    granularity: required(data, columnOf('granularity', columns)),
    unit: required(data, columnOf('unit', columns)),
    ...(status !== undefined && { status }),
    ...(method !== undefined && { method }),
    ...(mape !== undefined && { mape }),
    ...(bias !== undefined && { bias }),
  };
}

/** Throws {@link RowError}. */
export function readBucket(data: Data, columns: Columns): Bucket {
  const column = columnOf('start', columns);
  const start = required(data, column);
  if (!isDate(start)) throw new RowError('NOT_A_DATE', `${column}: ${shown(start)} is no date such as 2026-11-23.`);
  const quantityColumn = columnOf('quantity', columns);
  const quantity = exact(required(data, quantityColumn), quantityColumn);
  if (quantity.startsWith('-')) throw new RowError('NEGATIVE_QUANTITY', `${quantityColumn}: ${quantity}`);
  return { start, quantity };
}

function required(data: Data, column: string): string {
  const text = textOf(data, column);
  if (text === undefined) throw new RowError('MISSING', `${column}: there is none.`);
  return text;
}

function textOf(data: Data, column: string): string | undefined {
  const value = Object.hasOwn(data, column) ? data[column] : undefined;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new RowError('NOT_A_TEXT', `${column}: it is neither text nor number.`);
  }
  const text = String(value).trim();
  return text === '' ? undefined : text;
}

function numberOf(data: Data, column: string): number | undefined {
  const text = textOf(data, column);
  return text === undefined ? undefined : Number(exact(text, column));
}

function exact(text: string, column: string): string {
  try {
    return decimal(text);
  } catch {
    throw new RowError('NOT_A_NUMBER', `${column}: ${shown(text)} is no decimal such as 1200.5.`);
  }
}

function isDate(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return at !== undefined && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

function shown(text: string): string {
  return JSON.stringify(text.length <= 40 ? text : `${text.slice(0, 40)}…`);
}
