import { errors, Pool } from 'undici';
import { SubgraphFault } from '../errors.ts';
import type { SubgraphRequest, SubgraphResult, SubgraphTextRequest, SubgraphTransport } from './transport.ts';
import { sdlQuery } from './transport.ts';
import { websocketSubscriptions } from './websocket.ts';

export interface HttpTransportOptions {
  readonly name: string;
  /** `http:` or `https:`; subscriptions go to the same place over a websocket. */
  readonly url: string;
  readonly limits?: Partial<HttpTransportLimits>;
}

export interface HttpTransportLimits {
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** From sending a request to the last byte of its answer. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  /** Events of one subscription that wait to be taken; with one more it ends with `EVENTS_OVERFLOW`. */
  readonly maxQueuedEvents: number;
  /** Bytes of them, likewise. */
  readonly maxQueuedBytes: number;
}

const defaultHttpTransportLimits: HttpTransportLimits = {
  connections: 64,
  connectTimeoutMs: 3_000,
  timeoutMs: 30_000,
  maxResponseBytes: 64 * 1024 * 1024,
  maxQueuedEvents: 1_000,
  maxQueuedBytes: 16 * 1024 * 1024,
};

/** Reaches a subgraph over HTTP/1.1 with kept connections, and over one websocket for all subscriptions. */
export function httpTransport({ name, url, limits: given }: HttpTransportOptions): SubgraphTransport {
  const limits = { ...defaultHttpTransportLimits, ...given };
  const target = new URL(url);
  const path = target.pathname + target.search;
  const pool = new Pool(target.origin, {
    connections: limits.connections,
    connect: { timeout: limits.connectTimeoutMs },
    headersTimeout: limits.timeoutMs,
    bodyTimeout: limits.timeoutMs,
    maxResponseSize: limits.maxResponseBytes,
  });
  const subscriptions = websocketSubscriptions(name, target, limits);

  const execute = async (request: SubgraphRequest): Promise<SubgraphResult> => {
    const { query, variables, operationName } = request;
    return readResult(name, await post(request, JSON.stringify({ query, variables, operationName })));
  };

  const post = async (
    request: Pick<SubgraphRequest, 'signal'> & Pick<SubgraphTextRequest, 'headers'>,
    json: string,
  ): Promise<string> => {
    request.signal.throwIfAborted();
    const stop = new AbortController();
    const abort = () => stop.abort();
    request.signal.addEventListener('abort', abort, { once: true });
    const deadline = setTimeout(() => stop.abort(timedOut), limits.timeoutMs);
    let answered = false;
    try {
      const { statusCode, headers, body } = await pool.request({
        path,
        method: 'POST',
        headers: { ...request.headers, accept: acceptedMediaTypes, 'content-type': 'application/json' },
        body: json,
        signal: stop.signal,
      });
      answered = true;
      const contentType = headers['content-type'];
      if (!/^application\/(graphql-response\+)?json\b/i.test(String(contentType))) {
        const mediaType = contentType ? 'a media type that is not JSON' : 'no media type';
        throw badResponse(name, `status ${statusCode} and ${mediaType}`);
      }
      return await body.text();
    } catch (error) {
      request.signal.throwIfAborted();
      throw error instanceof SubgraphFault ? error : faultOf(name, error, answered);
    } finally {
      clearTimeout(deadline);
      request.signal.removeEventListener('abort', abort);
    }
  };

  return {
    execute,
    executeText: ({ operation: { query, operationName }, variables, ...options }) =>
      post(
        options,
        `{"query":${JSON.stringify(query)},"variables":${variables},"operationName":${JSON.stringify(operationName ?? null)}}`,
      ),
    subscribe: (request) => subscriptions.subscribe(request),
    async sdl(signal) {
      const result = await execute({ query: sdlQuery, variables: {}, signal });
      const service = result.data?.['_service'];
      if (typeof service === 'object' && service !== null && 'sdl' in service && typeof service.sdl === 'string') {
        return service.sdl;
      }
      throw badResponse(name, result.errors?.[0]?.message ?? 'it gives no schema');
    },
    async close() {
      await Promise.all([subscriptions.close(), pool.destroy()]);
    },
  };
}

const acceptedMediaTypes = 'application/graphql-response+json, application/json;q=0.9';
const timedOut = new Error('timed out');

function readResult(name: string, text: string): SubgraphResult {
  let result: unknown;
  try {
    result = JSON.parse(text);
  } catch (error) {
    throw badResponse(name, 'text that is not JSON', error);
  }
  if (!isSubgraphResult(result)) throw badResponse(name, 'JSON that is not a GraphQL response');
  return result;
}

/** Whether a value is a GraphQL response: data, or errors, or both. */
function isSubgraphResult(value: unknown): value is SubgraphResult {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { data, errors: reported } = value as Record<string, unknown>;
  if (data === undefined && reported === undefined) return false;
  if (data !== undefined && (typeof data !== 'object' || Array.isArray(data))) return false;
  return reported === undefined || (Array.isArray(reported) && reported.every(isError));
}

function isError(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { message, path, extensions } = value as Record<string, unknown>;
  if (typeof message !== 'string') return false;
  if (path !== undefined && path !== null && !Array.isArray(path)) return false;
  return extensions === undefined || extensions === null || typeof extensions === 'object';
}

function faultOf(name: string, error: unknown, answered: boolean): SubgraphFault {
  const isTimeout = error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError;
  if (error === timedOut || isTimeout) {
    return new SubgraphFault('SUBGRAPH_TIMEOUT', `Subgraph "${name}" did not answer in time.`, { cause: error });
  }
  if (error instanceof errors.HTTPParserError) return badResponse(name, 'something that is not HTTP', error);
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return badResponse(name, 'more than the gateway accepts', error);
  }
  if (answered) return badResponse(name, 'only a part of its response', error);
  return new SubgraphFault('SUBGRAPH_UNAVAILABLE', `Subgraph "${name}" cannot be reached.`, { cause: error });
}

function badResponse(name: string, what: string, cause?: unknown): SubgraphFault {
  return new SubgraphFault('SUBGRAPH_BAD_RESPONSE', `Subgraph "${name}" answered with ${what}.`, { cause });
}
