import { describe, expect, test } from 'vitest';
import type { Outbox, StoredEvent } from '@takt/document-store';
import { Availability } from './availability.ts';
import { startRelay } from './relay.ts';

describe('The relay', () => {
  test('publishes what an earlier process left, then what is committed, in order', async () => {
    const outbox = new MemoryOutbox(['a', 'b']);
    const log = new MemoryLog();
    const relay = startRelay({ ...rest, outbox, log, onFault: unexpected });
    await log.reached(2);
    outbox.commit('c');
    await log.reached(3);
    outbox.commit('d', 'e');
    await relay.close();
    expect(log.ids).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(outbox.events).toEqual([]);
  });

  test('publishes what was committed just before it is closed', async () => {
    const outbox = new MemoryOutbox(Array.from({ length: 1200 }, (_, n) => String(n)));
    const log = new MemoryLog();
    const relay = startRelay({ ...rest, outbox, log, onFault: unexpected });
    outbox.commit('last');
    await relay.close();
    expect(log.ids).toHaveLength(1201);
    expect(log.ids.at(-1)).toBe('last');
  });

  test('tries again until the log takes them', async () => {
    const outbox = new MemoryOutbox(['a']);
    const log = new MemoryLog(2);
    const faults: unknown[] = [];
    const relay = startRelay({ ...rest, outbox, log, onFault: (fault) => faults.push(fault) });
    await log.reached(1);
    await relay.close();
    expect(log.ids).toEqual(['a']);
    expect(faults).toEqual([new Error('no log'), new Error('no log')]);
    expect(outbox.events).toEqual([]);
  });

  test('publishes what it did not hear of: it looks by itself', async () => {
    const outbox = new MemoryOutbox([]);
    const log = new MemoryLog();
    const relay = startRelay({ ...rest, outbox, log, onFault: unexpected, lookAgainMs: 1 });
    await outbox.looked(2);
    outbox.events.push({ id: 'a' });
    await log.reached(1);
    await relay.close();
    expect(log.ids).toEqual(['a']);
  });

  test('tries at once when it is told to look, however often it has failed', async () => {
    const log = new MemoryLog(12);
    const onFault = () => {
      setImmediate(() => {
        relay.look();
      });
    };
    const relay = startRelay({ ...rest, outbox: new MemoryOutbox(['a']), log, onFault });
    await log.reached(1);
    await relay.close();
    expect(log.ids).toEqual(['a']);
  });

  test('does not look again once it is closed', async () => {
    const outbox = new MemoryOutbox(['a']);
    const relay = startRelay({ ...rest, outbox, log: new MemoryLog(), onFault: unexpected });
    await outbox.looked(2);
    await relay.close();
    relay.look();
    expect(outbox.looks).toBe(2);
  });

  test('leaves what cannot be published where it is when it is closed', async () => {
    const outbox = new MemoryOutbox(['a']);
    const relay = startRelay({ ...rest, outbox, log: new MemoryLog(Infinity), onFault: () => undefined });
    await relay.close();
    expect(outbox.events).toEqual([{ id: 'a' }]);
  });
});

const clock = () => new Date(0);
const limits = { maxPublishingOutageMs: 5_000, maxUnpublishedEvents: 10_000 };
const rest = { clock, availability: new Availability(clock, limits, () => true), lookAgainMs: 60_000 };

function unexpected(fault: unknown): void {
  throw fault;
}

class MemoryOutbox implements Outbox {
  events: StoredEvent[];
  looks = 0;
  #awaited: { readonly count: number; readonly resolve: () => void } | undefined;
  readonly #callbacks = new Set<() => void>();

  constructor(ids: readonly string[]) {
    this.events = ids.map((id) => ({ id }));
  }

  commit(...ids: string[]): void {
    this.events.push(...ids.map((id) => ({ id })));
    for (const callback of this.#callbacks) callback();
  }

  pending(limit: number): Promise<StoredEvent[]> {
    this.looks += 1;
    if (this.looks === this.#awaited?.count) this.#awaited.resolve();
    return Promise.resolve(this.events.slice(0, limit));
  }

  count(): Promise<number> {
    return Promise.resolve(this.events.length);
  }

  remove(ids: readonly string[]): Promise<void> {
    this.events = this.events.filter(({ id }) => !ids.includes(id));
    return Promise.resolve();
  }

  looked(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.looks >= count) resolve();
      else this.#awaited = { count, resolve };
    });
  }

  onCommit(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }
}

class MemoryLog {
  readonly ids: string[] = [];
  #awaited: { readonly count: number; readonly resolve: () => void } | undefined;

  constructor(private failures = 0) {}

  append(events: readonly StoredEvent[]): Promise<number[]> {
    this.failures -= 1;
    if (this.failures >= 0) return Promise.reject(new Error('no log'));
    this.ids.push(...events.map(({ id }) => id));
    if (this.#awaited && this.ids.length >= this.#awaited.count) this.#awaited.resolve();
    return Promise.resolve(events.map((_, index) => index));
  }

  reached(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.ids.length >= count) resolve();
      else this.#awaited = { count, resolve };
    });
  }
}
