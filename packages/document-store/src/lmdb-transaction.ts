import type { RootDatabase } from 'lmdb';
import { StoreUnavailableError } from './port.ts';

/**
 * Runs `write` in a transaction and resolves when it is on disk; several that are asked for meanwhile share one. What it
 * wrote is undone if it throws. Rejects with {@link StoreUnavailableError} if the disk refuses, has no room for instance:
 * then nothing was committed.
 */
export async function inTransaction<R>(engine: RootDatabase, write: () => R): Promise<R> {
  try {
    return await engine.childTransaction(write);
  } catch (error) {
    if (!(error instanceof Error) || !('commitError' in error)) throw error;
    throw await Promise.resolve(error.commitError).then(
      () => error,
      (reason: unknown) => notWritten(reason),
    );
  }
}

/** Runs `write`, whose faults are those of a disk that refuses or of the data. */
export function orUnavailable<R>(write: () => R): R {
  try {
    return write();
  } catch (error) {
    if (DISK_REFUSES.includes((error as { code?: unknown }).code)) throw notWritten(error);
    throw error;
  }
}

/** EIO, which is also what a write gives that fits in part; ENOSPC; EROFS; EDQUOT. Numbers, as LMDB gives them. */
const DISK_REFUSES: readonly unknown[] = [5, 28, 30, 122];

function notWritten(reason: unknown): StoreUnavailableError {
  return new StoreUnavailableError(`the disk refuses, nothing was committed: ${String(reason)}`);
}
