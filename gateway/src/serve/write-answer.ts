import type { ServerResponse } from 'node:http';
import type { SingleMediaType } from './accepted-media.ts';
import { cutLate } from './response-stream.ts';

/** Head and body, which is bytes or byte text, in one write. */
export function writeAnswer(
  response: ServerResponse,
  status: number,
  type: SingleMediaType,
  body: string | Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body, 'latin1');
  if (body.length > sentAtOnce) cutLate(response, lastBytesMs);
}

/** A response ends with its data; one without any, with its errors. */
export function statusOf(text: string, type: SingleMediaType): number {
  return type === 'application/graphql-response+json' && text.endsWith(']}') ? 500 : 200;
}

/** What connections take without the client having read anything. */
const sentAtOnce = 64 * 1024;

/** For a client that reads slowly to take the rest of its answer. */
export const lastBytesMs = 30_000;
