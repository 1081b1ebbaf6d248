import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';
import type { ContentEncoding } from './transport-options.ts';

/** The bytes of a compressed body. Throws {@link InflatedTooLarge} beyond `maxBytes`, and Error if it is not intact. */
export async function decompress(encoding: ContentEncoding, body: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await decoders[encoding](body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw new InflatedTooLarge();
    throw error;
  }
}

export class InflatedTooLarge extends Error {}

const decoders = { gzip: promisify(gunzip), br: promisify(brotliDecompress) };
