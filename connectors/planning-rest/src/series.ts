import { DocumentRejectedError } from '@takt/backing-system';
import type { Row } from '@takt/document-formats';
import type { SourceRecord } from '@takt/mapping';
import { readBucket, readHead, RowError, type Bucket, type Columns, type SeriesHead } from './rows.ts';

export interface SeriesOptions {
  readonly columns: Columns;
  /** What a record tells of its document. */
  readonly cycle: string;
  readonly publishedAt: string;
  /** Whether a series that says nothing of it has all its buckets. */
  readonly complete: boolean;
}

/**
 * Records of type `series`: the rows that follow each other and are of one sku, location, segment and granularity; a row
 * that has `buckets` is a series by itself. One series is in memory at a time, and the names of those that were.
 *
 * `complete`: buckets that it does not name are no more. It is not said where a bucket may be missing: of a series beside
 * or with a row that cannot be read, and of one that goes on, after {@link MOST_BUCKETS} or because its rows do not follow
 * each other: its first record says what is no more, the others add to it.
 */
export async function* seriesOf(rows: AsyncIterable<Row>, options: SeriesOptions): AsyncGenerator<SourceRecord> {
  const told = new Set<string>();
  let open: Series | undefined;
  let isDoubtful = false;
  const record = function* (): Generator<SourceRecord> {
    if (open && open.buckets.size > 0) yield open.record(options);
  };
  for await (const row of rows) {
    if ('fault' in row) {
      open?.doubt();
      isDoubtful = true;
      yield { place: row.place, fault: row.fault };
      continue;
    }
    try {
      const head = readHead(row.data, options.columns);
      const key = JSON.stringify([head.sku, head.location, head.segment ?? null, head.granularity]);
      if (!open || open.key !== key || open.buckets.size + bucketsIn(row) > MOST_BUCKETS) {
        yield* record();
        const isFirst = !told.has(key);
        if (isFirst && told.size >= MOST_SERIES) throw tooMany(row.place);
        told.add(key);
        const complete = isCompleteIn(row.data) ?? options.complete;
        open = new Series(key, head, row.place, complete && isFirst && !isDoubtful);
      }
      isDoubtful = false;
      yield* addTo(open, head, row, options.columns);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      open?.doubt();
      isDoubtful = true;
      yield faultOf(row.place, error);
    }
  }
  yield* record();
}

/** Values of one row, or of the `buckets` within it. */
function* addTo(series: Series, head: SeriesHead, row: DataRow, columns: Columns): Generator<SourceRecord> {
  if (!series.isLike(head)) {
    series.doubt();
    yield {
      place: row.place,
      fault: { code: 'MIXED_SERIES', reason: 'Its unit or status is not that of its series.' },
    };
    return;
  }
  const { buckets } = row.data;
  const items: readonly unknown[] = Array.isArray(buckets) ? buckets : [row.data];
  if (items.length > MOST_BUCKETS) {
    series.doubt();
    yield { place: row.place, fault: { code: 'TOO_LARGE', reason: `More than ${MOST_BUCKETS} buckets.` } };
    return;
  }
  for (const [index, item] of items.entries()) {
    const place = Array.isArray(buckets) ? `${row.place}, bucket ${index + 1}` : row.place;
    try {
      if (typeof item !== 'object' || item === null) throw new RowError('NOT_A_TEXT', 'It is no bucket.');
      const { start, quantity } = readBucket(item as DataRow['data'], columns);
      const before = series.buckets.get(start);
      series.buckets.set(start, before ?? quantity);
      if (before === undefined || before === quantity) continue;
      const reason = `${start} has ${before} already, and now ${quantity}.`;
      yield { place, fault: { code: 'DUPLICATE_BUCKET', reason } };
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      series.doubt();
      yield faultOf(place, error);
    }
  }
}

class Series {
  readonly key: string;
  readonly buckets = new Map<Bucket['start'], Bucket['quantity']>();
  readonly #head: SeriesHead;
  readonly #place: string;
  #complete: boolean;

  constructor(key: string, head: SeriesHead, place: string, complete: boolean) {
    this.key = key;
    this.#head = head;
    this.#place = place;
    this.#complete = complete;
  }

  /** One of its buckets may be missing. */
  doubt(): void {
    this.#complete = false;
  }

  isLike({ unit, status }: SeriesHead): boolean {
    return unit === this.#head.unit && status === this.#head.status;
  }

  record({ cycle, publishedAt }: SeriesOptions): SourceRecord {
    const buckets = [...this.buckets].map(([start, quantity]): Bucket => ({ start, quantity }));
    const data = { ...this.#head, cycle, publishedAt, complete: this.#complete, buckets };
    return { place: this.#place, type: 'series', data };
  }
}

type DataRow = Extract<Row, { data: unknown }>;

function bucketsIn({ data: { buckets } }: DataRow): number {
  return Array.isArray(buckets) ? buckets.length : 1;
}

function isCompleteIn({ complete }: DataRow['data']): boolean | undefined {
  return typeof complete === 'boolean' ? complete : undefined;
}

function faultOf(place: string, { code, reason }: RowError): SourceRecord {
  return { place, fault: { code, reason } };
}

function tooMany(place: string): DocumentRejectedError {
  return new DocumentRejectedError('TOO_LARGE', `${place}: more than ${MOST_SERIES} series.`);
}

/** In one record. */
const MOST_BUCKETS = 1_000;
/** In one document. */
const MOST_SERIES = 250_000;
