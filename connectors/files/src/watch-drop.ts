import { createHash } from 'node:crypto';
import {
  DocumentTooLargeError,
  type DocumentEnd,
  type NewDocument,
  type Receipt,
  type ReceiverContext,
} from '@takt/backing-system';
import { pause } from '@takt/resilience';
import { DropFileError, type DropEntry, type DropPlace } from './drop-place.ts';
import { isIgnored, keptNames, markerOf, unsafeName } from './names.ts';
import { refused, reportOn } from './report.ts';
import { Stillness } from './stillness.ts';

export interface Drop {
  /** For one run of the watching, which closes it. */
  readonly open: () => DropPlace;
  readonly matches: (name: string) => boolean;
  readonly stillForMs: number;
}

export interface DropOptions {
  /** What the documents made of a file say besides its name and what is in it. */
  readonly document: (name: string) => Pick<NewDocument, 'mediaType' | 'attributes' | 'documentNumbers'>;
  /** Before the file is moved, e.g. to answer it. After a crash it may be called again: it must come to the same. */
  readonly onEnd?: (file: EndedFile, place: DropPlace, signal: AbortSignal) => Promise<void>;
}

export interface EndedFile {
  readonly name: string;
  readonly key: string;
  readonly receipt: Receipt;
  readonly end: DocumentEnd;
}

/**
 * Takes in the files of a place until the signal aborts, the longest unchanged first. Each file:
 *
 * lies there → has been still → its content is hashed → accepted → ended → report is written → moved to `done/` (APPLIED,
 * DUPLICATE) or `failed/` (all else).
 *
 * The move comes last, and never replaces a file. After a crash at any point the file still lies there, has the same key,
 * and the rest is done again. The key is name, time of change and content: a file of the same name with other content, or
 * written anew, is another document; so is the same content under another name, of which the records' own keys tell that
 * they are known. Rejects when the place cannot be reached.
 */
export async function watchDrop(
  drop: Drop,
  options: DropOptions,
  context: ReceiverContext,
  signal: AbortSignal,
): Promise<void> {
  const stopped = new AbortController();
  const all = AbortSignal.any([signal, stopped.signal]);
  const place = drop.open();
  const underWay = new Map<string, Promise<void>>();
  try {
    const watching = new Watching(drop, options, context, place, underWay, all);
    let isDue = false;
    let due = Promise.resolve();
    const ask = () => {
      isDue = false;
      due = context.due(all).then(() => void (isDue = true));
      due.catch(() => undefined);
    };
    ask();
    await due;
    for (;;) {
      if (isDue) ask();
      const nextLookMs = await watching.scan();
      const turn = new AbortController();
      const either = AbortSignal.any([all, turn.signal]);
      const waits = [due, place.changed(either), ...(nextLookMs === undefined ? [] : [pause(nextLookMs, either)])];
      try {
        await Promise.race(waits);
      } finally {
        turn.abort();
        await Promise.allSettled(waits.slice(1));
      }
    }
  } finally {
    stopped.abort(signal.reason ?? new Error('The watching has ended.'));
    await Promise.allSettled(underWay.values());
    await place.close();
  }
}

/** Files that were accepted and not moved yet: beyond it nothing more is accepted. */
const MAX_UNDER_WAY = 50;

class Watching {
  readonly #stillness: Stillness;

  constructor(
    readonly drop: Drop,
    readonly options: DropOptions,
    readonly context: ReceiverContext,
    readonly place: DropPlace,
    readonly underWay: Map<string, Promise<void>>,
    readonly signal: AbortSignal,
  ) {
    this.#stillness = new Stillness(drop.stillForMs);
  }

  /** Takes what can be taken. Answers in how many milliseconds something may have become still. */
  async scan(): Promise<number | undefined> {
    const { context, place, signal } = this;
    await context.turn(signal);
    const startedAt = performance.now();
    let entries: readonly DropEntry[];
    try {
      entries = await place.list(signal);
    } catch (error) {
      signal.throwIfAborted();
      const reason = `The folder cannot be read: ${messageOf(error)}`;
      context.observe({ kind: 'FAILED', reason });
      throw new Error(reason, { cause: error });
    }
    context.observe({ kind: 'ANSWERED', tookMs: performance.now() - startedAt });
    const names = new Set(entries.map(({ name }) => name));
    const wanted = entries
      .filter(({ name, kind }) => kind !== 'FOLDER' && !isIgnored(name) && this.drop.matches(name))
      .sort((one, other) => one.modifiedMs - other.modifiedMs || (one.name < other.name ? -1 : 1));
    const now = context.clock().getTime();
    this.#stillness.forgetAllBut(names);
    for (const entry of wanted) {
      if (this.underWay.has(entry.name)) continue;
      if (this.underWay.size >= MAX_UNDER_WAY) return this.drop.stillForMs;
      const isStill = names.has(markerOf(entry.name)) || this.#stillness.isStill(entry, now);
      if (entry.kind !== 'FILE' || isStill) await this.#take(entry);
    }
    return this.#stillness.untilNext(now);
  }

  async #take(entry: DropEntry): Promise<void> {
    const { context, place, signal, underWay } = this;
    const { name } = entry;
    const unsafe = unsafeName(name);
    if (unsafe !== undefined) {
      context.observe({ kind: 'FAILED', reason: `${JSON.stringify(name.slice(0, 200))} is not read: ${unsafe}` });
      return;
    }
    try {
      const sha256 = await hashOf(place.read(name, signal));
      const key = keyOf(entry, sha256);
      const body = unchanged(place.read(name, signal), sha256);
      const document = { ...this.options.document(name), key, body, name };
      const receipt = await context.accept(document, { signal });
      const settling = this.#settle(entry, key, receipt).finally(() => underWay.delete(name));
      underWay.set(name, settling);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ChangedError || (error instanceof DropFileError && error.code === 'GONE')) {
        this.#stillness.forget(name);
      } else if (error instanceof DocumentTooLargeError) {
        await this.#finish(entry, refused('TOO_LARGE', error.message), undefined);
      } else if (error instanceof DropFileError) {
        await this.#finish(entry, refused(error.code, error.reason), undefined);
      } else throw error;
    }
  }

  async #settle(entry: DropEntry, key: string, receipt: Receipt): Promise<void> {
    const { name } = entry;
    try {
      const end = await receipt.ended(this.signal);
      await this.options.onEnd?.({ name, key, receipt, end }, this.place, this.signal);
      await this.#finish(entry, end, receipt.id);
    } catch (error) {
      // It still lies there: the next look does again what is not done.
      if (!this.signal.aborted) {
        this.context.observe({ kind: 'FAILED', reason: `${name} was taken and cannot be moved: ${messageOf(error)}` });
      }
    }
  }

  async #finish({ name, modifiedMs }: DropEntry, end: DocumentEnd, id: string | undefined): Promise<void> {
    const { place, signal, context } = this;
    const folder = end.status === 'APPLIED' || end.status === 'DUPLICATE' ? 'done' : 'failed';
    const report = `${JSON.stringify(reportOn(name, end, id, context.clock()), null, 2)}\n`;
    for (const kept of keptNames(name, modifiedMs)) {
      const path = `${folder}/${kept}`;
      if (!(await place.exists(path, signal))) await place.put(`${path}.report.json`, report, signal);
      if (!(await place.move(name, path, signal))) continue;
      this.#stillness.forget(name);
      await place.remove(markerOf(name), signal);
      return;
    }
    throw new Error(`${folder}/ has no name left for it.`);
  }
}

async function hashOf(body: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of body) hash.update(chunk);
  return hash.digest('hex');
}

/** Short enough to be part of the ids of the messages that come of it. */
function keyOf({ name, modifiedMs }: DropEntry, sha256: string): string {
  const digest = createHash('sha256').update(`${name}\n${sha256}`).digest('hex');
  return `${Array.from(name).slice(0, 80).join('')} ${new Date(modifiedMs).toISOString()} ${digest.slice(0, 32)}`;
}

class ChangedError extends Error {
  override readonly name = 'ChangedError';
}

/** What its key says is in it, or nothing at all of it is kept. */
async function* unchanged(body: AsyncIterable<Buffer>, sha256: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== sha256) throw new ChangedError('The file changed while it was read.');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
