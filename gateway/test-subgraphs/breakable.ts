import { SubgraphFault } from '../src/errors.ts';
import type { SubgraphTransport } from '../src/transports/transport.ts';

/** A transport whose subscriptions can be cut off, as by a network. */
export function breakable(transport: SubgraphTransport): { transport: SubgraphTransport; cut: () => void } {
  let cutting = new AbortController();
  return {
    cut() {
      const before = cutting;
      cutting = new AbortController();
      before.abort();
    },
    transport: {
      ...transport,
      async *subscribe(request) {
        const { signal } = cutting;
        yield* transport.subscribe({ ...request, signal: AbortSignal.any([request.signal, signal]) });
        if (signal.aborted) throw new SubgraphFault('SUBGRAPH_UNAVAILABLE', 'cut');
      },
    },
  };
}
