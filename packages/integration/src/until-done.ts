/** How something is tried again that fails for reasons of ours. */
export interface Patience {
  /** Aborts when the exchange closes. */
  readonly signal: AbortSignal;
  readonly pause: Pause;
  readonly onFault: (fault: unknown) => void;
}

export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** Tries until it is done, a little later each time; rejects when the signal aborts, and with what is not `mayPass`. */
export async function untilDone<T>(
  action: () => Promise<T>,
  { signal, pause, onFault }: Patience,
  mayPass: (fault: unknown) => boolean = () => true,
): Promise<T> {
  for (let waitMs = FIRST_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_MS)) {
    signal.throwIfAborted();
    try {
      return await action();
    } catch (fault) {
      if (signal.aborted || !mayPass(fault)) throw fault;
      onFault(fault);
      await pause(jittered(waitMs), signal);
    }
  }
}

/** Half of it to all of it, so that those who failed together do not come back together. */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}

const FIRST_MS = 50;
const LONGEST_MS = 5_000;
