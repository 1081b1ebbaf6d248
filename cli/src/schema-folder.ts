import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { type ContractList, parseContractList } from '@takt/gateway';

export const CONTRACT_LIST = 'contracts/contracts.json';

/** Undefined if there is no such file. */
export async function readIn(folder: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, path), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Throws Error with what is wrong with the list. */
export async function readContractList(folder: string): Promise<ContractList | undefined> {
  const text = await readIn(folder, CONTRACT_LIST);
  if (text === undefined) return undefined;
  try {
    return parseContractList(JSON.parse(text));
  } catch (error) {
    throw new Error(`schema/${CONTRACT_LIST}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Texts of the files whose path within the folder is wanted. */
export async function readAll(folder: string, isWanted: (path: string) => boolean): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(isWanted);
  const texts = paths.map(async (path): Promise<[string, string]> => [
    path,
    await readFile(join(folder, path), 'utf8'),
  ]);
  return new Map(await Promise.all(texts));
}

/**
 * Everything is written beside the folder's files before the first of them is replaced; the last of `files` is replaced
 * last. Who is interrupted does the same again.
 */
export async function writeAll(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const staging = await mkdtemp(join(folder, '.staging-'));
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(staging, path)), { recursive: true });
      await writeFile(join(staging, path), text);
    }
    for (const path of files.keys()) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await rename(join(staging, path), join(folder, path));
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
