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
import { anonymous } from '../guard/caller.ts';
import { ending } from '../subscribe/endings.ts';
import { documentOf } from '../trusted/document-of.ts';
import type { KnownDocuments } from '../trusted/document-of.ts';
import { clientOf } from '../usage/client-identity.ts';
import type { Usage } from '../usage/usage.ts';
import { chooseGateway, contractHeader, pinsOf } from './chosen-gateway.ts';
import type { ContractGateways } from './chosen-gateway.ts';
import type { ClosingCode } from './close-codes.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import type { OperationSlots } from './operation-slots.ts';
import { hasErrors, recordUse } from './record-use.ts';
import { RequestRefused } from './request-refused.ts';
import { maxReasonBytes, SocketOperation, SocketSession } from './socket-session.ts';

export interface GraphqlOverWebsocketOptions {
  /** What serves now. */
  readonly graph: () => ContractGateways | undefined;
  /** In ms since 1970: what sunsets are compared with. */
  readonly now: () => number;
  /** The documents that clients have registered; every text runs without it. */
  readonly trusted?: KnownDocuments | undefined;
  /** Counts what is run. */
  readonly usage?: Pick<Usage, 'record'> | undefined;
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
 * a connection whose token is not good is closed with 4401, one whose token cannot be verified now with 1013, one that
 * asks for a contract that it cannot have with 4400 and the reason. The contract of a connection is decided once, and told
 * with the acknowledgement.
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
        const session = sessionOf(extra.socket);
        try {
          session.caller = (await options.authenticate?.(extra.request.headers, connectionParams)) ?? anonymous;
          session.client = clientOf(extra.request.headers, connectionParams, session.caller);
          session.pins = [...pinsOf(extra.request), ...pinsIn(connectionParams)];
          const graph = options.graph();
          if (!graph) return true;
          const chosen = chooseGateway(graph, session.pins, session.caller, options.now());
          const notice = chosen.notice();
          if (!notice) return true;
          session.contract = notice.contract;
          const { contract, deprecation, sunset } = notice;
          return {
            contract,
            ...(deprecation !== undefined && { deprecation }),
            ...(sunset !== undefined && { sunset }),
          };
        } catch (error) {
          if (error instanceof RequestRefused) extra.socket.close(badRequest, reasonOf(error));
          else if (!(error instanceof AuthenticationFailed)) throw error;
          else extra.socket.close(error.code === 'UNAUTHENTICATED' ? 4401 : 1013, error.message);
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
        const graph = options.graph();
        if (!graph) return [gatewayError('GATEWAY_UNAVAILABLE', 'The gateway has no supergraph yet.')];
        if (Object.keys(subscriptions).length > options.maxOperationsPerConnection) {
          const most = options.maxOperationsPerConnection;
          return [gatewayError('OPERATION_TOO_LARGE', `At most ${most} operations may run on one connection.`)];
        }
        const headers = forwardedHeaders(extra.request, options.forwardHeaders);
        const { caller } = session;
        try {
          const pins = graph.supergraph.contracts && session.contract ? [session.contract] : session.pins;
          const { gateway, name } = chooseGateway(graph, pins, caller, options.now());
          const query = documentOf(payload, options.trusted);
          const bound = await gateway.prepare({ ...payload, query, headers, caller });
          const { document, operation } = bound.planned;
          const forget = () => Reflect.deleteProperty(subscriptions, id);
          const tellsPlaces = payload.extensions?.['tellPlaces'] === true;
          const answering = new SocketOperation(session, id, forget, tellsPlaces);
          const used = { client: session.client, name, isPinned: session.pins.length > 0 };
          const record = (failed: boolean) => recordUse(options.usage, used, bound, failed);
          const contextValue: OperationState = {
            results: resultsOf(gateway, bound, headers, options.slots, answering, record),
          };
          const operationName = operation.name?.value;
          return { schema: gateway.supergraph.apiSchema, document, operationName, contextValue };
        } catch (error) {
          if (error instanceof OperationRefused) return error.errors;
          if (error instanceof RequestRefused) return [gatewayError(error.code, error.message)];
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

/** Connecting again does not help. */
const badRequest = 4400;

/** As much of it as a close frame takes, where a character that is cut becomes one of three bytes. */
function reasonOf({ code, message }: RequestRefused): string {
  return Buffer.from(`${code}: ${message}`)
    .subarray(0, maxReasonBytes - 3)
    .toString();
}

/** As `Takt-Contract` in a websocket's first message. */
function pinsIn(connectionParams: Readonly<Record<string, unknown>> = {}): readonly unknown[] {
  return Object.entries(connectionParams)
    .filter(([name]) => name.toLowerCase() === contractHeader)
    .map(([, value]) => value);
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
  record: (failed: boolean) => void,
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
        const text = await gateway.run(bound, runOptions);
        record(hasErrors(text));
        operation.next(text);
      } finally {
        release();
      }
    } finally {
      retained();
    }
  };
  return operation.results((signal) => {
    const runOptions = { signal, headers, caller, contract: gateway.supergraph.contract?.label };
    if (bound.planned.operation.operation === OperationTypeNode.SUBSCRIPTION) {
      record(false);
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
