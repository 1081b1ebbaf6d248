import { DocumentRejectedError, type RawDocument, type Receiver, type ReceiverContext } from '@takt/backing-system';
import type { SourceRecord } from '@takt/mapping';
import type { Asking } from './asking.ts';
import { normalise, type Rules } from './normalise.ts';
import { NonsenseError, readPage, readRemoved } from './page.ts';
import { isUnfinished, readSet } from './read-set.ts';
import type { Session } from './session.ts';
import type { EntitySet, Settings } from './settings.ts';

/** Reads the entity sets of one system, in their order and at most `concurrency` at once, each time it is due. */
export class ODataReceiver implements Receiver {
  readonly #settings: Settings;
  readonly #sets: readonly EntitySet[];
  readonly #open: () => Session;
  readonly #maxBytes: number;

  constructor(settings: Settings, sets: readonly EntitySet[], open: () => Session, maxBytes: number) {
    this.#settings = settings;
    this.#sets = sets;
    this.#open = open;
    this.#maxBytes = maxBytes;
  }

  async run(context: ReceiverContext, signal: AbortSignal): Promise<void> {
    const session = this.#open();
    try {
      const asking = { session, context, timeoutMs: this.#settings.timeoutMs ?? DEFAULT_TIMEOUT_MS };
      const unfinished = await Promise.all(this.#sets.map((set) => isUnfinished(asking, set)));
      await this.#readAll(
        asking,
        this.#sets.filter((_, index) => unfinished[index]),
        signal,
      );
      for (;;) {
        await context.due(signal);
        await this.#readAll(asking, this.#sets, signal);
      }
    } finally {
      await session.close();
    }
  }

  async *parse(document: RawDocument): AsyncIterable<SourceRecord> {
    const { entitySet = '', overlap = '0' } = document.attributes ?? {};
    const set = this.#sets.find(({ name }) => name === entitySet);
    if (!set)
      throw new DocumentRejectedError('UNKNOWN_ENTITY_SET', `${entitySet} is none of the instance’s entity sets.`);
    const { entries } = await readDocument(document, this.#maxBytes);
    const rules: Rules = { flags: new Set(set.flags), alpha: new Set(set.alpha) };
    for (const [index, entry] of entries.entries()) {
      if (index >= Number(overlap)) yield readEntry(entry, `entry ${index + 1}`, set, rules);
    }
  }

  /** All of them are tried; rejects with what went wrong with the first that failed. */
  async #readAll(asking: Asking, sets: readonly EntitySet[], signal: AbortSignal): Promise<void> {
    const { version, concurrency = 1, timeZone = 'UTC' } = this.#settings;
    const failures: Error[] = [];
    const waiting = sets.values();
    const work = async () => {
      for (const set of waiting) {
        try {
          await readSet({ asking, set, version, timeZone, signal });
        } catch (error) {
          signal.throwIfAborted();
          failures.push(new Error(`${set.name}: ${(error as Error).message}`, { cause: error }));
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    const [first] = failures;
    if (first) throw first;
  }
}

async function readDocument(document: RawDocument, limit: number): Promise<ReturnType<typeof readPage>> {
  if (document.bytes > limit) throw new DocumentRejectedError('TOO_LARGE', `A page has at most ${limit} bytes.`);
  const chunks: Buffer[] = [];
  for await (const chunk of document.body()) chunks.push(chunk);
  try {
    return readPage(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    if (error instanceof NonsenseError) throw new DocumentRejectedError('NO_ODATA', error.reason);
    throw error;
  }
}

function readEntry(entry: unknown, place: string, set: EntitySet, rules: Rules): SourceRecord {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return { place, fault: { code: 'BAD_ENTRY', reason: 'It is no entity.' } };
  }
  const removed = readRemoved(entry as Readonly<Record<string, unknown>>);
  try {
    const data = normalise(removed ?? entry, rules) as Readonly<Record<string, unknown>>;
    const number = data[set.key[0] ?? ''];
    const documentNumbers = typeof number === 'string' && number !== '' ? [number.slice(0, 200)] : [];
    return { place, type: removed ? `${set.name}.removed` : set.name, data, documentNumbers };
  } catch (error) {
    if (error instanceof RangeError) return { place, fault: { code: 'BAD_ENTRY', reason: error.message } };
    throw error;
  }
}

const DEFAULT_TIMEOUT_MS = 10_000;
