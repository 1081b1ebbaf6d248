import type { ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { Subscriber } from '../subscribe/subscriber.ts';
import { eventStreamType } from './accepted-media.ts';

/** A response that goes on: one operation's results, one after another. */
export interface ResponseStream extends Subscriber {
  /** `cursor` is the place behind the result to resume from, where there is one. */
  next(response: string, cursor?: string): void;
}

export interface StreamOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** How often something is sent, so that neither end takes the connection for dead. */
  readonly heartbeatMs: number;
  /** How long the client may take for what it has not taken when the stream ends; then it is cut. */
  readonly lastBytesMs: number;
}

/** Server-Sent Events as graphql-sse has them, one connection for each operation. */
export function eventStream(response: ServerResponse, options: StreamOptions): ResponseStream {
  begin(response, eventStreamType, options.headers);
  response.write(':\n\n');
  const stopHeartbeat = heartbeat(response, ':\n\n', options.heartbeatMs);
  const next = (result: string, cursor?: string) => {
    const id = cursor === undefined ? '' : `id: ${onOneLine(cursor)}\n`;
    response.write(`event: next\n${id}data: ${onOneLine(result)}\n\n`);
  };
  const place = (cursor: string) => response.write(`id: ${onOneLine(cursor)}\n\n`);
  return {
    next,
    // No event for the client, but from then on what an EventSource comes back with.
    place,
    end(errors) {
      stopHeartbeat();
      const { code, cursor } = errors[0]?.extensions ?? {};
      if (code === 'GATEWAY_CLOSING') {
        // Not completed: an EventSource comes back by itself, and with this id as `Last-Event-ID`.
        if (typeof cursor === 'string') place(cursor);
        endConnection(response);
      } else {
        if (errors.length > 0) next(JSON.stringify({ errors }));
        response.end('event: complete\ndata: \n\n');
      }
      cutLate(response, options.lastBytesMs);
    },
    get bufferedBytes() {
      return response.writableLength;
    },
  };
}

/** Subscriptions in parts, as Apollo Client asks for them: `multipart/mixed;subscriptionSpec="1.0"`. */
export function subscriptionParts(response: ServerResponse, options: StreamOptions): ResponseStream {
  const boundary = 'graphql';
  begin(response, `multipart/mixed;boundary="${boundary}";subscriptionSpec="1.0"`, options.headers);
  response.write(`--${boundary}`);
  const stopHeartbeat = heartbeat(response, part('{}', boundary), options.heartbeatMs);
  const fail = (errors: readonly GraphQLError[]) =>
    response.write(part(JSON.stringify({ payload: null, errors }), boundary));
  return {
    next(result) {
      response.write(part(`{"payload":${result}}`, boundary));
    },
    end(errors) {
      stopHeartbeat();
      if (errors.length > 0) fail(errors);
      response.end(`--\r\n`);
      cutLate(response, options.lastBytesMs);
    },
    get bufferedBytes() {
      return response.writableLength;
    },
  };
}

/**
 * A response whose deferred parts follow it, as Apollo Client asks for it: `multipart/mixed;deferSpec=20220824`. Waits
 * for a client that reads slowly, but cuts it off if it takes nothing for `stallMs`; ends early when it goes away.
 */
export async function writeDeferredParts(
  response: ServerResponse,
  parts: AsyncIterable<string>,
  headers: Readonly<Record<string, string>>,
  stallMs: number,
): Promise<void> {
  const boundary = '-';
  begin(response, `multipart/mixed;boundary="${boundary}";deferSpec=20220824`, headers);
  response.write(`--${boundary}`);
  for await (const text of parts) {
    if (!response.write(part(text, boundary))) await drained(response, stallMs);
    if (response.destroyed) return;
  }
  response.end('--\r\n');
  cutLate(response, stallMs);
}

/** A part and the delimiter after it, without which a client could not tell that the part is whole. */
function part(text: string, boundary: string): string {
  return `\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${text}\r\n--${boundary}`;
}

function begin(response: ServerResponse, contentType: string, headers: Readonly<Record<string, string>>): void {
  response.writeHead(200, {
    'content-type': contentType.startsWith('text/') ? `${contentType}; charset=utf-8` : contentType,
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
}

function heartbeat(response: ServerResponse, sign: string, everyMs: number): () => void {
  const timer = setInterval(() => {
    // A connection that has not taken what it was given needs no sign of life on top.
    if (response.writableLength === 0) response.write(sign);
  }, everyMs);
  timer.unref();
  const stop = () => clearInterval(timer);
  response.once('close', stop);
  return stop;
}

/** A client that does not read would hold what is left for ever. */
export function cutLate(response: ServerResponse, afterMs: number): void {
  if (response.writableFinished) return;
  const timer = setTimeout(() => response.destroy(), afterMs);
  timer.unref();
  for (const event of ['finish', 'close']) response.once(event, () => clearTimeout(timer));
}

function endConnection(response: ServerResponse): void {
  const { socket } = response;
  response.end(() => socket?.end());
}

/** A subgraph's own text may hold line breaks between tokens, never within strings; a line break would end the event. */
function onOneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, ' ') : text;
}

function drained(response: ServerResponse, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), withinMs);
    const settle = () => {
      clearTimeout(timer);
      response.off('drain', settle);
      response.off('close', settle);
      resolve();
    };
    response.on('drain', settle);
    response.on('close', settle);
    if (response.destroyed) settle();
  });
}
