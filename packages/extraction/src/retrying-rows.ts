import type { RowSource } from './collect-rows.ts';
import { GraphFault } from './graph.ts';

/** Asks again what may succeed later, at first soon and then every half minute; gives up after a while without any answer. */
export function retryingRows(
  source: RowSource,
  {
    pause,
    signal,
    patienceMs = PATIENCE_MS,
  }: {
    readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
    readonly signal: AbortSignal;
    readonly patienceMs?: number;
  },
): RowSource {
  const retry = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    let waitedMs = 0;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof GraphFault) || !error.mayPass || waitedMs >= patienceMs) throw error;
      }
      await pause(waitMs, signal);
      waitedMs += waitMs;
    }
  };
  return {
    head: () => retry(() => source.head()),
    changes: (after, until) => retry(() => source.changes(after, until)),
    page: (after) => retry(() => source.page(after)),
    select: (ids) => retry(() => source.select(ids)),
  };
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** A service that is replaced, or a store that is repaired, is back by then. */
const PATIENCE_MS = 15 * 60_000;
