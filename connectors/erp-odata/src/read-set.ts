import { createHash } from 'node:crypto';
import type { HttpRequest } from '@takt/backing-system-http';
import { ask, RequestRefusedError, type Asking } from './asking.ts';
import { NonsenseError, readPage, type Page } from './page.ts';
import { keepProgress, readProgress, type Cursor, type Progress, type Run } from './progress.ts';
import { queryOf, rowKey } from './query.ts';
import { headerOf, type Reply } from './session.ts';
import { DEFAULT_PAGE_SIZE, milliseconds, type EntitySet, type Version } from './settings.ts';

/**
 * Reads one entity set from where it was left: the run under way, or a new one of all that changed since the last run
 * began. Pages are accepted one after the other, under `set/run/page/content`: after a crash a run goes on at its page, and
 * a page that has meanwhile changed is another document.
 */
export async function readSet(reading: Reading): Promise<void> {
  const { asking, set } = reading;
  const { checkpoints, clock } = asking.context;
  const progress = await readProgress(checkpoints, set);
  if (!progress.run && !isDue(set, progress, clock())) return;
  try {
    await readRun(
      reading,
      progress,
      progress.run ?? { number: progress.runs + 1, page: 0, cursor: start(set, progress) },
    );
  } catch (error) {
    if (!(error instanceof RequestRefusedError)) throw error;
    const { runs, settings, readUntil, run } = await readProgress(checkpoints, set);
    if (run?.cursor.at === 'start') throw error;
    // It does not know any more where it was: a new run needs no link.
    const fresh = { settings, runs, ...(error.status !== 410 && readUntil !== undefined && { readUntil }) };
    await readRun(reading, fresh, { number: runs + 1, page: 0, cursor: { at: 'start' } });
  }
}

/** Whether there is a run that must go on, whatever the schedule says. */
export async function isUnfinished(asking: Asking, set: EntitySet): Promise<boolean> {
  return (await readProgress(asking.context.checkpoints, set)).run !== undefined;
}

async function readRun(reading: Reading, before: Progress, begun: Run): Promise<void> {
  const { asking, set, signal } = reading;
  const { checkpoints, clock } = asking.context;
  const progress: Progress = { ...before, runs: begun.number };
  for (let run: Run | undefined = begun, pages = 0; run; pages += 1) {
    if (pages >= MAX_PAGES) throw new NonsenseError(`A run of ${set.name} has no end after ${MAX_PAGES} pages.`);
    await keepProgress(checkpoints, set, { ...progress, run });
    const { path, page, reply, asOf } = await readOne(reading, progress, run);
    const startedAt: string = run.startedAt ?? asOf;
    const etag = run.page === 0 ? headerOf(reply, 'etag') : undefined;
    const current: Run = { ...run, startedAt, ...(etag !== undefined && { etag }) };
    const joined: number | 'MOVED' = (run.moved ?? 0) < MOST_MOVED ? join(set, current.cursor, page) : 0;
    if (joined !== 'MOVED') await accept(reading, { run: current, path, page, reply, asOf, overlap: joined });
    const next: Cursor | undefined =
      joined === 'MOVED' ? stepBack(set, current.cursor) : nextCursor(set, current.cursor, page);
    signal.throwIfAborted();
    if (next) {
      const moved: number = (run.moved ?? 0) + (joined === 'MOVED' ? 1 : 0);
      run = { number: current.number, page: current.page + 1, cursor: next, startedAt, moved };
      continue;
    }
    const { deltaLink } = page;
    const isWhole = current.page === 0 && set.changedOn === undefined;
    const keptEtag = reply.status === 304 ? progress.etag : isWhole ? current.etag : undefined;
    await keepProgress(checkpoints, set, {
      settings: progress.settings,
      runs: current.number,
      readUntil: startedAt,
      ...(deltaLink !== undefined && { deltaLink }),
      ...(keptEtag !== undefined && { etag: keptEtag }),
      finishedAt: clock().toISOString(),
    });
    run = undefined;
  }
}

async function readOne(reading: Reading, progress: Progress, run: Run): Promise<Read> {
  const { asking, set, version, signal } = reading;
  const { clock } = asking.context;
  const { cursor } = run;
  const path = cursor.at === 'link' ? cursor.link : queryOf(set, version, cursor, progress.readUntil);
  const { endpoint } = asking.session;
  const isFirst = cursor.at === 'start' && set.changedOn === undefined;
  const prefer = [
    ...(set.trackChanges && cursor.at === 'start' ? ['odata.track-changes'] : []),
    ...(set.paging === 'server' ? [`odata.maxpagesize=${set.pageSize ?? DEFAULT_PAGE_SIZE}`] : []),
  ].join(',');
  const headers = {
    ...(prefer !== '' && { prefer }),
    ...(isFirst && progress.etag !== undefined && { 'if-none-match': progress.etag }),
  };
  const request: HttpRequest = { method: 'GET', path, headers };
  const asked = clock();
  return ask(
    asking,
    request,
    (reply) => {
      const page = reply.status === 304 ? { entries: [] } : readPage(reply.text);
      if (page.entries.length > MAX_ENTRIES) throw new NonsenseError(`A page has more than ${MAX_ENTRIES} entries.`);
      const base = absolute(endpoint, path);
      const next = page.next === undefined ? undefined : sameOrigin(endpoint, page.next, base);
      const deltaLink = page.deltaLink === undefined ? undefined : sameOrigin(endpoint, page.deltaLink, base);
      if (next !== undefined && next === base) throw new NonsenseError('A page says that it comes after itself.');
      return { path, reply, page: { ...page, next, deltaLink }, asOf: earlier(asked, headerOf(reply, 'date')) };
    },
    signal,
  );
}

async function accept(
  { asking, set, timeZone, signal }: Reading,
  { run, path, page, reply, asOf, overlap }: Accepting,
): Promise<void> {
  if (page.entries.length <= overlap) return;
  const content = createHash('sha256').update(reply.text).digest('base64url').slice(0, 12);
  await asking.context.accept(
    {
      key: `${set.name}/${run.number}/${run.page}/${content}`,
      mediaType: 'application/json',
      body: Buffer.from(reply.text),
      name: path.slice(0, MAX_NAME),
      time: asOf,
      attributes: { entitySet: set.name, timeZone, ...(overlap > 0 && { overlap: String(overlap) }) },
    },
    { signal },
  );
}

/**
 * How many rows at its beginning need no second look. Rows that came in before it have moved the known one further down,
 * and are read; if it is not there, rows before it are gone, and others may have slipped between both pages: MOVED.
 */
function join(set: EntitySet, cursor: Cursor, page: Page): number | 'MOVED' {
  if (cursor.at !== 'row' || cursor.last === undefined) return 0;
  const at = page.entries.findIndex((row) => rowKey(set, row) === cursor.last);
  if (at < 0) return 'MOVED';
  return at === 0 ? 1 : 0;
}

/** Further back by a page: as many rows may have gone between two requests. */
function stepBack(set: EntitySet, cursor: Cursor): Cursor {
  const skip = cursor.at === 'row' ? cursor.skip - (set.pageSize ?? DEFAULT_PAGE_SIZE) : 0;
  return { at: 'row', skip: Math.max(0, skip) };
}

/** Each page begins with the last row of the one before, which shows whether rows have moved in between. */
function nextCursor(set: EntitySet, cursor: Cursor, page: Page): Cursor | undefined {
  if (page.next !== undefined) return { at: 'link', link: page.next };
  if (set.paging === 'server' || cursor.at === 'link' || page.deltaLink !== undefined) return undefined;
  const { entries, count } = page;
  const skip = cursor.at === 'row' ? cursor.skip : 0;
  // Some tell a row twice.
  const rows = new Set(entries.map((row, index) => rowKey(set, row) ?? index)).size;
  const isLast = count === undefined ? rows < (set.pageSize ?? DEFAULT_PAGE_SIZE) : skip + rows >= count;
  if (isLast || rows < 2) return undefined;
  const last = rowKey(set, entries.at(-1));
  if (last === undefined) throw new NonsenseError(`Entries of ${set.name} lack one of ${set.key.join(', ')}.`);
  return { at: 'row', skip: skip + rows - 1, last };
}

function start({ trackChanges }: EntitySet, { deltaLink }: Progress): Cursor {
  return trackChanges && deltaLink !== undefined ? { at: 'link', link: deltaLink } : { at: 'start' };
}

function isDue({ every }: EntitySet, { finishedAt }: Progress, now: Date): boolean {
  return (
    every === undefined || finishedAt === undefined || now.getTime() >= Date.parse(finishedAt) + milliseconds(every)
  );
}

function absolute(endpoint: URL, path: string): string {
  if (/^https?:/.test(path)) return path;
  return new URL(path.replace(/^\/+/, ''), endpoint.href.replace(/\/?(\?.*)?$/, '/')).href;
}

/** A link goes to the same origin or nowhere: credentials go with it. */
function sameOrigin(endpoint: URL, link: string, base: string): string {
  const url = URL.canParse(link, base) ? new URL(link, base) : undefined;
  if (url?.origin === endpoint.origin && link.length <= MAX_LINK) return url.href;
  throw new NonsenseError(`It points to another place, ${url?.origin ?? link.slice(0, 100)}.`);
}

/** Of the system's clock and ours: what is read again does no harm, what is not read does. */
function earlier(ours: Date, date: string | undefined): string {
  const theirs = Date.parse(date ?? '');
  return new Date(Number.isNaN(theirs) ? ours.getTime() : Math.min(ours.getTime(), theirs)).toISOString();
}

const MAX_PAGES = 100_000;
/** A system whose rows move more often keeps no order, and is read as it comes. */
const MOST_MOVED = 20;
const MAX_ENTRIES = 100_000;
const MAX_NAME = 400;
const MAX_LINK = 8_000;

export interface Reading {
  readonly asking: Asking;
  readonly set: EntitySet;
  readonly version: Version;
  readonly timeZone: string;
  readonly signal: AbortSignal;
}

interface Read {
  readonly path: string;
  readonly page: Page;
  readonly reply: Reply;
  readonly asOf: string;
}

interface Accepting extends Read {
  readonly run: Run;
  readonly overlap: number;
}
