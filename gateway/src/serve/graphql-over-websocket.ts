import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { OperationTypeNode } from 'graphql';
import type { ExecutionArgs } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { gatewayError, OperationRefused } from '../errors.ts';
import type { BoundOperation } from '../execute/executor.ts';
import type { Gateway } from '../gateway.ts';
import type { Caller } from '../guard/caller.ts';
import { ending } from '../subscribe/endings.ts';
import type { ClosingCode } from './close-codes.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import { SocketOperation, SocketSession } from './socket-session.ts';

export interface GraphqlOverWebsocketOptions {
  readonly gateway: () => Gateway | undefined;
  readonly maxMessageBytes: number;
  readonly maxOperationsPerConnection: number;
  /** Bytes that a client has not taken yet, above which it may not ask for more. */
  readonly maxBufferedBytes: number;
  readonly connectionInitTimeoutMs: number;
  readonly forwardHeaders: readonly string[];
  readonly authenticate?: AuthenticateConnection | undefined;
}

/**
 * Who opens a websocket, by the headers of its upgrade request and the payload of `connection_init`. A connection for
 * which it throws is closed with 4403.
 */
export type AuthenticateConnection = (
  headers: IncomingMessage['headers'],
  connectionParams: Readonly<Record<string, unknown>> | undefined,
) => Caller | Promise<Caller>;

export interface WebsocketEndpoint {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every connection with 1001; those that do not answer within `graceMs` are cut. */
  close(graceMs: number): Promise<void>;
}

/**
 * Serves all operations by graphql-transport-ws. The library keeps the protocol; responses are written past it as the
 * text that they are, for a shared subscription the same for all. Close codes are the library's and {@link closeCodes}.
 */
export function graphqlOverWebsocket(options: GraphqlOverWebsocketOptions): WebsocketEndpoint {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: options.maxMessageBytes });
  const sessions = new WeakMap<WebSocket, SocketSession>();
  const sessionOf = (socket: WebSocket): SocketSession => {
    let session = sessions.get(socket);
    if (!session) sessions.set(socket, (session = new SocketSession(socket)));
    return session;
  };

  const server = useServer<Record<string, unknown>>(
    {
      connectionInitWaitTimeout: options.connectionInitTimeoutMs,

      async onConnect({ connectionParams, extra }) {
        if (!options.authenticate) return true;
        try {
          sessionOf(extra.socket).caller = await options.authenticate(extra.request.headers, connectionParams);
          return true;
        } catch {
          return false;
        }
      },

      async onSubscribe({ subscriptions, extra }, id, payload) {
        const session = sessionOf(extra.socket);
        const closing = session.closing ?? closingCodeOf(session, options.maxBufferedBytes);
        if (closing) {
          session.close(closing, undefined);
          return [ending(closing, undefined)];
        }
        const gateway = options.gateway();
        if (!gateway) return [gatewayError('INTERNAL_ERROR', 'The gateway has no supergraph yet.')];
        if (Object.keys(subscriptions).length > options.maxOperationsPerConnection) {
          const most = options.maxOperationsPerConnection;
          return [gatewayError('OPERATION_TOO_LARGE', `At most ${most} operations may run on one connection.`)];
        }
        const headers = forwardedHeaders(extra.request, options.forwardHeaders);
        const { caller } = session;
        try {
          const bound = await gateway.prepare({ ...payload, headers, caller });
          const { document, operation } = bound.planned;
          const forget = () => Reflect.deleteProperty(subscriptions, id);
          const contextValue: OperationState = {
            results: resultsOf(gateway, bound, headers, new SocketOperation(session, id, forget)),
          };
          const operationName = operation.name?.value;
          return { schema: gateway.supergraph.apiSchema, document, operationName, contextValue };
        } catch (error) {
          if (error instanceof OperationRefused) return error.errors;
          throw error;
        }
      },

      execute: resultsOfArguments,
      subscribe: resultsOfArguments,
    },
    sockets,
  );

  return {
    upgrade(request, socket, head) {
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
    },
    async close(graceMs) {
      const cut = setTimeout(() => sockets.clients.forEach((client) => client.terminate()), graceMs);
      await server.dispose();
      clearTimeout(cut);
    },
  };
}

/** Why a client may ask nothing more, if so. */
function closingCodeOf({ caller, socket }: SocketSession, maxBufferedBytes: number): ClosingCode | undefined {
  if (caller.expiresAt !== undefined && caller.expiresAt <= Date.now()) return 'CALLER_EXPIRED';
  return socket.bufferedAmount > maxBufferedBytes ? 'SUBSCRIBER_TOO_SLOW' : undefined;
}

function resultsOf(
  gateway: Gateway,
  bound: BoundOperation,
  headers: Readonly<Record<string, string>> | undefined,
  operation: SocketOperation,
): AsyncGenerator<never, void, void> {
  const { caller } = operation.session;
  return operation.results((signal) => {
    const runOptions = { signal, headers, caller };
    if (bound.planned.operation.operation === OperationTypeNode.SUBSCRIPTION) {
      gateway.follow(bound, runOptions, operation);
      return;
    }
    gateway.run(bound, runOptions).then(
      (response) => {
        operation.next(response);
        operation.end([]);
      },
      // It rejects only if nobody waits any more.
      () => operation.end([]),
    );
  });
}

function resultsOfArguments(args: ExecutionArgs): AsyncGenerator<never, void, void> {
  return (args.contextValue as OperationState).results;
}

interface OperationState {
  readonly results: AsyncGenerator<never, void, void>;
}
