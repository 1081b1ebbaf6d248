import { isAscii, isUtf8 } from 'node:buffer';

/** A response in UTF-8 as byte text; undefined if it is not valid. */
export function textOf(body: Buffer): string | undefined {
  return isAscii(body) || isUtf8(body) ? body.toString('latin1') : undefined;
}
