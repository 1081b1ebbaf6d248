import { errors, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { badResponse, HttpExchange, unreachable } from './http-client.ts';
import type { HttpClient, HttpClientOptions } from './http-client.ts';
import { headerLines } from './sent-headers.ts';
import type { SubgraphFault } from '../errors.ts';

/** HTTP/1.1 with or without TLS, and HTTP/2 over TLS where the subgraph offers it and `http2` asks for it. */
export function undiciClient(options: HttpClientOptions & { readonly http2: boolean }): HttpClient {
  const { name, target, headers, connections, connectTimeoutMs, http2 } = options;
  const path = target.pathname + target.search;
  const pool = new Pool(target.origin, {
    connections,
    connect: { timeout: connectTimeoutMs },
    // The exchange keeps the time, of the whole.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: options.maxResponseBytes,
    ...(http2 && { allowH2: true, pipelining: streamsPerConnection, maxConcurrentStreams: streamsPerConnection }),
  });
  return {
    post(post) {
      const exchange = new HttpExchange(post, options);
      try {
        // Thrown later, from within, it would cost the pool a connection.
        if (post.headers) headerLines(post.headers);
        pool.dispatch(
          {
            path,
            method: 'POST',
            headers: post.headers ? { ...post.headers, ...headers } : headers,
            body: Buffer.from(post.body, 'latin1'),
            idempotent: post.isIdempotent,
          },
          new Receiver(name, exchange),
        );
      } catch (error) {
        exchange.fail(error);
      }
      return exchange.answer;
    },
    close: () => pool.destroy(),
  };
}

const streamsPerConnection = 100;

class Receiver implements Dispatcher.DispatchHandler {
  #status = 0;
  #headers: Readonly<Record<string, string | string[] | undefined>> = {};
  #first: Buffer | undefined;
  #more: Buffer[] | undefined;

  constructor(
    readonly name: string,
    readonly exchange: HttpExchange,
  ) {}

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.exchange.isSettled) controller.abort(givenUp);
    else this.exchange.onGivenUp = () => controller.abort(givenUp);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status;
    this.#headers = headers;
    if (Number(headers['content-length']) > this.exchange.options.maxResponseBytes) {
      controller.abort(new errors.ResponseExceededMaxSizeError());
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#first) this.#first = chunk;
    else if (this.#more) this.#more.push(chunk);
    else this.#more = [this.#first, chunk];
  }

  onResponseEnd(): void {
    const head = {
      status: this.#status,
      contentType: this.#header('content-type'),
      contentEncoding: this.#header('content-encoding'),
      retryAfter: this.#header('retry-after'),
    };
    this.exchange.receive(head, this.#more ? Buffer.concat(this.#more) : (this.#first ?? nothing));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.exchange.fail(faultOf(this.name, error, this.#status > 0));
  }

  #header(name: string): string {
    const value = this.#headers[name];
    return typeof value === 'string' ? value : (value?.join(', ') ?? '');
  }
}

const givenUp = new Error('given up');
const nothing = Buffer.alloc(0);

function faultOf(name: string, error: unknown, hasHead: boolean): SubgraphFault {
  const isUnclear = error instanceof errors.ResponseContentLengthMismatchError && !hasHead;
  if (isUnclear || error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError) {
    return badResponse(name, 'something that is not HTTP', { cause: error, isOutage: true });
  }
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return badResponse(name, 'more than the gateway accepts', { cause: error });
  }
  return hasHead
    ? badResponse(name, 'only a part of its response', { cause: error, isOutage: true })
    : unreachable(name, error);
}
