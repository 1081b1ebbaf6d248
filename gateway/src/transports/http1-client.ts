import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { SubgraphFault } from '../errors.ts';
import { badResponse, HttpExchange, unreachable } from './http-client.ts';
import type { HttpClient, HttpClientOptions } from './http-client.ts';
import { headerLines } from './sent-headers.ts';
import { Http1ResponseReader, ResponseTooLarge } from './http1-response.ts';

/**
 * HTTP/1.1 without TLS, for the one thing that a gateway does all day. A connection carries one request at a time and is
 * closed after anything unusual: an early, surplus or unclear response, a request that was given up, an error.
 */
export function http1Client(options: HttpClientOptions): HttpClient {
  const { name, target, connections: maxConnections } = options;
  const requestHead = headOf(options);
  const open = new Set<Connection>();
  /** Those that were used last come last. */
  const idle: Connection[] = [];
  const waiting = new Set<HttpExchange>();
  let isClosed = false;

  const sweep = setInterval(() => {
    const now = performance.now();
    while (idle[0] && idle[0].idleUntil <= now) idle[0].close();
  }, sweepMs);
  sweep.unref();

  const start = (exchange: HttpExchange): void => {
    for (let kept = idle.pop(); kept; kept = idle.pop()) {
      if (kept.idleUntil > performance.now()) {
        kept.send(exchange);
        return;
      }
      kept.close();
    }
    if (open.size < maxConnections) startAnew(exchange);
    else {
      exchange.onGivenUp = () => waiting.delete(exchange);
      waiting.add(exchange);
    }
  };

  const startAnew = (exchange: HttpExchange): void => {
    const connection = new Connection(options, {
      free() {
        idle.push(connection);
        startNext();
      },
      closed(unsent) {
        open.delete(connection);
        const position = idle.indexOf(connection);
        if (position >= 0) idle.splice(position, 1);
        if (unsent && !isClosed) startAnew(unsent);
        else {
          unsent?.fail(unreachable(name));
          startNext();
        }
      },
    });
    open.add(connection);
    connection.send(exchange);
  };

  const startNext = (): void => {
    const [next] = waiting;
    if (!next || isClosed) return;
    waiting.delete(next);
    next.onGivenUp = undefined;
    start(next);
  };

  return {
    post(post) {
      const exchange = new HttpExchange(post, options);
      if (isClosed) exchange.fail(unreachable(name));
      else {
        try {
          exchange.head = requestHead + (post.headers ? headerLines(post.headers) : '');
          start(exchange);
        } catch (error) {
          exchange.fail(error);
        }
      }
      return exchange.answer;
    },

    async close() {
      isClosed = true;
      clearInterval(sweep);
      for (const exchange of waiting) exchange.fail(unreachable(name));
      waiting.clear();
      for (const connection of open) connection.fail(unreachable(name));
      return Promise.resolve();
    },
  };

  function headOf({ headers }: HttpClientOptions): string {
    const host = target.host;
    return `POST ${target.pathname}${target.search} HTTP/1.1\r\nhost: ${host}\r\n${headerLines(headers)}`;
  }
}

/** Shorter than what servers commonly grant, so that they do not close a connection just when it is used again. */
const keepIdleMs = 4_000;
const sweepMs = 1_000;
const readBufferBytes = 64 * 1024;
const maxHeadBytes = 16 * 1024;

/** One socket. States: connecting or busy (an exchange) → idle (none) → busy …, until it is closed. */
class Connection {
  idleUntil = 0;
  readonly #socket: Socket;
  readonly #reader: Http1ResponseReader;
  #exchange: HttpExchange | undefined;
  #isReused = false;
  #isLost = false;
  readonly #connectDeadline: NodeJS.Timeout;

  constructor(
    readonly options: HttpClientOptions,
    readonly owner: ConnectionOwner,
  ) {
    const { hostname, port } = options.target;
    this.#reader = new Http1ResponseReader(options.maxResponseBytes, maxHeadBytes);
    this.#socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? 80 : Number(port),
      noDelay: true,
      keepAlive: true,
      onread: {
        buffer: Buffer.allocUnsafeSlow(readBufferBytes),
        callback: (count, buffer) => {
          this.#receive(Buffer.from(buffer.buffer, buffer.byteOffset, count));
          return true;
        },
      },
    });
    this.#connectDeadline = setTimeout(() => this.fail(unreachable(options.name)), options.connectTimeoutMs);
    this.#socket.once('connect', () => clearTimeout(this.#connectDeadline));
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('error', (error) => this.#lost(error));
    this.#socket.on('close', () => this.#lost());
  }

  send(exchange: HttpExchange): void {
    const { body } = exchange.post;
    this.#exchange = exchange;
    exchange.onGivenUp = () => this.close();
    this.#socket.write(`${exchange.head}content-length: ${body.length}\r\n\r\n${body}`, 'latin1');
  }

  /** Without a word to its exchange, if there is one. */
  close(): void {
    this.#exchange = undefined;
    this.#lost();
  }

  #receive(bytes: Buffer): void {
    const { name } = this.options;
    if (!this.#exchange) {
      this.close();
      return;
    }
    try {
      if (this.#reader.push(bytes)) this.#finish(this.#exchange);
    } catch (error) {
      const what = error instanceof ResponseTooLarge ? 'more than the gateway accepts' : 'something that is not HTTP';
      this.fail(badResponse(name, what, { cause: error, isOutage: !(error instanceof ResponseTooLarge) }));
    }
  }

  #finish(exchange: HttpExchange): void {
    const reader = this.#reader;
    // A request that is still being written was answered too early.
    const keepsAlive = reader.keepsAlive && this.#socket.writableLength === 0;
    this.#exchange = undefined;
    exchange.onGivenUp = undefined;
    exchange.receive(reader.head, reader.body);
    if (keepsAlive) {
      reader.reset();
      this.#isReused = true;
      this.idleUntil = performance.now() + keepIdleMs;
      this.owner.free();
    } else this.#lost();
  }

  #ended(): void {
    if (this.#exchange && this.#reader.end()) this.#finish(this.#exchange);
    else this.#lost();
  }

  fail(fault: SubgraphFault): void {
    const exchange = this.#exchange;
    this.close();
    exchange?.fail(fault);
  }

  #lost(cause?: unknown): void {
    if (this.#isLost) return;
    this.#isLost = true;
    clearTimeout(this.#connectDeadline);
    this.#socket.destroy();
    const exchange = this.#exchange;
    this.#exchange = undefined;
    if (exchange) exchange.onGivenUp = undefined;
    if (exchange?.post.isIdempotent && this.#isReused && !this.#reader.hasStarted) {
      this.owner.closed(exchange);
      return;
    }
    const { name } = this.options;
    exchange?.fail(
      this.#reader.hasStarted
        ? badResponse(name, 'only a part of its response', { cause, isOutage: true })
        : unreachable(name, cause),
    );
    this.owner.closed();
  }
}

interface ConnectionOwner {
  /** It waits for the next exchange. */
  free(): void;
  /** With the exchange that it could not begin, which may be sent over another. */
  closed(unsent?: HttpExchange): void;
}
