import { startThread } from '../start-thread.ts';
import type { CompositionAnswer, SubgraphSdl } from './compose-worker.ts';
import { SupergraphRefused } from './supergraph.ts';

/** Composes without holding up the calling thread. Throws {@link SupergraphRefused}; rejects when `signal` aborts. */
export async function composeInThread(subgraphs: readonly SubgraphSdl[], signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const worker = startThread(new URL('compose-worker.ts', import.meta.url), subgraphs, { maxHeapMb });
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const answer = await new Promise<CompositionAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('The thread that composes has been ended.')));
    });
    if (answer.kind === 'refused') throw new SupergraphRefused(answer.message);
    return answer.sdl;
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

const maxHeapMb = 1_024;
