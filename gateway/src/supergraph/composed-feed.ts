import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { composeSupergraph, SubgraphNotReady } from './compose.ts';
import type { SubgraphSource } from './compose.ts';
import { composeInThread } from './compose-in-thread.ts';
import { composedOnce } from './composed-store.ts';
import type { SubgraphSdl } from './compose-worker.ts';
import type { SupergraphFeed } from './source.ts';
import { within } from './within.ts';

/** Composed from subgraphs; anew only when one of them gives another schema than before. */
export function composedFeed(
  subgraphs: readonly SubgraphSource[],
  pollMs: number | undefined,
  keepIn?: string,
): SupergraphFeed {
  let known: { readonly sdls: readonly string[]; readonly supergraph: Promise<string> } | undefined;

  const described = (sdls: readonly string[]): SubgraphSdl[] =>
    subgraphs.map(({ name, url }, index) => ({ name, ...(url !== undefined && { url }), sdl: sdls[index] ?? '' }));

  return {
    async read(signal) {
      const sdls = await Promise.all(
        subgraphs.map(async ({ name, transport }) => {
          try {
            return await within(timeoutMs, signal, (inTime) => transport.sdl(inTime));
          } catch (error) {
            signal.throwIfAborted();
            throw new SubgraphNotReady(name, error);
          }
        }),
      );
      if (known?.sdls.every((sdl, index) => sdl === sdls[index])) return known.supergraph;
      known = {
        sdls,
        supergraph: known ? composeInThread(described(sdls), signal) : composeHere(described(sdls), keepIn, signal),
      };
      return known.supergraph;
    },

    async changed(signal) {
      if (pollMs !== undefined) await delay(pollMs, undefined, { signal, ref: false });
      else await aborted(signal);
    },

    close: () => undefined,
  };
}

/** What this process composed lately, oldest first: a gateway that is started again over the same has it at once. */
const composed = new Map<string, string>();

/** Nobody is served yet who would be held up. */
async function composeHere(
  subgraphs: readonly SubgraphSdl[],
  keepIn: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(subgraphs)).digest('base64');
  const known = composed.get(key);
  if (known !== undefined) return known;
  const sources = subgraphs.map(({ sdl, ...source }) => ({
    ...source,
    transport: { sdl: () => Promise.resolve(sdl) },
  }));
  const compose = () => composeSupergraph(sources, signal);
  const sdl = await (keepIn === undefined ? compose() : composedOnce(keepIn, subgraphs, compose));
  composed.set(key, sdl);
  const [oldest] = composed.keys();
  if (oldest !== undefined && composed.size > mostComposed) composed.delete(oldest);
  return sdl;
}

const mostComposed = 4;

const timeoutMs = 10_000;

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}
