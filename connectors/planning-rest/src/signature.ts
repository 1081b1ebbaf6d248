import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { SettingError } from '@takt/backing-system';

/**
 * Key of a secret as it is handed out: `whsec_` and base64, 24 to 64 bytes.
 * Throws {@link SettingError}, which does not repeat it.
 */
export function readSecret(field: string, secret: string): Buffer {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const key = Buffer.from(base64, 'base64');
  if (key.length >= 24 && key.length <= 64) return key;
  throw new SettingError(field, 'The variable must hold whsec_ and the base64 of 24 to 64 bytes.');
}

/**
 * Id of a delivery that one of the keys signed within five minutes of now; undefined for any other
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */
export function verifiedId(
  headers: IncomingHttpHeaders,
  body: Buffer,
  keys: readonly Buffer[],
  now: Date,
): string | undefined {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return undefined;
  if (!/^[\x21-\x7e]{1,200}$/.test(id) || !/^\d{1,11}$/.test(timestamp)) return undefined;
  if (Math.abs(now.getTime() - Number(timestamp) * 1000) > WINDOW_MS) return undefined;
  const given = signatures.split(' ').slice(0, MAX_SIGNATURES);
  const isSigned = keys.some((key) => {
    const expected = Buffer.from(sign(id, timestamp, body, key));
    return given.some((each) => isEqual(Buffer.from(each), expected));
  });
  return isSigned ? id : undefined;
}

/** One signature, as its header has it. */
export function sign(id: string, timestamp: string, body: Buffer, key: Buffer): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

/** How long theirs is, is no secret. */
function isEqual(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const WINDOW_MS = 5 * 60 * 1000;
/** More are not looked at. */
const MAX_SIGNATURES = 10;
