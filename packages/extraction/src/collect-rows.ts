/**
 * How far an extraction is. Pass 0 reads the connection page by page; each pass after that reads again what has events
 * between the position before the last pass and the one before itself.
 */
export interface Place {
  readonly pass: number;
  /** Cursor of the log, taken before this pass began. */
  readonly base: string;
  /** Where the pass is: in pass 0 the cursor of the connection, null at its beginning; later a cursor of the log. */
  readonly at: string | null;
}

/** What rows are read from. */
export interface RowSource {
  /** Cursor of the log behind everything that has happened so far. */
  head(): Promise<string>;
  /** Ids with events behind `after`, up to `cursor`, which is `until` once there are no more. */
  changes(after: string, until: string): Promise<{ readonly ids: readonly string[]; readonly cursor: string }>;
  /** The page of the connection behind a cursor; `next` is null behind the last one. */
  page(after: string | null): Promise<{ readonly rows: readonly ReadRow[]; readonly next: string | null }>;
  /** Those of these ids that the connection has now. */
  select(ids: readonly string[]): Promise<readonly ReadRow[]>;
}

export interface ReadRow {
  readonly id: string;
  readonly node: Readonly<Record<string, unknown>>;
}

/** What was read of a row: undefined if the connection does not have it. */
export interface RowReading {
  readonly id: string;
  readonly node: ReadRow['node'] | undefined;
}

/** Takes readings; a later one of a row takes the place of those before. */
export interface RowTaker {
  take(pass: number, readings: readonly RowReading[]): Promise<void>;
  /** Whether a row was read in a pass. */
  wasReadIn(pass: number, id: string): boolean;
  /** All that was taken is to be kept together with this place, from which to go on. */
  reached(place: Place): Promise<void>;
}

export class ChangesTooFast extends Error {
  constructor() {
    super(`The same rows changed again in each of ${MAX_PASSES} passes over them.`);
    this.name = 'ChangesTooFast';
  }
}

/** Where to begin with everything. */
export async function placeOfAll(source: Pick<RowSource, 'head'>): Promise<Place> {
  return { pass: 0, base: await source.head(), at: null };
}

/** Where to begin with what changed behind a position. */
export async function placeOfChanges(source: Pick<RowSource, 'head'>, since: string): Promise<Place> {
  return { pass: 1, base: await source.head(), at: since };
}

/**
 * Reads until all rows are as they were at one position of the log, and answers that. Rows that change meanwhile are read
 * again, in passes that become shorter: the last one is that in which no row changed that it has read. What a row was
 * read as in pass `k` holds all events up to `base` of `k`, for they had happened; and no later one, for there is none of
 * it up to a head that was asked for after the pass. Throws {@link ChangesTooFast}.
 */
export async function collectRows(source: RowSource, taker: RowTaker, begin: Place): Promise<string> {
  let place = begin;
  while (place.pass === 0) {
    const { rows, next } = await source.page(place.at);
    await taker.take(0, rows);
    place = next === null ? { pass: 1, base: await source.head(), at: place.base } : { ...place, at: next };
    await taker.reached(place);
  }
  for (;;) {
    while (place.at !== null && place.at !== place.base) {
      const { ids, cursor } = await source.changes(place.at, place.base);
      for (let from = 0; from < ids.length; from += SELECTED_AT_ONCE) {
        const asked = ids.slice(from, from + SELECTED_AT_ONCE);
        const found = new Map((await source.select(asked)).map(({ id, node }) => [id, node]));
        await taker.take(
          place.pass,
          asked.map((id) => ({ id, node: found.get(id) })),
        );
      }
      place = { ...place, at: cursor };
      await taker.reached(place);
    }
    const head = await source.head();
    if (!(await someChanged(source, place, head, (id) => taker.wasReadIn(place.pass, id)))) return place.base;
    if (place.pass >= MAX_PASSES) throw new ChangesTooFast();
    place = { pass: place.pass + 1, base: head, at: place.base };
    await taker.reached(place);
  }
}

async function someChanged(
  source: RowSource,
  { base }: Place,
  head: string,
  wasRead: (id: string) => boolean,
): Promise<boolean> {
  for (let at = base; at !== head;) {
    const { ids, cursor } = await source.changes(at, head);
    if (ids.some(wasRead)) return true;
    at = cursor;
  }
  return false;
}

/** Ids of one question. */
const SELECTED_AT_ONCE = 200;
const MAX_PASSES = 100;
