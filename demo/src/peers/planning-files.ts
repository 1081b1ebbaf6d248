import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** A series as the planning platform keeps it. */
export interface PlanningSeries {
  readonly sku: string;
  readonly location: string;
  readonly segment?: string;
  readonly granularity: 'DAY' | 'WEEK' | 'MONTH';
  readonly unit: string;
  readonly status?: 'DRAFT' | 'PUBLISHED';
  readonly method?: string;
  /** Shares of one. */
  readonly mape?: number;
  readonly bias?: number;
  readonly buckets: readonly { readonly start: string; readonly quantity: string }[];
}

export type CycleFormat = 'csv' | 'json';

/** A cycle of one refresh class as it lies there to be fetched. */
export interface CycleFile {
  readonly plain: Buffer;
  readonly gzip: Buffer;
  readonly sha256: string;
  /** Of the content; each coding has its own, as HTTP has it. */
  readonly tag: string;
}

/** One row a bucket, rows of a series together. */
export function renderCycle(series: readonly PlanningSeries[], format: CycleFormat): CycleFile {
  const plain = Buffer.from(format === 'csv' ? toCsv(series) : toJson(series));
  const sha256 = createHash('sha256').update(plain).digest('hex');
  return { plain, gzip: gzipSync(plain, { level: 1 }), sha256, tag: sha256.slice(0, 16) };
}

function toCsv(series: readonly PlanningSeries[]): string {
  const lines = [HEAD.join(',')];
  for (const { buckets, ...head } of series) {
    const {
      sku,
      location,
      segment = '',
      granularity,
      unit,
      status = 'PUBLISHED',
      method = '',
      mape = '',
      bias = '',
    } = head;
    const before = [sku, location, segment, granularity].map(cell).join(',');
    const after = [unit, status, method, String(mape), String(bias)].map(cell).join(',');
    for (const { start, quantity } of buckets) lines.push(`${before},${start},${quantity},${after}`);
  }
  return `${lines.join('\n')}\n`;
}

const HEAD = [
  'sku',
  'location',
  'segment',
  'granularity',
  'bucket_start',
  'quantity',
  'unit',
  'status',
  'method',
  'mape',
  'bias',
];

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function toJson(series: readonly PlanningSeries[]): string {
  return `[${series.map((each) => JSON.stringify(wireSeries(each))).join(',\n')}]\n`;
}

export function wireSeries({ buckets, ...head }: PlanningSeries): object {
  return { ...head, buckets: buckets.map(({ start, quantity }) => ({ bucket_start: start, quantity })) };
}
