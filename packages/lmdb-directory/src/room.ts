import { statfs } from 'node:fs/promises';

/**
 * Says how little room the disk of a directory has, if that is too little to write anything; undefined otherwise. LMDB
 * maps its lock file into memory: created where there is no room for it, it would kill the process (SIGBUS).
 */
export async function lackOfRoom(directory: string): Promise<string | undefined> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  return free < LEAST_BYTES ? `its disk has ${free} bytes free, ${LEAST_BYTES} are needed` : undefined;
}

const LEAST_BYTES = 256 * 1024;
