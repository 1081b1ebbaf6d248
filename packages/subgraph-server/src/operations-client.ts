import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { DeadLetters } from '@takt/intake';
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
  const ask = (operation: keyof typeof OPERATIONS, input: object, watch?: ReplayWatch) =>
    answerOf(door.url.replace('/intake/', '/operations/') + `/${operation}`, door.token, input, watch);
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
    ask: (question, input) => ask('ask', { question, input }),
  };
}

async function answerOf(url: string, token: string, input: object, watch?: ReplayWatch): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
    ...(watch && { signal: watch.signal }),
  });
  if (response.body) {
    const input = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    for await (const text of createInterface({ input })) {
      if (text === '') continue;
      const line = JSON.parse(text) as OperationLine;
      if ('result' in line) return line.result;
      if ('error' in line) throw new OperationError(line.error.kind, line.error.message);
      watch?.onProgress(line.progress);
    }
  }
  throw new OperationError('FAILED', 'The running Takt stopped before it was done.');
}
