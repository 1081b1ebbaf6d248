/**
 * Resolves when standard input ends: of a process whose parent gave it a pipe, when the parent has ended, however that
 * came about. Never resolves on a terminal. Waiting does not keep the process alive.
 */
export function endOfStdin(): Promise<void> {
  const { stdin } = process;
  return new Promise((resolve) => {
    if (stdin.isTTY) return;
    for (const event of ['end', 'error', 'close'] as const) stdin.once(event, () => resolve());
    stdin.resume();
    if ('unref' in stdin) stdin.unref();
  });
}
