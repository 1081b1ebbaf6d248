import { BacklogFullError, type DocumentEnd, type NewDocument, type ReceiverContext } from './receiver.ts';
import type { Observation } from './health.ts';

/** What a receiver gave, kept in memory, for tests of one connector alone. */
export interface RecordingContext extends ReceiverContext {
  /** In order, each key once. */
  readonly accepted: readonly (Omit<NewDocument, 'body'> & { readonly body: Buffer })[];
  /** Keys that came again. */
  readonly repeated: readonly string[];
  readonly observed: readonly Observation[];
  /** Lets the next `due` pass: each call of it one more time. The first passes by itself. */
  tick(): void;
  /** How documents end from now on; APPLIED unless set. */
  endWith(end: DocumentEnd): void;
  /** From now on nothing more fits. */
  fill(): void;
  /** Milliseconds for which it was asked to leave the system alone. */
  readonly held: readonly number[];
}

export const APPLIED: DocumentEnd = {
  status: 'APPLIED',
  records: 1,
  counts: { applied: 1, duplicate: 0, rejected: 0, deadLettered: 0 },
  problems: [],
};

export function receiverContext(
  system: string,
  clock: () => Date = () => new Date(),
  kept: Map<string, unknown> = new Map(),
): RecordingContext {
  const accepted: (Omit<NewDocument, 'body'> & { readonly body: Buffer })[] = [];
  const repeated: string[] = [];
  const observed: Observation[] = [];
  const held: number[] = [];
  let end = APPLIED;
  let isFull = false;
  let ticks = 1;
  let wake: () => void = () => undefined;
  return {
    system,
    clock,
    accepted,
    repeated,
    observed,
    held,
    async accept(document, { wait = true } = {}) {
      if (isFull && !wait) throw new BacklogFullError(system, accepted.length);
      const chunks: Buffer[] = [];
      if (Buffer.isBuffer(document.body)) chunks.push(document.body);
      else for await (const chunk of document.body) chunks.push(chunk);
      const isNew = accepted.every(({ key }) => key !== document.key);
      if (isNew) accepted.push({ ...document, body: Buffer.concat(chunks) });
      else repeated.push(document.key);
      return { id: `${system} ${document.key}`, isNew, ended: () => Promise.resolve(end) };
    },
    checkpoints: {
      read: (name) => Promise.resolve(kept.get(name)),
      write: (name, value) => {
        kept.set(name, JSON.parse(JSON.stringify(value)));
        return Promise.resolve();
      },
    },
    turn: (signal) => {
      signal.throwIfAborted();
      return Promise.resolve();
    },
    hold: (ms) => void held.push(ms),
    observe: (observation) => void observed.push(observation),
    due: (signal) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (ticks === 0) return;
          ticks -= 1;
          wake = () => undefined;
          signal.removeEventListener('abort', give);
          resolve();
        };
        wake = look;
        const give = () => {
          if (wake === look) wake = () => undefined;
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', give, { once: true });
        if (signal.aborted) reject(signal.reason as Error);
        else look();
      }),
    tick() {
      ticks += 1;
      wake();
    },
    endWith: (other) => void (end = other),
    fill: () => void (isFull = true),
  };
}
