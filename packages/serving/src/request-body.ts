import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

/** More bytes than the server takes. */
export class BodyTooLarge extends Error {}

/**
 * The whole body as text, without waiting for more than `maxBytes`. Rejects with {@link BodyTooLarge}, with TypeError if
 * it is not UTF-8, and if the client goes away before all of it has come.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      reject(new BodyTooLarge());
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      request.off('data', onData);
      request.pause();
      reject(new BodyTooLarge());
    };
    request.on('data', onData);
    request.once('error', reject);
    request.once('close', () => reject(new Error('The client went away.')));
    request.once('end', () => {
      const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      if (isUtf8(body)) resolve(textOf(body));
      else reject(new TypeError('The body is not UTF-8.'));
    });
  });
}

function textOf(body: Buffer): string {
  const text = body.toString();
  return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
}

const byteOrderMark = 0xfeff;
