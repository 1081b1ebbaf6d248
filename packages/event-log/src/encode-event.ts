import { Buffer } from 'node:buffer';
import type { CloudEvent } from './event.ts';
import { MAX_EVENT_BYTES } from './port.ts';

export interface EncodedEvent {
  readonly id: string;
  /** JSON, in at most {@link MAX_EVENT_BYTES} bytes of UTF-8. */
  readonly text: string;
}

/** What a log keeps of an event. Throws `RangeError` for what no log takes, now or later. */
export function encodeEvent(event: CloudEvent): EncodedEvent {
  const idBytes = Buffer.byteLength(event.id);
  if (idBytes === 0 || idBytes > MAX_EVENT_ID_BYTES) {
    throw new RangeError(`An event id must have 1 to ${MAX_EVENT_ID_BYTES} bytes; this has ${idBytes}.`);
  }
  const text = JSON.stringify(event);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_EVENT_BYTES) {
    throw new RangeError(`Event ${event.id.slice(0, 80)} has ${bytes} bytes; a log takes up to ${MAX_EVENT_BYTES}.`);
  }
  return { id: event.id, text };
}

/** LMDB keys end at 1978 bytes. */
const MAX_EVENT_ID_BYTES = 1024;
