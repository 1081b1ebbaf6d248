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
 * The subscriptions of one subgraph, by graphql-transport-ws, all over one connection that is open while there are any.
 * Each has a bounded queue: one whose consumer is too far behind ends with {@link SubgraphFault} `EVENTS_OVERFLOW` and
 * holds up nobody else. A connection that is lost ends all of them with `SUBGRAPH_UNAVAILABLE`; resuming is the caller's
 * decision. A request's headers go with its operation, as `extensions.headers`; so does `extensions.tellPlaces`.
 */
export function websocketSubscriptions(name: string, target: URL, limits: WebsocketLimits): WebsocketSubscriptions {
  const url = new URL(target);
  url.protocol = target.protocol === 'https:' ? 'wss:' : 'ws:';
  const queueLimits = {
    maxEvents: limits.maxQueuedEvents,
    maxBytes: limits.maxQueuedBytes,
    overflow: () => new SubgraphFault('EVENTS_OVERFLOW', `Subgraph "${name}" gives events faster than they are taken.`),
  };
  let current: Connection | undefined;
  const forget = (connection: Connection) => {
    if (current === connection) current = undefined;
  };

  return {
    subscribe({ query, variables, operationName, signal, headers, tellPlaces }) {
      const connection = (current ??= new Connection(url.href, limits, forget));
      const end = () => void events.return();
      const lose = (cause: unknown) => events.finish({ error: lost(name, cause) });
      const events = new EventQueue<SubgraphResult>(queueLimits, () => {
        signal.removeEventListener('abort', end);
        unsubscribe();
        connection.remove(lose);
      });
      connection.add(lose);
      signal.addEventListener('abort', end, { once: true });
      const unsubscribe = connection.client.subscribe(
        {
          query,
          variables: { ...variables },
          operationName: operationName ?? null,
          ...((headers ?? tellPlaces) && {
            extensions: { ...(headers && { headers }), ...(tellPlaces && { tellPlaces }) },
          }),
        },
        {
          next: (result) => events.push(result, connection.messageBytes),
          complete: () => events.finish(),
          error: (error) => {
            if (!Array.isArray(error)) {
              lose(error);
              return;
            }
            events.push({ errors: error as NonNullable<SubgraphResult['errors']> }, 0);
            events.finish();
          },
        },
      );
      if (signal.aborted) end();
      return events;
    },

    close: async () => current?.close(),
  };
}

export type WebsocketLimits = Pick<
  TransportOptions,
  'connectTimeoutMs' | 'maxResponseBytes' | 'maxQueuedEvents' | 'maxQueuedBytes'
>;

/**
 * A connection that is made once, and over when it is lost or has been without subscriptions for a while. It is cut if a
 * ping stays without a pong.
 */
class Connection {
  readonly client: Client;
  /** Size of the message that is being handled. */
  messageBytes = 0;
  /** What tells each subscription that the connection is lost. */
  readonly #subscriptions = new Set<(cause: unknown) => void>();
  #pongDeadline: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(
    url: string,
    limits: WebsocketLimits,
    /** No subscription may be added any more. */
    readonly onOver: (connection: Connection) => void,
  ) {
    const measure = (bytes: number) => (this.messageBytes = bytes);
    class BoundedWebSocket extends WebSocket {
      constructor(address: string, protocols: string | string[]) {
        super(address, protocols, {
          maxPayload: limits.maxResponseBytes,
          handshakeTimeout: limits.connectTimeoutMs,
          perMessageDeflate: false,
        });
        this.on('message', (data: Buffer) => measure(data.length));
      }
    }
    this.client = createClient({
      url,
      webSocketImpl: BoundedWebSocket,
      lazy: true,
      // Later than `idleMs`: who subscribes while the client closes would be told that the connection is lost.
      lazyCloseTimeout: 2 * idleMs,
      retryAttempts: 0,
      connectionAckWaitTimeout: limits.connectTimeoutMs,
      keepAlive: keepAliveMs,
      on: {
        ping: (received) => {
          if (!received) this.#pongDeadline = setTimeout(() => this.client.terminate(), pongTimeoutMs);
        },
        pong: (received) => {
          if (received) clearTimeout(this.#pongDeadline);
        },
        // Comes before the client acts on it: after a normal closure it would subscribe again, from where it once began.
        closed: (event) => this.#lose(event),
        error: (error) => this.#lose(error),
      },
    });
  }

  add(lose: (cause: unknown) => void): void {
    clearTimeout(this.#idle);
    this.#subscriptions.add(lose);
  }

  remove(lose: (cause: unknown) => void): void {
    this.#subscriptions.delete(lose);
    if (this.#subscriptions.size === 0) this.#idle = setTimeout(() => void this.close(), idleMs);
  }

  async close(): Promise<void> {
    this.#lose(new Error('closed'));
    // A connection that is being made rejects when it fails.
    await Promise.resolve(this.client.dispose()).catch(() => undefined);
  }

  #lose(cause: unknown): void {
    this.onOver(this);
    clearTimeout(this.#pongDeadline);
    for (const lose of [...this.#subscriptions]) lose(cause);
    clearTimeout(this.#idle);
  }
}

const keepAliveMs = 10_000;
const pongTimeoutMs = 5_000;
/** How long a connection without subscriptions is kept for the next one. */
const idleMs = 250;

function lost(name: string, cause: unknown): SubgraphFault {
  return new SubgraphFault('SUBGRAPH_UNAVAILABLE', `The subscription to subgraph "${name}" was lost.`, { cause });
}
