import type { IncomingMessage, ServerResponse } from 'node:http';
import { OperationTypeNode } from 'graphql';
import type { GraphQLError } from 'graphql';
import { fromByteText, toByteText } from '../byte-text.ts';
import { OperationRefused } from '../errors.ts';
import type { GatewayErrorCode } from '../errors.ts';
import type { BoundOperation, RunOptions } from '../execute/executor.ts';
import type { Gateway } from '../gateway.ts';
import { AuthenticationFailed } from '../guard/authentication.ts';
import type { Authenticate } from '../guard/authentication.ts';
import { anonymous } from '../guard/caller.ts';
import type { Caller } from '../guard/caller.ts';
import { documentOf } from '../trusted/document-of.ts';
import type { KnownDocuments } from '../trusted/document-of.ts';
import { acceptedMedia } from './accepted-media.ts';
import type { AcceptedMedia, SingleMediaType } from './accepted-media.ts';
import { compress, encodingFor } from './answer-compression.ts';
import { corsHeaders, preflightAnswer, refuseCrossSite } from './cross-site.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import type { OperationSlots } from './operation-slots.ts';
import { parametersOfBody, parametersOfUrl } from './request-parameters.ts';
import type { RequestParameters } from './request-parameters.ts';
import { RequestRefused } from './request-refused.ts';
import { cutLate, eventStream, subscriptionParts, writeDeferredParts } from './response-stream.ts';
import type { ResponseStream } from './response-stream.ts';

export interface GraphqlOverHttpOptions {
  readonly gateway: () => Gateway | undefined;
  /** Everybody is anonymous without it. */
  readonly authenticate?: Authenticate | undefined;
  /** The documents that clients have registered; every text runs without it. */
  readonly trusted?: KnownDocuments | undefined;
  readonly maxBodyBytes: number;
  /** Requests in one body; 1 for no batches. */
  readonly maxBatch: number;
  /** Responses that go on, at once. */
  readonly maxStreams: number;
  readonly heartbeatMs: number;
  readonly slots: OperationSlots;
  /** Lower-case names of headers that are passed on to subgraphs. */
  readonly forwardHeaders: readonly string[];
  /** Origins whose pages may read answers. */
  readonly corsOrigins: readonly string[];
  /** Answers of at least so many bytes are compressed; undefined to decide by where the client is. */
  readonly compressFromBytes: number | undefined;
  /** Aborts every request that is still running. */
  readonly signal: AbortSignal;
}

export interface HttpEndpoint {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Refuses subscriptions from now on. */
  refuseSubscriptions(): void;
}

/** Serves every kind of operation by GraphQL over HTTP. A client that goes away stops its fetches. */
export function graphqlOverHttp(options: GraphqlOverHttpOptions): HttpEndpoint {
  const running = new Set<AbortController>();
  const streams = new Set<ResponseStream>();
  let isClosing = false;
  options.signal.addEventListener('abort', () => {
    for (const controller of running) controller.abort();
  });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const cors = corsHeaders(request, options.corsOrigins);
    const preflight = preflightAnswer(request, options.corsOrigins);
    if (preflight) {
      response.writeHead(204, { ...cors, ...preflight }).end();
      return;
    }
    const gone = new AbortController();
    running.add(gone);
    response.once('close', () => {
      if (!response.writableFinished) gone.abort(clientGone);
    });
    const accepted = acceptedMedia(request.headers.accept);
    let release: (() => void) | undefined;
    try {
      if (!accepted)
        throw notAcceptable('The gateway answers as application/json or application/graphql-response+json.');
      const parameters = await parametersOf(request);
      const gateway = options.gateway();
      if (!gateway) throw unavailable('The gateway has no supergraph yet.');
      release = gateway.retain();
      const caller = (await options.authenticate?.(request.headers)) ?? anonymous;
      const exchange = { request, response, cors, accepted, signal: gone.signal, release, caller };
      if (isBatch(parameters)) await answerBatch(gateway, exchange, parameters);
      else await answerOne(gateway, exchange, parameters);
    } catch (error) {
      if (response.destroyed || response.headersSent) {
        if (!gone.signal.aborted) throw error;
        response.destroy();
        return;
      }
      if (error instanceof AuthenticationFailed) {
        const body = toByteText(JSON.stringify({ errors: error.errors }));
        const headers = { ...cors, 'www-authenticate': error.challenge };
        write(response, error.status, accepted?.single ?? 'application/json', body, headers);
        return;
      }
      const refused = error instanceof RequestRefused || !gone.signal.aborted ? error : shuttingDown();
      if (!(refused instanceof RequestRefused)) throw refused;
      const errors = [{ message: refused.message, extensions: { code: refused.code } }];
      const body = toByteText(JSON.stringify({ errors }));
      write(response, refused.status, accepted?.single ?? 'application/json', body, { ...cors, ...refused.headers });
    } finally {
      release?.();
      running.delete(gone);
    }
  };

  const textOf = (parameters: RequestParameters): string => documentOf(parameters, options.trusted);

  const parametersOf = (request: IncomingMessage) => {
    const { method, url = '' } = request;
    if (method !== 'GET' && method !== 'POST') {
      throw new RequestRefused(405, 'BAD_REQUEST', 'GraphQL is served by GET and POST.', { allow: 'GET, POST' });
    }
    if (method === 'POST') {
      const parameters = parametersOfBody(request, options);
      return parameters;
    }
    refuseCrossSite(request);
    return parametersOfUrl(url);
  };

  const answerOne = async (gateway: Gateway, exchange: Exchange, parameters: RequestParameters): Promise<void> => {
    const { accepted, request } = exchange;
    let bound: BoundOperation;
    try {
      bound = await gateway.prepare({ ...parameters, query: textOf(parameters), caller: exchange.caller });
    } catch (error) {
      if (!(error instanceof OperationRefused)) throw error;
      const busy = error.errors.find(({ extensions }) => extensions['code'] === 'PLANNING_BUSY');
      if (busy) throw unavailable(busy.message, 'PLANNING_BUSY');
      return answerRefusal(exchange, error.errors);
    }
    const { operation } = bound.planned.operation;
    if (operation === OperationTypeNode.MUTATION && request.method === 'GET') {
      throw new RequestRefused(405, 'BAD_REQUEST', 'A mutation must be sent by POST.', { allow: 'POST' });
    }
    if (operation === OperationTypeNode.SUBSCRIPTION) return answerSubscription(gateway, exchange, bound);
    if (accepted.deferredParts && bound.planned.deferLabels) return answerInParts(gateway, exchange, bound);
    const text = await run(gateway, exchange, bound);
    if (accepted.prefersEvents) {
      const stream = openStream(exchange, 'events');
      stream.next(fromByteText(text));
      stream.end([]);
    } else {
      const type = accepted.single;
      if (!type)
        throw notAcceptable('The operation is answered as application/json or application/graphql-response+json.');
      await send(exchange, statusOf(text, type), type, text);
    }
  };

  const answerBatch = async (
    gateway: Gateway,
    exchange: Exchange,
    batch: readonly RequestParameters[],
  ): Promise<void> => {
    const type = exchange.accepted.single;
    if (!type) throw notAcceptable('A batch is answered as application/json or application/graphql-response+json.');
    const answers = await Promise.all(
      batch.map(async (parameters) => {
        try {
          const bound = await gateway.prepare({ ...parameters, query: textOf(parameters), caller: exchange.caller });
          if (bound.planned.operation.operation === OperationTypeNode.SUBSCRIPTION) {
            throw notAcceptable('A subscription cannot be part of a batch.');
          }
          return await run(gateway, exchange, bound);
        } catch (error) {
          if (error instanceof OperationRefused) return toByteText(JSON.stringify({ errors: error.errors }));
          throw error;
        }
      }),
    );
    await send(exchange, 200, type, `[${answers.join(',')}]`);
  };

  /** Byte text. */
  const run = async (gateway: Gateway, exchange: Exchange, bound: BoundOperation): Promise<string> => {
    const release = await takeSlot(exchange.signal);
    try {
      return await gateway.runBytes(bound, runOptions(exchange));
    } finally {
      release();
    }
  };

  const answerInParts = async (gateway: Gateway, exchange: Exchange, bound: BoundOperation): Promise<void> => {
    const { response, signal, cors } = exchange;
    const release = await takeSlot(signal);
    try {
      await writeDeferredParts(response, gateway.runIncrementally(bound, runOptions(exchange)), cors, lastBytesMs);
    } finally {
      release();
    }
  };

  const answerSubscription = async (gateway: Gateway, exchange: Exchange, bound: BoundOperation): Promise<void> => {
    const { accepted, request, response } = exchange;
    if (!accepted.stream) {
      throw notAcceptable(
        'A subscription is answered as text/event-stream or multipart/mixed;subscriptionSpec="1.0", or over a websocket.',
      );
    }
    if (isClosing) throw shuttingDown();
    const stream = openStream(exchange, accepted.stream);
    const lastEvent = accepted.stream === 'events' ? request.headers['last-event-id'] : undefined;
    const resumeAfter = typeof lastEvent === 'string' && lastEvent !== '' ? lastEvent : undefined;
    const stop = gateway.follow(bound, { ...runOptions(exchange), resumeAfter }, stream);
    // Subscriptions move on to newer versions.
    exchange.release();
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    if (!response.destroyed) await closed;
    stop();
  };

  const openStream = ({ response, cors }: Exchange, kind: 'events' | 'parts'): ResponseStream => {
    if (streams.size >= options.maxStreams) throw unavailable('Too many streams are open already.');
    const open = kind === 'events' ? eventStream : subscriptionParts;
    const stream = open(response, { headers: cors, heartbeatMs: options.heartbeatMs, lastBytesMs });
    streams.add(stream);
    response.once('close', () => streams.delete(stream));
    return stream;
  };

  const answerRefusal = async (exchange: Exchange, errors: readonly GraphQLError[]): Promise<void> => {
    const { accepted } = exchange;
    if (accepted.single && !accepted.prefersEvents) {
      const text = toByteText(JSON.stringify({ errors }));
      const isInternal = errors.some(({ extensions }) => extensions['code'] === 'INTERNAL_ERROR');
      await send(
        exchange,
        isInternal ? 500 : accepted.single === 'application/json' ? 200 : 400,
        accepted.single,
        text,
      );
    } else {
      const stream = openStream(exchange, accepted.stream ?? 'events');
      stream.next(JSON.stringify({ errors }));
      stream.end([]);
    }
  };

  const send = async (exchange: Exchange, status: number, type: SingleMediaType, text: string): Promise<void> => {
    const { request, response, cors } = exchange;
    const encoding = encodingFor(request, text.length, options.compressFromBytes);
    if (!encoding) {
      write(response, status, type, text, cors);
      return;
    }
    const body = await compress(text, encoding);
    const vary = cors['vary'] ? `${cors['vary']}, accept-encoding` : 'accept-encoding';
    write(response, status, type, body, { ...cors, 'content-encoding': encoding, vary });
  };

  const takeSlot = async (signal: AbortSignal): Promise<() => void> => {
    const release = await options.slots.take(signal);
    if (!release) throw unavailable('Too many operations are waiting already.');
    return release;
  };

  const runOptions = ({ request, signal, caller }: Exchange): RunOptions => ({
    signal,
    caller,
    headers: forwardedHeaders(request, options.forwardHeaders),
  });

  return {
    handle,
    refuseSubscriptions() {
      isClosing = true;
    },
  };
}

/** Made once: an error costs more than a request. */
const clientGone = new Error('The client has gone.');

/** What connections take without the client having read anything. */
const sentAtOnce = 64 * 1024;

/** For a client that reads slowly to take the rest of its answer. */
const lastBytesMs = 30_000;

/** Head and body, which is bytes or byte text, in one write. */
function write(
  response: ServerResponse,
  status: number,
  type: SingleMediaType,
  body: string | Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body, 'latin1');
  if (body.length > sentAtOnce) cutLate(response, lastBytesMs);
}

/** A response ends with its data; one without any, with its errors. */
function statusOf(text: string, type: SingleMediaType): number {
  return type === 'application/graphql-response+json' && text.endsWith(']}') ? 500 : 200;
}

function isBatch(
  parameters: RequestParameters | readonly RequestParameters[],
): parameters is readonly RequestParameters[] {
  return Array.isArray(parameters);
}

function notAcceptable(message: string): RequestRefused {
  return new RequestRefused(406, 'BAD_REQUEST', message);
}

function unavailable(message: string, code: GatewayErrorCode = 'GATEWAY_UNAVAILABLE'): RequestRefused {
  return new RequestRefused(503, code, message, { 'retry-after': '1' });
}

function shuttingDown(): RequestRefused {
  return new RequestRefused(503, 'GATEWAY_UNAVAILABLE', 'The gateway is shutting down.', { connection: 'close' });
}

/** One request and what is known of it. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly cors: Readonly<Record<string, string>>;
  readonly accepted: AcceptedMedia;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** Gives the version of the graph back: one that has been replaced stays open until then. */
  readonly release: () => void;
  readonly caller: Caller;
}
