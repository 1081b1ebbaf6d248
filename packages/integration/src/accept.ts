import { createHash, randomUUID } from 'node:crypto';
import {
  DocumentTooLargeError,
  MAX_DOCUMENT_BYTES,
  type BackingSystem,
  type NewDocument,
  type Receipt,
  type ReceiverContext,
} from '@takt/backing-system';
import type { Clock } from '@takt/intake';
import type { ArrivingDocuments } from './arriving.ts';
import type { Backlog, Room } from './backlog.ts';
import type { Ends } from './ends.ts';
import { clipped, correlationIdOf, integrationId } from './ids.ts';
import { DOCUMENT_NUMBERS_KEPT, INLINE_BYTES, type IntegrationMessage } from './integration-message.ts';
import type { Added, Arriving, Journal } from './journal.ts';
import { CHUNK_BYTES, CHUNKS_TOGETHER, type RawStore } from './raw.ts';

export interface AcceptorOptions {
  readonly system: Pick<BackingSystem, 'system' | 'connector'>;
  readonly journal: Journal;
  readonly raw: RawStore;
  readonly arriving: ArrivingDocuments;
  readonly backlog: Backlog;
  readonly ends: Ends;
  readonly clock: Clock;
  /** Aborts when the exchange closes. */
  readonly closing: AbortSignal;
}

/** Keeps the documents of one instance as they come. */
export class Acceptor {
  /** By id: the last call for it that is under way. */
  readonly #underWay = new Map<string, Promise<unknown>>();
  #lastReceivedAt: string | undefined;

  constructor(private readonly options: AcceptorOptions) {}

  get lastReceivedAt(): string | undefined {
    return this.#lastReceivedAt;
  }

  /** Resolves once all calls that are under way have ended; rejects if one of them failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  /** Calls for one key take turns, so that only the first takes the document. */
  readonly accept: ReceiverContext['accept'] = async (document, { wait = true, signal } = {}) => {
    assertFit(document);
    const { system, closing, ends } = this.options;
    const id = integrationId(system.system, document.key);
    const stop = signal ? AbortSignal.any([closing, signal]) : closing;
    const before = this.#underWay.get(id);
    const mine = (async () => {
      await before?.catch(() => undefined);
      stop.throwIfAborted();
      return this.#accept(id, document, wait, stop);
    })();
    this.#underWay.set(id, mine);
    try {
      const isNew = await mine;
      return { id, isNew, ended: (until) => ends.of(id, until) } satisfies Receipt;
    } finally {
      if (this.#underWay.get(id) === mine) this.#underWay.delete(id);
    }
  };

  async #accept(id: string, document: NewDocument, wait: boolean, signal: AbortSignal): Promise<boolean> {
    const { journal, backlog } = this.options;
    const isWaiting = backlog.has(id);
    const known = await journal.find(id);
    if (known) {
      await leaveUnread(document.body);
      // A commit was done of which nobody heard.
      const isForgotten = known.document.status === 'RECEIVED' && !isWaiting;
      if (isForgotten) backlog.add({ id, message: known.document, isRedo: true });
      return false;
    }
    const room = await backlog.reserve(Buffer.isBuffer(document.body) ? document.body.length : 0, wait, signal);
    let added: Added;
    try {
      added = await this.#keep(id, document, room, signal);
    } catch (fault) {
      room.release();
      throw fault;
    }
    backlog.add({ id, message: added.message, isRedo: false }, room);
    this.#lastReceivedAt = added.message.receivedAt;
    return added.isNew;
  }

  async #keep(id: string, document: NewDocument, room: Room, signal: AbortSignal): Promise<Added> {
    const { journal, raw, arriving, clock } = this.options;
    const hash = createHash('sha256');
    let bytes = 0;
    let pieces: Buffer[] = [];
    let held = 0;
    let chunks = 0;
    const write = async (isLast: boolean) => {
      if (chunks === 0) await arriving.begin(id, clock());
      const together = Buffer.concat(pieces);
      const whole = isLast ? together.length : together.length - (together.length % CHUNK_BYTES);
      const cut: Buffer[] = [];
      for (let at = 0; at < whole; at += CHUNK_BYTES)
        cut.push(together.subarray(at, Math.min(at + CHUNK_BYTES, whole)));
      await raw.write(id, chunks, cut);
      chunks += cut.length;
      pieces = whole < together.length ? [together.subarray(whole)] : [];
      held = together.length - whole;
    };
    const isStream = !Buffer.isBuffer(document.body);
    try {
      for await (const piece of slices(document.body)) {
        signal.throwIfAborted();
        bytes += piece.length;
        if (bytes > MAX_DOCUMENT_BYTES) throw new DocumentTooLargeError(MAX_DOCUMENT_BYTES);
        if (isStream) room.grow(piece.length);
        hash.update(piece);
        pieces.push(piece);
        held += piece.length;
        if (held >= CHUNKS_TOGETHER * CHUNK_BYTES) await write(false);
      }
      const isSmall = chunks === 0 && bytes <= INLINE_BYTES;
      if (!isSmall && pieces.length > 0) await write(true);
      const body = isSmall ? Buffer.concat(pieces).toString('base64') : undefined;
      const message = this.#arriving(document, { bytes, sha256: hash.digest('hex'), body });
      const added = await journal.add(id, message);
      if (chunks > 0) await arriving.end(id).catch(() => undefined);
      return added;
    } catch (fault) {
      // What cannot be removed now is overwritten by the same key, or removed at the next start. A message of which nobody
      // knows whether it was kept needs its chunks.
      if (chunks > 0 && (await journal.find(id).catch(() => 'unknown')) === undefined) {
        await arriving.drop(id).catch(() => undefined);
      }
      throw fault;
    }
  }

  #arriving(
    { key, mediaType, name, documentNumbers = [], time, correlationId, attributes }: NewDocument,
    kept: Pick<IntegrationMessage, 'bytes' | 'sha256' | 'body'>,
  ): Arriving {
    const { system, clock } = this.options;
    const receivedAt = clock().toISOString();
    const { body, ...whole } = kept;
    return {
      system: system.system,
      connector: system.connector,
      direction: 'INBOUND',
      key: clipped(key),
      correlationId:
        correlationId === undefined || correlationId === '' ? randomUUID() : correlationIdOf(correlationId),
      ...(name !== undefined && { name: clipped(name) }),
      mediaType: clipped(mediaType, 200),
      ...whole,
      ...(body !== undefined && { body }),
      documentNumbers: [...new Set(documentNumbers.map((number) => clipped(number, 200)))].slice(
        0,
        DOCUMENT_NUMBERS_KEPT,
      ),
      ...(attributes && { attributes }),
      status: 'RECEIVED',
      time: time ?? receivedAt,
      receivedAt,
      records: 0,
      counts: { applied: 0, duplicate: 0, rejected: 0, deadLettered: 0 },
      attempts: 0,
      round: 1,
    };
  }
}

function assertFit({ key, body, attributes = {} }: NewDocument): void {
  if (key === '') throw new RangeError('A document needs a key.');
  if (Buffer.isBuffer(body) && body.length > MAX_DOCUMENT_BYTES) throw new DocumentTooLargeError(MAX_DOCUMENT_BYTES);
  if (JSON.stringify(attributes).length > MAX_ATTRIBUTES) {
    throw new RangeError(`The attributes of ${clipped(key, 100)} have more than ${MAX_ATTRIBUTES} characters.`);
  }
}

const MAX_ATTRIBUTES = 16 * 1024;

/** Pieces small enough to be held many at a time. */
async function* slices(body: NewDocument['body']): AsyncGenerator<Buffer> {
  const most = CHUNKS_TOGETHER * CHUNK_BYTES;
  for await (const piece of Buffer.isBuffer(body) ? [body] : body) {
    for (let at = 0; at < piece.length; at += most) yield piece.subarray(at, at + most);
  }
}

/** Lets go of a stream that nobody will read. */
async function leaveUnread(body: NewDocument['body']): Promise<void> {
  if (!Buffer.isBuffer(body)) await body[Symbol.asyncIterator]().return?.();
}
