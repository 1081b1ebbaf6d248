import { createHash } from 'node:crypto';
import { DocumentRejectedError } from '@takt/backing-system';
import type { IPublishPacket } from 'mqtt';
import { at, readJson } from './json.ts';
import type { Subscription } from './settings.ts';
import { MAX_PAYLOAD_BYTES } from './parse.ts';

/**
 * A message's idempotency key. See `key` in the settings for what it is made of. Throws {@link DocumentRejectedError} if what
 * should tell it apart is not there.
 */
export function keyOf(topic: string, payload: Buffer, packet: IPublishPacket, how: Subscription['key']): string {
  if (how === undefined || how === 'content') return contentKey(topic, payload);
  const parts = Array.isArray(how) ? pointed(payload, how) : [userProperty(packet, how.userProperty)];
  const key = JSON.stringify([topic, ...parts]);
  return key.length <= MAX_KEY_LENGTH ? key : contentKey(topic, Buffer.from(key));
}

/** `about`: what tells it apart besides, if its content alone does not. */
export function contentKey(topic: string, payload: Buffer, about = ''): string {
  const hash = createHash('sha256');
  hash.update(`${topic}\0${about}\0`).update(payload);
  return hash.digest('base64url');
}

function pointed(payload: Buffer, pointers: readonly string[]): unknown[] {
  if (payload.length > MAX_PAYLOAD_BYTES) throw new DocumentRejectedError('TOO_LARGE', 'Its key cannot be read.');
  const value = readJson(payload);
  return pointers.map((pointer) => {
    const found = at(value, pointer);
    if (['string', 'number', 'boolean'].includes(typeof found)) return found;
    throw new DocumentRejectedError('NO_KEY', `${pointer} is no text, number or boolean, and should tell it apart.`);
  });
}

function userProperty(packet: IPublishPacket, name: string): string {
  const properties: Readonly<Record<string, string | string[]>> = packet.properties?.userProperties ?? {};
  const value = Object.hasOwn(properties, name) ? [properties[name]].flat()[0] : undefined;
  if (value !== undefined && value !== '') return value;
  throw new DocumentRejectedError('NO_KEY', `It has no user property ${name}, which should tell it apart.`);
}

const MAX_KEY_LENGTH = 400;
