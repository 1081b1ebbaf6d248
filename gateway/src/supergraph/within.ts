/** Runs with a signal that aborts as `signal` does, and with a TimeoutError when the time is up; nothing stays behind. */
export async function within<T>(
  timeoutMs: number,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const abort = () => stop.abort(signal.reason);
  const timeout = setTimeout(
    () => stop.abort(new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError')),
    timeoutMs,
  );
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await run(stop.signal);
  } finally {
    clearTimeout(timeout);
    signal.removeEventListener('abort', abort);
  }
}
