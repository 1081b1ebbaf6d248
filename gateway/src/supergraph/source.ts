import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { httpTransport } from '../transports/http.ts';
import { optionsOf } from '../transports/transport-options.ts';
import type { TransportsOptions } from '../transports/transport-options.ts';
import type { SubgraphTransport } from '../transports/transport.ts';
import { composeSupergraph, SubgraphNotReady } from './compose.ts';
import type { SubgraphSource } from './compose.ts';
import { loadSupergraph, SupergraphRefused } from './supergraph.ts';
import type { Supergraph } from './supergraph.ts';

/** Where a gateway gets its supergraph from. */
export type SupergraphSource =
  /** A file of SDL; the subgraphs are reached at the URLs that it gives them. */
  | { readonly kind: 'file'; readonly path: string; readonly transports?: TransportsOptions }
  /** Composed from the subgraphs, once all of them give their schema. */
  | {
      readonly kind: 'subgraphs';
      readonly subgraphs: readonly (SubgraphSource & { readonly transport: SubgraphTransport })[];
    };

export interface SourcedSupergraph {
  readonly supergraph: Supergraph;
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
}

/**
 * Loads a supergraph. Waits, trying again with growing pauses, for subgraphs that are not up yet; `onWaiting` hears why.
 * Throws {@link SupergraphRefused}; rejects when `signal` aborts.
 */
export async function sourceSupergraph(
  source: SupergraphSource,
  signal: AbortSignal,
  onWaiting: (reason: string) => void,
): Promise<SourcedSupergraph> {
  if (source.kind === 'file') return fromFile(source.path, source.transports);
  const transports = new Map(source.subgraphs.map(({ name, transport }) => [name, transport]));
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return { supergraph: loadSupergraph(await composeSupergraph(source.subgraphs, signal)), transports };
    } catch (error) {
      if (!(error instanceof SubgraphNotReady)) throw error;
      onWaiting(error.message);
    }
    await delay(pauseMs, undefined, { signal });
  }
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

async function fromFile(path: string, options: TransportsOptions = {}): Promise<SourcedSupergraph> {
  let sdl: string;
  try {
    sdl = await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new SupergraphRefused(`Cannot read the supergraph file ${path} (${reason}).`, { cause: error });
  }
  const supergraph = loadSupergraph(sdl);
  const unreachable = supergraph.subgraphs.filter(({ url }) => !isHttpUrl(url)).map(({ name }) => name);
  if (unreachable.length > 0) {
    throw new SupergraphRefused(`${path} gives no http(s) URL for: ${unreachable.join(', ')}.`);
  }
  return {
    supergraph,
    transports: new Map(
      supergraph.subgraphs.map(({ name, url }) => [
        name,
        httpTransport({ name, url, options: optionsOf(options, name) }),
      ]),
    ),
  };
}

function isHttpUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
