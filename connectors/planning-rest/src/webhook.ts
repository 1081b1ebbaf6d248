import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BacklogFullError, type ReceiverContext } from '@takt/backing-system';
import { verifiedId } from './signature.ts';

export interface WebhookOptions {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Of the secrets that are good now: two while one takes the other's place. */
  readonly keys: readonly Buffer[];
  readonly maxBytes: number;
  /** Hears where it listens. */
  readonly onListening?: ((port: number) => void) | undefined;
}

/**
 * Takes what the platform says by itself until the signal aborts. 202: it is kept, or was before; 401: not signed as it
 * should be; 413: too long; 429: too many wait; 503: it cannot be kept now.
 */
export async function listen(options: WebhookOptions, context: ReceiverContext, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const server = createServer((request, response) => {
    answer(request, options, context, signal)
      .catch((): Reply => ({ status: 503, retryAfterSeconds: RETRY_SECONDS }))
      .then(
        (reply) => end(request, response, reply),
        () => response.destroy(),
      );
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.headersTimeout = 5_000;
  server.requestTimeout = 15_000;
  server.listen(options.port, options.host);
  try {
    await once(server, 'listening', { signal });
    options.onListening?.((server.address() as AddressInfo).port);
    const failed = once(server, 'close', { signal });
    await failed;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

interface Reply {
  readonly status: 202 | 401 | 404 | 405 | 413 | 429 | 503;
  readonly retryAfterSeconds?: number;
}

async function answer(
  request: IncomingMessage,
  { path, keys, maxBytes }: WebhookOptions,
  context: ReceiverContext,
  signal: AbortSignal,
): Promise<Reply> {
  if (request.url?.split('?')[0] !== path) return { status: 404 };
  if (request.method !== 'POST') return { status: 405 };
  const body = await readBody(request, maxBytes);
  if (body === undefined) return { status: 413 };
  const id = verifiedId(request.headers, body, keys, context.clock());
  if (id === undefined) return { status: 401 };
  try {
    const document = {
      key: `webhook/${id}`,
      name: `webhook ${id}`,
      mediaType: 'application/json',
      body,
      documentNumbers: [id],
      attributes: { format: 'webhook' },
    };
    await context.accept(document, { wait: false, signal });
    return { status: 202 };
  } catch (error) {
    if (error instanceof BacklogFullError) return { status: 429, retryAfterSeconds: RETRY_SECONDS };
    throw error;
  }
}

/** Undefined if it is longer. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What was not read to its end takes its connection with it. */
function end(request: IncomingMessage, response: ServerResponse, { status, retryAfterSeconds }: Reply): void {
  response.writeHead(status, {
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    ...(!request.complete && { connection: 'close' }),
  });
  response.end(() => {
    if (!request.complete) request.destroy();
  });
}

const RETRY_SECONDS = 30;
const MAX_CONNECTIONS = 100;
