export interface LinkedAbort {
  readonly signal: AbortSignal;
  /** Lets go of the signals it is linked to. */
  release(): void;
}

/** Aborts with the first of `signals`, for its reason. */
export function linkedAbort(
  signals: readonly (AbortSignal | undefined)[],
): LinkedAbort & Pick<AbortController, 'abort'> {
  const controller = new AbortController();
  const links = signals
    .filter((signal) => signal !== undefined)
    .map((signal) => {
      const abort = () => controller.abort(signal.reason);
      signal.addEventListener('abort', abort);
      if (signal.aborted) abort();
      return () => signal.removeEventListener('abort', abort);
    });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => {
      for (const unlink of links) unlink();
    },
  };
}
