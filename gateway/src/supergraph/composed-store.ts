import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { replaceFile } from '../whole-file.ts';
import type { SubgraphSdl } from './compose-worker.ts';

/**
 * What `compose` makes of these subgraphs, or what it made of the very same before, as a file of `folder` has it: whoever
 * may write there decides what is served. A folder that cannot be read or written costs composing and nothing else.
 */
export async function composedOnce(
  folder: string,
  subgraphs: readonly SubgraphSdl[],
  compose: () => Promise<string>,
): Promise<string> {
  const path = join(folder, `${keyOf(subgraphs)}.graphql`);
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined) return known;
  const sdl = await compose();
  await keep(folder, path, sdl).catch(() => undefined);
  return sdl;
}

/** Names the composer as well: another version may compose otherwise. */
function keyOf(subgraphs: readonly SubgraphSdl[]): string {
  const sources = subgraphs.map(({ name, url, sdl }) => [name, url ?? null, sdl]);
  return createHash('sha256')
    .update(JSON.stringify([composer.version, sources]))
    .digest('hex');
}

const composer = createRequire(import.meta.url)('@apollo/gateway/package.json') as { readonly version: string };

async function keep(folder: string, path: string, sdl: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await replaceFile(path, sdl);
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const file = join(folder, name);
      return { file, writtenAt: (await stat(file)).mtimeMs };
    }),
  );
  const oldest = files.sort((a, b) => b.writtenAt - a.writtenAt).slice(mostKept);
  await Promise.all(oldest.map(({ file }) => rm(file, { force: true })));
}

const mostKept = 16;
