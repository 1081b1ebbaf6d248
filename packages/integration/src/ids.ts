import { createHash } from 'node:crypto';
import { toUSVString } from 'node:util';

/** Id of an integration message. A key that is long or cannot be written as it is stands as its SHA-256. */
export function integrationId(system: string, key: string): string {
  const fits = Buffer.byteLength(key) <= MAX_KEY_BYTES && isPlain(key);
  return `${system} ${fits ? key : sha256(key)}`;
}

/**
 * Id of a canonical message: the natural one that the mapping gives, or made of its document's key, record and number in
 * the record, so that the same document gives the same ids. Tries after the first are told apart by `~2` and so on.
 */
export function canonicalId(
  { id, system }: { readonly id: string; readonly system: string },
  record: number,
  number: number,
  given: string | undefined,
): string {
  if (given !== undefined && given !== '')
    return given.length <= MAX_MESSAGE_ID && isPlain(given) ? given : sha256(given);
  const key = id.slice(system.length + 1);
  return `${key.length <= MAX_MESSAGE_ID - NUMBERS ? key : sha256(key)}/${record}/${number}`;
}

/** Id of a message that is offered anew, in this round, after its first was refused. */
export function idInRound(id: string, round: number): string {
  return `${id}~${round}`;
}

/** Id of the first try of a message. */
export function firstId(id: string): string {
  return id.replace(/~\d+$/, '');
}

export function contentDigest(type: string, data: unknown): string {
  return sha256(JSON.stringify([type, data])).slice(0, DIGEST_CHARACTERS);
}

const DIGEST_CHARACTERS = 24;

/** A correlation id as the envelope takes it. */
export function correlationIdOf(given: string): string {
  return given.length <= MAX_MESSAGE_ID && isPlain(given) ? given : sha256(given);
}

/** Of the text of an idempotency key. */
const MAX_KEY_BYTES = 400;
/** Of the 256 characters that an envelope's id may have; the rest is for what tells tries apart. */
const MAX_MESSAGE_ID = 240;
const NUMBERS = 24;

function isPlain(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- those are what it looks for
  return !/[\u0000-\u001f\u007f]/.test(text) && toUSVString(text) === text;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** At most so much of a text, well-formed, so that every store can keep it. */
export function clipped(text: string, longest = 2000): string {
  return toUSVString(text.length > longest ? `${text.slice(0, longest)}…` : text);
}
