import type { RootDatabase } from 'lmdb';

/**
 * Runs `write` in a transaction and resolves when it is on disk; several that are asked for meanwhile share one. What it
 * wrote is undone if it throws. Rejects with the reason if the disk refuses.
 */
export async function inTransaction<R>(engine: RootDatabase, write: () => R): Promise<R> {
  try {
    return await engine.childTransaction(write);
  } catch (error) {
    if (!(error instanceof Error) || !('commitError' in error)) throw error;
    throw await Promise.resolve(error.commitError).then(
      () => error,
      (reason: unknown) => new Error(`The store could not be written, nothing was committed: ${String(reason)}`),
    );
  }
}
