import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { createHandler } from 'graphql-http';
import type { OperationArgs, Request, Response } from 'graphql-http';
import { BodyTooLarge, readBody } from '@takt/serving';
import { OperationRefused } from '../errors.ts';
import type { GatewayErrorCode } from '../errors.ts';
import type { BoundOperation } from '../execute/executor.ts';
import type { Gateway } from '../gateway.ts';
import { answerError } from './answer.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import type { OperationSlots } from './operation-slots.ts';

export interface GraphqlOverHttpOptions {
  readonly gateway: () => Gateway | undefined;
  readonly maxBodyBytes: number;
  readonly slots: OperationSlots;
  /** Lower-case names of headers that are passed on to subgraphs. */
  readonly forwardHeaders: readonly string[];
  /** Aborts every request that is still running. */
  readonly signal: AbortSignal;
}

/** Serves queries and mutations by GraphQL over HTTP. A client that goes away stops its fetches. */
export function graphqlOverHttp(
  options: GraphqlOverHttpOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const handle = createHandler<IncomingMessage, RequestState, OperationState>({
    async onSubscribe(request, params) {
      const { context } = request;
      const { gateway } = context;
      if (!gateway) return unavailable('The gateway has no supergraph yet.');
      try {
        const bound = await gateway.prepare(params);
        context.release = await options.slots.take(context.signal);
        if (!context.release) return unavailable('Too many operations are waiting already.');
        return operationArguments(gateway, bound, request);
      } catch (error) {
        if (!(error instanceof OperationRefused)) throw error;
        const busy = error.errors.find(({ extensions }) => extensions['code'] === 'PLANNING_BUSY');
        return busy ? unavailable(busy.message, 'PLANNING_BUSY') : error.errors;
      }
    },
    async execute(args) {
      const { gateway, bound, request } = args.contextValue as OperationState;
      const response = await gateway.run(bound, {
        signal: request.context.signal,
        headers: forwardedHeaders(request.raw, options.forwardHeaders),
      });
      return JSON.parse(response) as ExecutionResult;
    },
  });

  return async (request, response) => {
    const { headers, url = '', method = '' } = request;
    if (headers['content-encoding'] !== undefined) {
      answerError(response, 415, 'Compressed requests are not accepted.');
      return;
    }
    const gone = new AbortController();
    const abort = () => gone.abort();
    response.once('close', abort);
    options.signal.addEventListener('abort', abort, { once: true });
    const gateway = options.gateway();
    const releaseGateway = gateway?.retain();
    const state: RequestState = { gateway, signal: gone.signal };
    let tooLarge = false;
    try {
      const [body, init] = await handle({
        url,
        method,
        headers,
        raw: request,
        context: state,
        body: async () => {
          try {
            return await readBody(request, options.maxBodyBytes);
          } catch (error) {
            tooLarge = error instanceof BodyTooLarge;
            throw error;
          }
        },
      });
      if (tooLarge) {
        const message = `The body is larger than ${options.maxBodyBytes} bytes.`;
        answerError(response, 413, message, { connection: 'close' });
        request.resume();
        return;
      }
      response.writeHead(init.status, init.statusText, {
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        ...init.headers,
        ...(body !== null && { 'content-length': String(Buffer.byteLength(body)) }),
      });
      response.end(body);
    } catch (error) {
      if (response.headersSent || response.destroyed) return;
      if (gone.signal.aborted) answerError(response, 503, 'The gateway is shutting down.', { connection: 'close' });
      else throw error;
    } finally {
      state.release?.();
      releaseGateway?.();
      options.signal.removeEventListener('abort', abort);
    }
  };
}

function operationArguments(
  gateway: Gateway,
  bound: BoundOperation,
  request: Request<IncomingMessage, RequestState>,
): OperationArgs<OperationState> {
  const { document, operation } = bound.planned;
  return {
    schema: gateway.supergraph.apiSchema,
    document,
    operationName: operation.name?.value,
    contextValue: { gateway, bound, request },
  };
}

interface RequestState {
  /** The version of the graph that the whole request is answered from. */
  readonly gateway: Gateway | undefined;
  readonly signal: AbortSignal;
  /** Gives back the slot that the operation runs in. */
  release?: (() => void) | undefined;
}

type OperationState = {
  readonly gateway: Gateway;
  readonly bound: BoundOperation;
  readonly request: Request<IncomingMessage, RequestState>;
};

function unavailable(message: string, code?: GatewayErrorCode): Response {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'retry-after': '1' };
  return [
    JSON.stringify({ errors: [{ message, ...(code && { extensions: { code } }) }] }),
    { status: 503, statusText: 'Service Unavailable', headers },
  ];
}
