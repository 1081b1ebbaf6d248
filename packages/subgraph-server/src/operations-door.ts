import type { IncomingMessage, ServerResponse } from 'node:http';
import { StoreUnavailableError } from '@takt/document-store';
import { LogUnavailableError, PositionExpiredError } from '@takt/event-log';
import { DeadLetterError, IntakeUnavailableError } from '@takt/intake';
import { ConsumerHeldError } from '@takt/log-consumer';
import { BodyTooLarge, readBody } from '@takt/serving';
import { NotTheWriterError } from './intake-door.ts';
import { OPERATIONS, type Operation, type Operations } from './operations.ts';
import { ReplayRefusedError } from './replay.ts';

/** What an answer of the door is made of: one JSON text a line, the last one a result or an error. */
export type OperationLine =
  | { readonly progress: { readonly consumer: string; readonly done: number; readonly all: number } }
  | { readonly result: unknown }
  /** The log no longer has all events behind the position that was asked for. */
  | { readonly expired: { readonly requested: number; readonly oldest: number } }
  | { readonly error: { readonly kind: OperationErrorKind; readonly message: string } };

/** REFUSED: ask for something else. FAILED: it may go well another time. */
export type OperationErrorKind = 'REFUSED' | 'FAILED';

export interface OperationsDoor {
  /** Answers true if the request was for an operation; the response is then taken care of. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Aborts what is under way; resolves once it has ended. */
  abort(): Promise<void>;
}

const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** How often something is said while an operation has nothing to say, so that the connection is not taken for dead. */
const SIGN_OF_LIFE_MS = 15_000;
/** Progress is told at most this often. */
const PROGRESS_MS = 100;

/**
 * Lets an operator replay and see to dead letters in a domain that this process has open, and other domains follow it: `POST
 * /operations/<domain>/<operation>`, for whoever is authorized. An operation is aborted when who asked for it goes away.
 */
export function openOperationsDoor(
  domains: readonly { readonly name: string; readonly operations: () => Operations }[],
  isAuthorized: (request: IncomingMessage) => boolean,
): OperationsDoor {
  let stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  return {
    handle(request, response) {
      const [, root, name, ...path] = (request.url ?? '').split('/');
      const domain = root === 'operations' ? domains.find((one) => one.name === name) : undefined;
      const operation = domain && operationAt(path.join('/'));
      if (!domain || !operation) return false;
      if (!isAuthorized(request)) {
        fail(response, 401, 'REFUSED', 'The token is in process.json in the data directory.');
      } else if (request.method !== 'POST') {
        fail(response, 405, 'REFUSED', 'POST a JSON object.');
      } else {
        const running = serve(request, response, domain.operations, operation, stopping.signal);
        underWay.add(running);
        void running.finally(() => underWay.delete(running));
      }
      return true;
    },
    async abort() {
      stopping.abort(new Error('Takt stops, or another process writes for this domain now.'));
      stopping = new AbortController();
      await Promise.all(underWay);
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  operations: () => Operations,
  operation: Operation,
  stopping: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('Who asked for it has gone.')));
  const lines = lineWriter(response);
  try {
    const body = JSON.parse(await readBody(request, MAX_BODY_BYTES)) as unknown;
    const signal = AbortSignal.any([stopping, gone.signal]);
    const result = await operation(operations(), body, {
      onProgress: (progress) => lines.progress({ progress }),
      signal,
    });
    lines.end(200, { result: result ?? null });
  } catch (error) {
    if (error instanceof PositionExpiredError) {
      lines.end(410, { expired: { requested: error.requested, oldest: error.oldest } });
    } else {
      const { status, kind, message } = told(error);
      lines.end(status, { error: { kind, message } });
    }
  } finally {
    lines.stop();
  }
}

function operationAt(path: string): Operation | undefined {
  return Object.hasOwn(OPERATIONS, path) ? OPERATIONS[path as keyof typeof OPERATIONS] : undefined;
}

/** The head is written with the first line; progress is left out while the reader is behind. */
function lineWriter(response: ServerResponse) {
  let lastAt = -Infinity;
  const begin = (status: number) => {
    if (!response.headersSent) response.writeHead(status, { 'content-type': 'application/x-ndjson' });
  };
  const write = (line: OperationLine) => response.write(`${JSON.stringify(line)}\n`);
  const signOfLife = setInterval(() => {
    begin(200);
    if (!response.writableNeedDrain) response.write('\n');
  }, SIGN_OF_LIFE_MS);
  return {
    progress(line: OperationLine) {
      const now = performance.now();
      if (response.writableNeedDrain || now - lastAt < PROGRESS_MS) return;
      lastAt = now;
      begin(200);
      write(line);
    },
    end(status: number, line: OperationLine) {
      begin(status);
      write(line);
      response.end();
    },
    stop: () => clearInterval(signOfLife),
  };
}

function fail(response: ServerResponse, status: number, kind: OperationErrorKind, message: string): void {
  response.writeHead(status, { 'content-type': 'application/x-ndjson' });
  response.end(`${JSON.stringify({ error: { kind, message } } satisfies OperationLine)}\n`);
}

function told(error: unknown): { status: number; kind: OperationErrorKind; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ReplayRefusedError || error instanceof SyntaxError)
    return { status: 400, kind: 'REFUSED', message };
  if (error instanceof DeadLetterError) {
    return error.code === 'BAD_HANDLING'
      ? { status: 400, kind: 'REFUSED', message }
      : { status: 409, kind: 'FAILED', message };
  }
  if (error instanceof BodyTooLarge) return { status: 413, kind: 'REFUSED', message };
  if (error instanceof NotTheWriterError) return { status: 421, kind: 'FAILED', message };
  if (error instanceof ConsumerHeldError) return { status: 409, kind: 'FAILED', message };
  if (UNAVAILABLE.some((kind) => error instanceof kind)) return { status: 503, kind: 'FAILED', message };
  console.error('An operation failed:', error);
  return { status: 500, kind: 'FAILED', message };
}

const UNAVAILABLE = [IntakeUnavailableError, StoreUnavailableError, LogUnavailableError];
