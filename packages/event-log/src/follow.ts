import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LoggedEvent } from './port.ts';

/** Wakes everybody who waits for something to come. */
export class Bell {
  readonly #sleepers = new Set<() => void>();
  #rings = 0;

  /** Changes with each ring: who reads it first and looks then misses none. */
  get rings(): number {
    return this.#rings;
  }

  ring(): void {
    this.#rings += 1;
    const sleepers = [...this.#sleepers];
    this.#sleepers.clear();
    for (const wake of sleepers) wake();
  }

  join(wake: () => void): void {
    this.#sleepers.add(wake);
  }

  leave(wake: () => void): void {
    this.#sleepers.delete(wake);
  }
}

export interface PagesToFollow {
  readonly after: number;
  readonly signal: AbortSignal;
  /** The next events after a position, at most `limit`; none if the bell will ring before there are some. */
  readonly page: (after: number, limit: number) => readonly LoggedEvent[] | Promise<readonly LoggedEvent[]>;
  readonly bell: Bell;
  readonly isClosed: () => boolean;
}

/** Page by page at the consumer's pace: what `EventLog.follow` promises, whatever keeps the pages. */
export function followPages({ after, signal, page, bell, isClosed }: PagesToFollow): AsyncIterable<LoggedEvent> {
  let stopped = false;
  let wake = (): void => undefined;
  const stop = (): void => {
    stopped = true;
    wake();
  };
  const isOver = (): boolean => stopped || signal.aborted || isClosed();
  const rung = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      bell.join(resolve);
    });
  const deliver = async function* (): AsyncGenerator<LoggedEvent, void, undefined> {
    signal.addEventListener('abort', stop, { once: true });
    try {
      let position = after;
      while (!isOver()) {
        const { rings } = bell;
        const events = await page(position, FOLLOW_PAGE);
        for (const logged of events) {
          if (isOver()) return;
          yield logged;
          position = logged.position;
        }
        if (isOver()) return;
        if (events.length > 0) await nextTurn();
        else if (bell.rings === rings) await rung();
      }
    } finally {
      bell.leave(wake);
      signal.removeEventListener('abort', stop);
    }
  };
  const delivery = deliver();
  const iterator: AsyncIterator<LoggedEvent> = {
    next: () => delivery.next(),
    return: () => {
      stop();
      return delivery.return();
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

const FOLLOW_PAGE = 256;
