import { parentPort, workerData } from 'node:worker_threads';
import { composeSupergraph } from './compose.ts';
import { SupergraphRefused } from './supergraph.ts';

/** The thread of {@link composeInThread}: composes what it is given, answers, and ends. */
const port = parentPort;
if (!port) throw new Error('This is the entry of a worker thread.');

const sources = (workerData as readonly SubgraphSdl[]).map(({ sdl, ...source }) => ({
  ...source,
  transport: { sdl: () => Promise.resolve(sdl) },
}));
try {
  const sdl = await composeSupergraph(sources, new AbortController().signal);
  port.postMessage({ kind: 'composed', sdl } satisfies CompositionAnswer);
} catch (error) {
  if (!(error instanceof SupergraphRefused)) throw error;
  port.postMessage({ kind: 'refused', message: error.message } satisfies CompositionAnswer);
}

/** A subgraph as it describes itself. */
export interface SubgraphSdl {
  readonly name: string;
  readonly url?: string;
  readonly sdl: string;
}

export type CompositionAnswer =
  { readonly kind: 'composed'; readonly sdl: string } | { readonly kind: 'refused'; readonly message: string };
