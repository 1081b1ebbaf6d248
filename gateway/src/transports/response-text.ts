import { isAscii, isUtf8 } from 'node:buffer';

/** The text of a response in UTF-8; undefined if it is not valid. ASCII becomes a string of one byte a character. */
export function textOf(body: Buffer): string | undefined {
  if (isAscii(body)) return body.toString('latin1');
  return isUtf8(body) ? body.toString('utf8') : undefined;
}
