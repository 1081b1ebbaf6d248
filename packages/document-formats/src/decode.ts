import { FormatError } from './row.ts';

export const ENCODINGS = ['auto', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1'] as const;
/** `auto`: by its byte order mark, else UTF-8. */
export type Encoding = (typeof ENCODINGS)[number];

/**
 * Text of a document, without byte order mark. Throws FormatError with the line for bytes that the encoding does not have,
 * and for NUL characters: they are in no text, but in text that is read with the wrong encoding.
 */
export async function* decode(body: AsyncIterable<Buffer>, encoding: Encoding = 'auto'): AsyncGenerator<string> {
  let decoder: Decode | undefined;
  let head: Buffer = Buffer.alloc(0);
  let line = 1;
  const checked = (text: string): string => {
    const nul = text.indexOf('\0');
    if (nul >= 0) {
      const at = line + newlines(text.slice(0, nul));
      throw new FormatError('MALFORMED', `line ${at}: a NUL character: the encoding is another, perhaps UTF-16.`);
    }
    line += newlines(text);
    return text;
  };
  const read = (decodeNow: Decode, chunk: Buffer, isLast: boolean): string => {
    try {
      return checked(decodeNow(chunk, isLast));
    } catch (error) {
      if (error instanceof FormatError) throw error;
      const at = line + newlines(chunk.toString('latin1').slice(0, firstInvalid(chunk)));
      throw new FormatError('MALFORMED', `line ${at}: bytes that are no ${nameOf(encoding)} text.`);
    }
  };
  for await (const chunk of body) {
    if (decoder === undefined) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      if (head.length < LONGEST_MARK) continue;
      decoder = decoderOf(head, encoding);
      yield read(decoder, head, false);
    } else yield read(decoder, chunk, false);
  }
  if (decoder === undefined) yield read(decoderOf(head, encoding), head, true);
  else yield read(decoder, Buffer.alloc(0), true);
}

const LONGEST_MARK = 3;

type Decode = (chunk: Buffer, isLast: boolean) => string;

function decoderOf(head: Buffer, encoding: Encoding): Decode {
  const found = encoding === 'auto' ? byMark(head) : encoding;
  if (found === 'windows-1252' || found === 'iso-8859-1') {
    return (chunk) =>
      chunk.toString('latin1').replace(/[\u0080-\u009f]/g, (c) => WINDOWS_1252[c.charCodeAt(0) - 0x80] ?? c);
  }
  const decoder = new TextDecoder(found, { fatal: true });
  return (chunk, isLast) => decoder.decode(chunk, { stream: !isLast });
}

function byMark(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function nameOf(encoding: Encoding): string {
  return encoding === 'auto' ? 'UTF-8' : encoding;
}

/**
 * 0x80 to 0x9F (https://encoding.spec.whatwg.org/index-windows-1252.txt); what calls itself ISO 8859-1 and has them means
 * them too. Node 20's TextDecoder leaves them as control characters.
 */
const WINDOWS_1252 = Array.from('€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ');

/** Offset of about the first byte that is no UTF-8, so that its line can be told: the chunk may begin within a character. */
function firstInvalid(chunk: Buffer): number {
  const start = chunk.subarray(0, 3).findIndex((byte) => (byte & 0xc0) !== 0x80);
  const text = chunk.toString('utf8', Math.max(start, 0));
  const at = text.indexOf('\ufffd');
  return at < 0 ? chunk.length : Buffer.byteLength(text.slice(0, at));
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
