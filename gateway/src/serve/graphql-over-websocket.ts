import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { gatewayError, OperationRefused } from '../errors.ts';
import type { BoundOperation, RunOptions } from '../execute/executor.ts';
import type { Gateway } from '../gateway.ts';
import { releasing } from '../reference-count.ts';
import { endingAtOnce } from '../subscribe/subscription.ts';
import { forwardedHeaders } from './forwarded-headers.ts';

export interface GraphqlOverWebsocketOptions {
  readonly gateway: () => Gateway | undefined;
  readonly maxMessageBytes: number;
  readonly maxOperationsPerConnection: number;
  readonly connectionInitTimeoutMs: number;
  readonly forwardHeaders: readonly string[];
}

export interface WebsocketEndpoint {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every connection with 1001; those that do not answer within `graceMs` are cut. */
  close(graceMs: number): Promise<void>;
}

/** Serves all operations by graphql-transport-ws; the protocol's close codes are the library's. */
export function graphqlOverWebsocket(options: GraphqlOverWebsocketOptions): WebsocketEndpoint {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: options.maxMessageBytes });

  const server = useServer<Record<string, unknown>>(
    {
      connectionInitWaitTimeout: options.connectionInitTimeoutMs,
      async onSubscribe(context, _id, payload) {
        const gateway = options.gateway();
        if (!gateway) return [gatewayError('INTERNAL_ERROR', 'The gateway has no supergraph yet.')];
        if (Object.keys(context.subscriptions).length > options.maxOperationsPerConnection) {
          const most = options.maxOperationsPerConnection;
          return [gatewayError('OPERATION_TOO_LARGE', `At most ${most} operations may run on one connection.`)];
        }
        const release = gateway.retain();
        try {
          const bound = await gateway.prepare(payload);
          const headers = forwardedHeaders(context.extra.request, options.forwardHeaders);
          const { document, operation } = bound.planned;
          const contextValue: OperationState = { gateway, release, bound, headers };
          const operationName = operation.name?.value;
          return { schema: gateway.supergraph.apiSchema, document, operationName, contextValue };
        } catch (error) {
          release();
          if (error instanceof OperationRefused) return error.errors;
          throw error;
        }
      },
      execute(args) {
        const { gateway, release, bound, headers } = stateOf(args);
        const result = once(
          async (signal) => JSON.parse(await gateway.run(bound, { signal, headers })) as ExecutionResult,
        );
        return releasing(result, release);
      },
      subscribe(args) {
        const { gateway, release, bound, headers } = stateOf(args);
        return releasing(gateway.stream(bound, { signal: never, headers }), release);
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

interface OperationState extends Pick<RunOptions, 'headers'> {
  readonly gateway: Gateway;
  /** Called when the operation has ended: until then a version that has been replaced stays open for it. */
  readonly release: () => void;
  readonly bound: BoundOperation;
}

function stateOf(args: ExecutionArgs): OperationState {
  return args.contextValue as OperationState;
}
