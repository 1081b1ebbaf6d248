import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { SubgraphFault } from '../errors.ts';
import { EventQueue } from './event-queue.ts';
import type { HttpTransportLimits } from './http.ts';
import type { SubgraphRequest, SubgraphResult } from './transport.ts';

export interface WebsocketSubscriptions {
  subscribe(request: SubgraphRequest): AsyncIterable<SubgraphResult>;
  close(): Promise<void>;
}

/**
 * The subscriptions of one subgraph, by graphql-transport-ws over one connection, opened for the first and closed after
 * the last. A connection that is lost ends them with {@link SubgraphFault}; resuming is the caller's decision.
 */
export function websocketSubscriptions(
  name: string,
  target: URL,
  limits: Pick<HttpTransportLimits, 'connectTimeoutMs' | 'maxResponseBytes' | 'maxQueuedEvents'>,
): WebsocketSubscriptions {
  const url = new URL(target);
  url.protocol = target.protocol === 'https:' ? 'wss:' : 'ws:';

  class BoundedWebSocket extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, { maxPayload: limits.maxResponseBytes, handshakeTimeout: limits.connectTimeoutMs });
    }
  }

  let pongDeadline: NodeJS.Timeout | undefined;
  const client = createClient({
    url: url.href,
    webSocketImpl: BoundedWebSocket,
    lazy: true,
    retryAttempts: 0,
    connectionAckWaitTimeout: limits.connectTimeoutMs,
    keepAlive: keepAliveMs,
    on: {
      ping: (received) => {
        if (!received) pongDeadline = setTimeout(() => client.terminate(), pongTimeoutMs);
      },
      pong: (received) => {
        if (received) clearTimeout(pongDeadline);
      },
      closed: () => clearTimeout(pongDeadline),
    },
  });

  return {
    subscribe({ query, variables, operationName, signal }) {
      const onAbort = () => void events.return();
      const events = new EventQueue<SubgraphResult>(limits.maxQueuedEvents, () => {
        signal.removeEventListener('abort', onAbort);
        unsubscribe();
      });
      signal.addEventListener('abort', onAbort, { once: true });
      const unsubscribe = client.subscribe(
        { query, variables: { ...variables }, operationName: operationName ?? null },
        {
          next: (result) => events.push(result),
          complete: () => events.finish(),
          error: (error) => {
            if (Array.isArray(error)) {
              events.push({ errors: error as NonNullable<SubgraphResult['errors']> });
              events.finish();
            } else {
              events.finish({ error: lost(name, error) });
            }
          },
        },
      );
      if (signal.aborted) onAbort();
      return events;
    },

    async close() {
      clearTimeout(pongDeadline);
      await client.dispose();
    },
  };
}

const keepAliveMs = 10_000;
const pongTimeoutMs = 5_000;

function lost(name: string, cause: unknown): SubgraphFault {
  return new SubgraphFault('SUBGRAPH_UNAVAILABLE', `The subscription to subgraph "${name}" was lost.`, { cause });
}
