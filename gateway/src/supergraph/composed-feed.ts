import { setTimeout as delay } from 'node:timers/promises';
import type { ContractList } from '../contracts/contract-list.ts';
import { stampContracts } from '../contracts/stamp.ts';
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
  contracts?: ContractList,
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
      const made = known ? composeInThread(described(sdls), signal) : composeHere(described(sdls), keepIn, signal);
      known = { sdls, supergraph: contracts ? stamped(made, contracts) : made };
      return known.supergraph;
    },

    async changed(signal) {
      if (pollMs !== undefined) await delay(pollMs, undefined, { signal, ref: false });
      else await aborted(signal);
    },

    close: () => undefined,
  };
}

async function stamped(sdl: Promise<string>, contracts: ContractList): Promise<string> {
  return stampContracts(await sdl, contracts);
}

/** Nobody is served yet who would be held up. */
function composeHere(
  subgraphs: readonly SubgraphSdl[],
  keepIn: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const sources = subgraphs.map(({ sdl, ...source }) => ({
    ...source,
    transport: { sdl: () => Promise.resolve(sdl) },
  }));
  const compose = () => composeSupergraph(sources, signal);
  return keepIn === undefined ? compose() : composedOnce(keepIn, subgraphs, compose);
}

const timeoutMs = 10_000;

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}
