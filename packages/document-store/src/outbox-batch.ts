import { PENDING_BYTES } from './port.ts';
import type { StoredEvent } from './port.ts';

/** The first of these events that {@link Outbox.pending} answers together. Asks for no more of them than it must. */
export function outboxBatch<T>(events: Iterable<T>, limit: number, eventOf: (each: T) => StoredEvent): T[] {
  const batch: T[] = [];
  let bytes = 0;
  if (limit < 1) return batch;
  for (const each of events) {
    bytes += eventBytes(eventOf(each));
    if (bytes > PENDING_BYTES && batch.length > 0) break;
    batch.push(each);
    if (batch.length === limit) break;
  }
  return batch;
}

export function eventBytes(event: StoredEvent): number {
  return Buffer.byteLength(JSON.stringify(event));
}
