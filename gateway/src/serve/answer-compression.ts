import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export type ContentEncoding = 'br' | 'gzip';

/**
 * The encoding to answer a client with; undefined to leave the answer as it is. Without `fromBytes` answers from 16 KiB
 * on are compressed, except for clients on this machine, to whom bytes cost less than compressing them.
 */
export function encodingFor(
  request: IncomingMessage,
  bytes: number,
  fromBytes: number | undefined,
): ContentEncoding | undefined {
  if (bytes < (fromBytes ?? defaultFromBytes)) return undefined;
  if (fromBytes === undefined && isLoopback(request.socket.remoteAddress)) return undefined;
  const accepted = request.headers['accept-encoding'];
  if (typeof accepted !== 'string') return undefined;
  return accepts(accepted, 'br') ? 'br' : accepts(accepted, 'gzip') ? 'gzip' : undefined;
}

/** Compresses byte text, off the serving thread. */
export function compress(text: string, encoding: ContentEncoding): Promise<Buffer> {
  const bytes = Buffer.from(text, 'latin1');
  return encoding === 'gzip' ? gzipped(bytes) : brotli(bytes, quickBrotli);
}

const defaultFromBytes = 16 * 1024;

const gzipped = promisify<Buffer, Buffer>(gzip);
const brotli = promisify(brotliCompress);

/** About as fast as gzip, and smaller. */
const quickBrotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

function accepts(header: string, encoding: ContentEncoding): boolean {
  const range = header
    .toLowerCase()
    .split(',')
    .find((each) => each.split(';', 1)[0]?.trim() === encoding);
  return range !== undefined && !/;\s*q\s*=\s*0(\.0*)?\s*$/.test(range);
}

function isLoopback(address: string | undefined): boolean {
  return address === undefined || address === '::1' || /^(::ffff:)?127\./.test(address);
}
