import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { PositionExpiredError } from '@takt/event-log';
import type { DeadLetters } from '@takt/intake';
import type { EventsPage, Feed, SnapshotPage } from './feed.ts';
import { doorOf, type DoorAddress } from './intake-door.ts';
import type { OperationErrorKind, OperationLine } from './operations-door.ts';
import type { OPERATIONS, Operations } from './operations.ts';
import type { ReplayReport, ReplayWatch } from './replay.ts';

/** What the process that has the domain open answered. */
export class OperationError extends Error {
  constructor(
    readonly kind: OperationErrorKind,
    message: string,
  ) {
    super(message);
    this.name = 'OperationError';
  }
}

/** What an operator may do to a domain that another process has open; undefined if none has. */
export async function knockForOperations(directory: string): Promise<Operations | undefined> {
  const door = await doorOf(directory);
  return door && remoteOperations(door);
}

/** The same through a door that is known. Each throws {@link OperationError}. */
export function remoteOperations(door: DoorAddress): Operations {
  const ask = (operation: keyof typeof OPERATIONS, input: object, watch?: Partial<ReplayWatch>) =>
    answerOf(door.url.replace('/intake/', '/operations/') + `/${operation}`, door.token, input, watch);
  const soon = (ms = 0): AbortSignal => AbortSignal.timeout(ms + FEED_TIMEOUT_MS);
  return {
    replay: async (request, watch) => (await ask('replay', request, watch)) as ReplayReport,
    deadLetters: {
      list: async (query) => (await ask('dead-letters/list', query)) as Awaited<ReturnType<DeadLetters['list']>>,
      show: async (key) =>
        ((await ask('dead-letters/show', { key })) ?? undefined) as Awaited<ReturnType<DeadLetters['show']>>,
      retry: async (key, handling) =>
        (await ask('dead-letters/retry', { key, ...handling })) as Awaited<ReturnType<DeadLetters['retry']>>,
      discard: async (key, handling) => {
        await ask('dead-letters/discard', { key, ...handling });
      },
    },
    feed: {
      head: async () => (await ask('feed/head', {}, { signal: soon() })) as Awaited<ReturnType<Feed['head']>>,
      events: async (query, signal) =>
        (await ask('feed/events', query, { signal: AbortSignal.any([signal, soon(query.waitMs)]) })) as EventsPage,
      snapshot: async (query) => (await ask('feed/snapshot', query, { signal: soon() })) as SnapshotPage,
    },
    ask: (question, input) => ask('ask', { question, input }),
  };
}

async function answerOf(
  url: string,
  token: string,
  input: object,
  { signal, onProgress }: Partial<ReplayWatch> = {},
): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
    ...(signal && { signal }),
  });
  const body = response.body ? Readable.fromWeb(response.body as ReadableStream<Uint8Array>) : [];
  for await (const text of linesOf(body as AsyncIterable<Uint8Array>)) {
    if (text === '') continue;
    const line = JSON.parse(text) as OperationLine;
    if ('result' in line) return line.result;
    if ('progress' in line) onProgress?.(line.progress);
    else if ('expired' in line) throw new PositionExpiredError(line.expired.requested, line.expired.oldest);
    else throw new OperationError(line.error.kind, line.error.message);
  }
  throw new OperationError('FAILED', 'The running Takt stopped before it was done.');
}

/** Complete ones; text that was not escaped for other kinds of lines, such as U+2028, stays in one. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  for await (const chunk of body) {
    const [more = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
    begun.push(more);
    for (const other of others) {
      yield begun.join('');
      begun = [other];
    }
  }
}

/** Longer than a page takes from where it lies to here; a process that stands still is not waited for. */
const FEED_TIMEOUT_MS = 20_000;
