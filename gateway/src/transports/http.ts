import { fromByteText, toByteText } from '../byte-text.ts';
import { InFlight, headersKey } from '../in-flight.ts';
import { SubgraphFault } from '../errors.ts';
import { guardedByBreaker } from './circuit-breaker.ts';
import { decompress, InflatedTooLarge } from './decompress.ts';
import { badResponse } from './http-client.ts';
import type { HttpClientOptions, HttpPost, Post } from './http-client.ts';
import { http1Client } from './http1-client.ts';
import type { ResponseHead } from './http1-response.ts';
import { textOf } from './response-text.ts';
import { readinessOf } from './subgraph-readiness.ts';
import { retrying } from './retrying.ts';
import { sendableHeaders } from './sent-headers.ts';
import { transportOptions } from './transport-options.ts';
import type { ContentEncoding, GivenTransportOptions, TransportOptions } from './transport-options.ts';
import { readSubgraphResult } from './subgraph-result.ts';
import type { SubgraphOperation, SubgraphRequest, SubgraphResult, SubgraphTransport } from './transport.ts';
import { sdlQuery } from './transport.ts';
import { undiciClient } from './undici-client.ts';
import { websocketSubscriptions } from './websocket.ts';

export interface HttpTransportOptions {
  readonly name: string;
  /** `http:` or `https:`; subscriptions go to the same place over a websocket. */
  readonly url: string;
  readonly options?: GivenTransportOptions;
}

/**
 * Reaches a subgraph over HTTP, and over one websocket for all subscriptions. A fetch goes, as far as it is asked for,
 * through deduplication, retries and the circuit breaker to a pool of connections.
 */
export function httpTransport({ name, url, options: given }: HttpTransportOptions): SubgraphTransport {
  const options = transportOptions(given);
  const target = new URL(url);
  const { retry, breaker, acceptEncoding } = options;
  const clientOptions: HttpClientOptions = {
    ...options,
    name,
    target,
    attemptTimeoutMs: Math.min(options.timeoutMs, (retry && retry.attemptTimeoutMs) || Infinity),
    headers: {
      accept: acceptedMediaTypes,
      'content-type': 'application/json',
      ...(acceptEncoding.length > 0 && { 'accept-encoding': acceptEncoding.join(', ') }),
    },
    read: (head, body) => readText(name, options, head, body),
  };
  const client =
    target.protocol === 'http:' ? http1Client(clientOptions) : undiciClient({ ...clientOptions, http2: options.http2 });
  const bounded = boundedPost(name, client.post, options.maxRequests);
  const guarded = breaker && guardedByBreaker(name, bounded, breaker);
  let post = guarded ? guarded.post : bounded;
  if (retry) post = retrying(name, post, retry, options.timeoutMs);
  if (options.dedupe) post = deduplicated(post);
  const subscriptions = websocketSubscriptions(name, target, options);
  const bodyStart = memoizedBodyStart();

  const execute = async (request: SubgraphRequest, through: Post): Promise<SubgraphResult> => {
    const { query, operationName, variables, idempotent = false, signal, headers } = request;
    signal.throwIfAborted();
    const body = toByteText(JSON.stringify({ query, operationName, variables }));
    const sent = headers && sendableHeaders(headers);
    const answer = await through({ body, headers: sent, isIdempotent: idempotent, signal });
    return readSubgraphResult(name, fromByteText(answer));
  };

  return {
    execute: (request) => execute(request, post),
    executeText: ({ operation, variables, signal, headers }) =>
      signal.aborted
        ? Promise.reject(signal.reason as Error)
        : post({
            body: `${bodyStart(operation)}${variables}}`,
            headers: headers && sendableHeaders(headers),
            isIdempotent: operation.idempotent,
            signal,
          }),
    subscribe: (request) => subscriptions.subscribe(request),
    async sdl(signal) {
      // Whoever asks waits for the subgraph to come up: neither breaker nor retries.
      const result = await execute({ query: sdlQuery, variables: {}, idempotent: true, signal }, bounded);
      const service = result.data?.['_service'];
      if (typeof service === 'object' && service !== null && 'sdl' in service && typeof service.sdl === 'string') {
        return service.sdl;
      }
      throw badResponse(name, result.errors?.[0]?.message ?? 'it gives no schema');
    },
    notReady: (signal) => readinessOf(target, signal),
    breaker: guarded ? () => guarded.state() : undefined,
    async close() {
      await Promise.all([subscriptions.close(), client.close()]);
    },
  };
}

const acceptedMediaTypes = 'application/graphql-response+json, application/json;q=0.9';

/** A request's JSON up to its variables, made once for each operation. */
function memoizedBodyStart(): (operation: SubgraphOperation) => string {
  const starts = new WeakMap<SubgraphOperation, string>();
  return (operation) => {
    let start = starts.get(operation);
    if (start === undefined) {
      const { query, operationName } = operation;
      start = toByteText(`${JSON.stringify({ query, operationName }).slice(0, -1)},"variables":`);
      starts.set(operation, start);
    }
    return start;
  };
}

function boundedPost(name: string, post: Post, maxRequests: number): Post {
  let running = 0;
  const end = () => {
    running--;
  };
  return (request) => {
    if (running >= maxRequests) {
      const message = `Too many requests to subgraph "${name}" are waiting already.`;
      return Promise.reject(new SubgraphFault('SUBGRAPH_UNAVAILABLE', message));
    }
    running++;
    const answer = post(request);
    answer.then(end, end);
    return answer;
  };
}

/** Lets identical idempotent requests share one; forwarded headers carry who asks, so that only equals share. */
function deduplicated(post: Post): Post {
  const running = new InFlight<string>();
  return (request: HttpPost) =>
    request.isIdempotent
      ? running.share(`${headersKey(request.headers)}\n${request.body}`, request.signal, (signal) =>
          post({ ...request, signal }),
        )
      : post(request);
}

function readText(
  name: string,
  { acceptEncoding, maxResponseBytes }: TransportOptions,
  { status, contentType, contentEncoding, retryAfter }: ResponseHead,
  body: Buffer,
): string | Promise<string> {
  if (status === 503 && retryAfter !== '') throw putOff(name, retryAfter);
  if (!jsonMediaType.test(contentType)) {
    const mediaType = contentType ? 'a media type that is not JSON' : 'no media type';
    throw badResponse(name, `status ${status} and ${mediaType}`, { isOutage: status >= 500 });
  }
  if (contentEncoding === '' || contentEncoding === 'identity') return validText(name, body);
  const encoding = acceptEncoding.find((accepted) => accepted === contentEncoding.toLowerCase());
  if (!encoding) throw badResponse(name, 'a compression that it was not asked for');
  return readCompressed(name, encoding, Buffer.from(body), maxResponseBytes);
}

const jsonMediaType = /^application\/(?:graphql-response\+)?json[ \t]*(?:;|$)/i;

async function readCompressed(
  name: string,
  encoding: ContentEncoding,
  body: Buffer,
  maxBytes: number,
): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await decompress(encoding, body, maxBytes);
  } catch (error) {
    const what =
      error instanceof InflatedTooLarge ? 'more than the gateway accepts' : 'something that is not compressed';
    throw badResponse(name, what, { cause: error });
  }
  return validText(name, bytes);
}

function validText(name: string, body: Buffer): string {
  const text = textOf(body);
  if (text === undefined) throw badResponse(name, 'text that is not UTF-8');
  return text;
}

/** `Retry-After` is a number of seconds or a date. */
function putOff(name: string, retryAfter: string): SubgraphFault {
  const seconds = /^[0-9]{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return new SubgraphFault('SUBGRAPH_UNAVAILABLE', `Subgraph "${name}" takes no requests at the moment.`, {
    ...(seconds >= 0 && { retryAfterMs: seconds }),
  });
}
