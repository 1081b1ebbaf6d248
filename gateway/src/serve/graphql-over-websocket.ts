import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { OperationTypeNode } from 'graphql';
import type { ExecutionArgs } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { gatewayError, OperationRefused } from '../errors.ts';
import type { BoundOperation, RunOptions } from '../execute/executor.ts';
import type { Gateway } from '../gateway.ts';
import { AuthenticationFailed } from '../guard/authentication.ts';
import type { Authenticate } from '../guard/authentication.ts';
import { ending } from '../subscribe/endings.ts';
import { documentOf } from '../trusted/document-of.ts';
import type { KnownDocuments } from '../trusted/document-of.ts';
import type { ClosingCode } from './close-codes.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import type { OperationSlots } from './operation-slots.ts';
import { SocketOperation, SocketSession } from './socket-session.ts';

export interface GraphqlOverWebsocketOptions {
  readonly gateway: () => Gateway | undefined;
  /** The documents that clients have registered; every text runs without it. */
  readonly trusted?: KnownDocuments | undefined;
  readonly maxMessageBytes: number;
  readonly maxOperationsPerConnection: number;
  /** Bytes that a client has not taken yet, above which it may not ask for more. */
  readonly maxBufferedBytes: number;
  readonly connectionInitTimeoutMs: number;
  /** Shared with HTTP; subscriptions take none. */
  readonly slots: OperationSlots;
  readonly forwardHeaders: readonly string[];
  /** Everybody is anonymous without it. */
  readonly authenticate?: Authenticate | undefined;
}

export interface WebsocketEndpoint {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /**
   * Begins no operation any more. Closes every connection with 1001 as soon as no operation of it runs, at the latest
   * after `drainMs`; those that do not answer that within `graceMs` are cut.
   */
  close(limits: { readonly drainMs: number; readonly graceMs: number }): Promise<void>;
}

/**
 * Serves all operations by graphql-transport-ws. The library keeps the protocol; responses are written past it as the
 * text that they are, for a shared subscription the same for all. Close codes are the library's and {@link closeCodes};
 * a connection whose token is not good is closed with 4401, one whose token cannot be verified now with 1013.
 */
export function graphqlOverWebsocket(options: GraphqlOverWebsocketOptions): WebsocketEndpoint {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    WebSocket: ClientSocket,
  });
  const sessions = new WeakMap<WebSocket, SocketSession>();
  let isClosing = false;
  const sessionOf = (socket: WebSocket): SocketSession => {
    let session = sessions.get(socket);
    if (!session) sessions.set(socket, (session = new SocketSession(socket)));
    return session;
  };

  /** Why the connection is being closed, if so; closes it where there is a reason to. */
  const closingOf = (session: SocketSession): ClosingCode | undefined => {
    const closing = session.closing ?? closingCodeOf(session, options.maxBufferedBytes);
    if (closing) session.close(closing, undefined);
    return closing;
  };

  const server = useServer<Record<string, unknown>>(
    {
      connectionInitWaitTimeout: options.connectionInitTimeoutMs,

      async onConnect({ connectionParams, extra }) {
        if (!options.authenticate) return true;
        try {
          sessionOf(extra.socket).caller = await options.authenticate(extra.request.headers, connectionParams);
          return true;
        } catch (error) {
          if (!(error instanceof AuthenticationFailed)) throw error;
          extra.socket.close(error.code === 'UNAUTHENTICATED' ? 4401 : 1013, error.message);
          return false;
        }
      },

      onPing({ extra }) {
        closingOf(sessionOf(extra.socket));
      },

      async onSubscribe({ subscriptions, extra }, id, payload) {
        const session = sessionOf(extra.socket);
        const closing = closingOf(session);
        if (closing) return [ending(closing, undefined)];
        if (isClosing) return [ending('GATEWAY_CLOSING', undefined)];
        const gateway = options.gateway();
        if (!gateway) return [gatewayError('GATEWAY_UNAVAILABLE', 'The gateway has no supergraph yet.')];
        if (Object.keys(subscriptions).length > options.maxOperationsPerConnection) {
          const most = options.maxOperationsPerConnection;
          return [gatewayError('OPERATION_TOO_LARGE', `At most ${most} operations may run on one connection.`)];
        }
        const headers = forwardedHeaders(extra.request, options.forwardHeaders);
        const { caller } = session;
        try {
          const query = documentOf(payload, options.trusted);
          const bound = await gateway.prepare({ ...payload, query, headers, caller });
          const { document, operation } = bound.planned;
          const forget = () => Reflect.deleteProperty(subscriptions, id);
          const tellsPlaces = payload.extensions?.['tellPlaces'] === true;
          const answering = new SocketOperation(session, id, forget, tellsPlaces);
          const contextValue: OperationState = {
            results: resultsOf(gateway, bound, headers, options.slots, answering),
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
      sockets.handleUpgrade(request, socket, head, (client) => {
        // Each is answered at once, by as many bytes.
        client.on('ping', () => closingOf(sessionOf(client)));
        sockets.emit('connection', client, request);
      });
    },
    async close({ drainMs, graceMs }) {
      isClosing = true;
      let late: NodeJS.Timeout | undefined;
      const tooLate = new Promise<void>((resolve) => (late = setTimeout(resolve, drainMs)));
      const closing = [...sockets.clients].map(async (client) => {
        await Promise.race([sessionOf(client).idle(), tooLate]);
        client.close(goingAway, 'Going away');
      });
      await Promise.all(closing);
      clearTimeout(late);
      const cut = setTimeout(() => sockets.clients.forEach((client) => client.terminate()), graceMs);
      await server.dispose();
      clearTimeout(cut);
    },
  };
}

/** The close code of a server that stops: clients connect again. */
const goingAway = 1001;

/**
 * Takes what is sent as sent. A refusal that waited for a client that does not read would hold a place among its
 * operations, and one that could not be written any more would be told in the log.
 */
class ClientSocket extends WebSocket {
  override send(data: Parameters<WebSocket['send']>[0], ...rest: unknown[]): void {
    const done = rest.find((each): each is () => void => typeof each === 'function');
    super.send(data);
    done?.();
  }
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
  slots: OperationSlots,
  operation: SocketOperation,
): AsyncGenerator<never, void, void> {
  const { caller } = operation.session;
  const run = async (runOptions: RunOptions): Promise<void> => {
    const retained = gateway.retain();
    try {
      const release = await slots.take(runOptions.signal);
      if (!release) {
        operation.fail([gatewayError('GATEWAY_UNAVAILABLE', 'Too many operations are waiting already.')]);
        return;
      }
      try {
        operation.next(await gateway.run(bound, runOptions));
      } finally {
        release();
      }
    } finally {
      retained();
    }
  };
  return operation.results((signal) => {
    const runOptions = { signal, headers, caller };
    if (bound.planned.operation.operation === OperationTypeNode.SUBSCRIPTION) {
      gateway.follow(bound, runOptions, operation);
      return;
    }
    const end = () => operation.end([]);
    // It rejects only if nobody waits any more.
    run(runOptions).then(end, end);
  });
}

function resultsOfArguments(args: ExecutionArgs): AsyncGenerator<never, void, void> {
  return (args.contextValue as OperationState).results;
}

interface OperationState {
  readonly results: AsyncGenerator<never, void, void>;
}
