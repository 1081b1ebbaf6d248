/**
 * Looks at once, and again each time that `ms` have passed since a look has ended. What a look rejects with is told, and the
 * next one follows. `close` aborts the look's signal, and resolves when nothing of it runs any more.
 */
export function lookEvery(
  ms: number,
  look: (signal: AbortSignal) => Promise<void>,
  { time, onFault }: LookOptions,
): { close(): Promise<void> } {
  const closing = new AbortController();
  let cancel = () => {};
  let looking = Promise.resolve();
  const begin = () => {
    looking = look(closing.signal)
      .catch((fault: unknown) => {
        if (!closing.signal.aborted) onFault(fault);
      })
      .then(() => {
        if (!closing.signal.aborted) cancel = time.after(ms, begin);
      });
  };
  begin();
  return {
    close: async () => {
      closing.abort();
      cancel();
      await looking;
    },
  };
}

interface LookOptions {
  /** Answers how to cancel it. */
  readonly time: { after(ms: number, callback: () => void): () => void };
  readonly onFault: (fault: unknown) => void;
}
