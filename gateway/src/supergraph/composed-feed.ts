import { setTimeout as delay } from 'node:timers/promises';
import { composeSupergraph, SubgraphNotReady } from './compose.ts';
import type { SubgraphSource } from './compose.ts';
import type { SupergraphFeed } from './source.ts';
import { within } from './within.ts';

/** Composed from subgraphs; anew only when one of them gives another schema than before. */
export function composedFeed(subgraphs: readonly SubgraphSource[], pollMs: number | undefined): SupergraphFeed {
  let known: { readonly sdls: readonly string[]; readonly supergraph: Promise<string> } | undefined;

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
      const sources = subgraphs.map((subgraph, index) => ({
        ...subgraph,
        transport: { sdl: () => Promise.resolve(sdls[index] ?? '') },
      }));
      known = { sdls, supergraph: composeSupergraph(sources, signal) };
      return known.supergraph;
    },

    async changed(signal) {
      if (pollMs !== undefined) await delay(pollMs, undefined, { signal, ref: false });
      else await aborted(signal);
    },

    close: () => undefined,
  };
}

const timeoutMs = 10_000;

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}
