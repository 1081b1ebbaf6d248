import { readFile, rename, writeFile } from 'node:fs/promises';
import { composeSupergraph, stampContracts } from '@takt/gateway';
import { readContracts } from './contracts.ts';
import { HOSTED } from './domains.ts';

/**
 * Writes the supergraph of the subgraphs at these addresses with its contracts, all or nothing, from what is under schema/:
 * a gateway that starts from it needs none of them to be up.
 */
export async function writeSupergraph(
  path: string,
  subgraphs: readonly { readonly name: string; readonly url: string }[],
  signal: AbortSignal,
): Promise<void> {
  const hosted = HOSTED.map(({ name }) => ({ name, url: `in-process:${name}` }));
  const sources = [...subgraphs, ...hosted].map(({ name, url }) => ({
    name,
    url,
    transport: { sdl: () => readFile(new URL(`${name}.graphql`, SCHEMAS), 'utf8') },
  }));
  const sdl = stampContracts(await composeSupergraph(sources, signal), await readContracts());
  await writeFile(`${path}.new`, sdl, { signal });
  await rename(`${path}.new`, path);
}

const SCHEMAS = new URL('../../schema/', import.meta.url);
