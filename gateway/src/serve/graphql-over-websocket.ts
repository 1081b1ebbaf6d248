import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { gatewayError, OperationRefused } from '../errors.ts';
import type { BoundOperation, RunOptions } from '../execute/executor.ts';
import type { Gateway } from '../gateway.ts';
import { AuthenticationFailed } from '../guard/authentication.ts';
import type { Authenticate } from '../guard/authentication.ts';
import { anonymous } from '../guard/caller.ts';
import type { Caller } from '../guard/caller.ts';
import { endingAtOnce } from '../subscribe/subscription.ts';
import { forwardedHeaders } from './forwarded-headers.ts';

export interface GraphqlOverWebsocketOptions {
  readonly gateway: () => Gateway | undefined;
  readonly maxMessageBytes: number;
  readonly maxOperationsPerConnection: number;
  readonly connectionInitTimeoutMs: number;
  readonly forwardHeaders: readonly string[];
  /** All callers are anonymous unless given. */
  readonly authenticate?: Authenticate | undefined;
}

export interface WebsocketEndpoint {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every connection with 1001; those that do not answer within `graceMs` are cut. */
  close(graceMs: number): Promise<void>;
}

/**
 * Serves all operations by graphql-transport-ws; the protocol's close codes are the library's. A connection whose token is
 * not good is closed with 4401, one whose token cannot be verified now with 1013.
 */
export function graphqlOverWebsocket(options: GraphqlOverWebsocketOptions): WebsocketEndpoint {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: options.maxMessageBytes });

  const server = useServer<Record<string, unknown>, ConnectionState>(
    {
      connectionInitWaitTimeout: options.connectionInitTimeoutMs,
      async onConnect({ connectionParams, extra }) {
        try {
          extra.caller = await options.authenticate?.(extra.request.headers, connectionParams);
        } catch (error) {
          if (!(error instanceof AuthenticationFailed)) throw error;
          extra.socket.close(error.code === 'UNAUTHENTICATED' ? 4401 : 1013, error.message);
          return false;
        }
        return true;
      },
      async onSubscribe(context, _id, payload) {
        const gateway = options.gateway();
        if (!gateway) return [gatewayError('INTERNAL_ERROR', 'The gateway has no supergraph yet.')];
        if (Object.keys(context.subscriptions).length > options.maxOperationsPerConnection) {
          const most = options.maxOperationsPerConnection;
          return [gatewayError('OPERATION_TOO_LARGE', `At most ${most} operations may run on one connection.`)];
        }
        try {
          const { caller = anonymous } = context.extra;
          const bound = await gateway.prepare({ ...payload, caller });
          const headers = forwardedHeaders(context.extra.request, options.forwardHeaders);
          const { document, operation } = bound.planned;
          const contextValue: OperationState = { gateway, bound, headers, caller };
          const operationName = operation.name?.value;
          return { schema: gateway.supergraph.apiSchema, document, operationName, contextValue };
        } catch (error) {
          if (error instanceof OperationRefused) return error.errors;
          throw error;
        }
      },
      execute(args) {
        const { gateway, bound, ...run } = stateOf(args);
        return once(async (signal) => resultOf(await gateway.run(bound, { ...run, signal })));
      },
      subscribe(args) {
        const { gateway, bound, ...run } = stateOf(args);
        return gateway.stream(bound, { ...run, signal: never });
      },
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

/** The library asks errors for their JSON. */
function resultOf(response: string): ExecutionResult {
  const { errors, ...rest } = JSON.parse(response) as { errors?: object[] };
  if (!errors) return rest;
  const asked = errors.map((error) => ({ ...error, toJSON: () => error }) as unknown as GraphQLError);
  return { errors: asked, ...rest };
}

/** A query or mutation as a stream of one result, so that it is cancelled when the client completes it or goes away. */
function once(run: (signal: AbortSignal) => Promise<ExecutionResult>): AsyncGenerator<ExecutionResult, void, void> {
  const stop = new AbortController();
  return endingAtOnce(
    (async function* () {
      try {
        yield await run(stop.signal);
      } catch (error) {
        if (!stop.signal.aborted) throw error;
      }
    })(),
    stop,
  );
}

const never = new AbortController().signal;

type ConnectionState = {
  caller?: Caller | undefined;
};

interface OperationState extends Pick<RunOptions, 'headers' | 'caller'> {
  readonly gateway: Gateway;
  readonly bound: BoundOperation;
}

function stateOf(args: ExecutionArgs): OperationState {
  return args.contextValue as OperationState;
}
