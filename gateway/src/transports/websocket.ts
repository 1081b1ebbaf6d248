import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { SubgraphFault } from '../errors.ts';
import { EventQueue } from './event-queue.ts';
import type { TransportOptions } from './transport-options.ts';
import type { SubgraphRequest, SubgraphResult } from './transport.ts';

export interface WebsocketSubscriptions {
  subscribe(request: SubgraphRequest): AsyncIterable<SubgraphResult>;
  close(): Promise<void>;
}

/**
 * The subscriptions of one subgraph, by graphql-transport-ws, each over a connection of its own: while its consumer is
 * behind, its connection is not read, which holds up the subgraph and nobody else. A connection that is lost ends the
 * subscription with {@link SubgraphFault}; resuming is the caller's decision.
 */
export function websocketSubscriptions(
  name: string,
  target: URL,
  limits: Pick<TransportOptions, 'connectTimeoutMs' | 'maxResponseBytes' | 'maxQueuedEvents'>,
): WebsocketSubscriptions {
  const url = new URL(target);
  url.protocol = target.protocol === 'https:' ? 'wss:' : 'ws:';
  const open = new Set<PausableClient>();

  class BoundedWebSocket extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, {
        maxPayload: limits.maxResponseBytes,
        handshakeTimeout: limits.connectTimeoutMs,
        // What is read at once before a pause takes hold stays what was read.
        perMessageDeflate: false,
      });
    }
  }

  return {
    subscribe({ query, variables, operationName, signal }) {
      const connection = pausableClient(url.href, BoundedWebSocket, limits.connectTimeoutMs);
      open.add(connection);
      const onAbort = () => void events.return();
      const events = new EventQueue<SubgraphResult>(limits.maxQueuedEvents, {
        pause: () => connection.pause(),
        resume: () => connection.resume(),
        release() {
          signal.removeEventListener('abort', onAbort);
          open.delete(connection);
          connection.resume();
          unsubscribe();
        },
      });
      signal.addEventListener('abort', onAbort, { once: true });
      const unsubscribe = connection.client.subscribe(
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
      await Promise.allSettled(
        [...open].map(async (connection) => {
          connection.resume();
          await connection.client.dispose();
        }),
      );
    },
  };
}

interface PausableClient {
  readonly client: Client;
  pause(): void;
  resume(): void;
}

/** A client whose connection can be left unread. It is cut if a ping stays without a pong while it is read. */
function pausableClient(url: string, webSocketImpl: unknown, connectTimeoutMs: number): PausableClient {
  let socket: WebSocket | undefined;
  let awaitsPong = false;
  let pongDeadline: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(pongDeadline);
    if (awaitsPong && !socket?.isPaused) pongDeadline = setTimeout(() => client.terminate(), pongTimeoutMs);
  };
  const client = createClient({
    url,
    webSocketImpl,
    lazy: true,
    retryAttempts: 0,
    connectionAckWaitTimeout: connectTimeoutMs,
    keepAlive: keepAliveMs,
    on: {
      opened: (opened) => (socket = opened as WebSocket),
      message: () => {
        if (awaitsPong) watch();
      },
      ping: (received) => {
        if (received) return;
        awaitsPong = true;
        watch();
      },
      pong: (received) => {
        if (!received) return;
        awaitsPong = false;
        watch();
      },
      closed: () => {
        awaitsPong = false;
        watch();
      },
    },
  });
  return {
    client,
    pause() {
      socket?.pause();
      watch();
    },
    resume() {
      socket?.resume();
      watch();
    },
  };
}

const keepAliveMs = 10_000;
const pongTimeoutMs = 5_000;

function lost(name: string, cause: unknown): SubgraphFault {
  return new SubgraphFault('SUBGRAPH_UNAVAILABLE', `The subscription to subgraph "${name}" was lost.`, { cause });
}
