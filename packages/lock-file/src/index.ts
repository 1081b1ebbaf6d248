export { readLockFile, replaceLockFile, takeLockFile } from './lock-file.ts';
export { isRunning, thisProcess, type ProcessIdentity } from './process-identity.ts';
