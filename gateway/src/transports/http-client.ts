import { SubgraphFault } from '../errors.ts';
import type { ResponseHead } from './http1-response.ts';

/** Posts JSON to one place over kept connections, each with one request at a time. */
export interface HttpClient {
  readonly post: Post;
  /** Ends what is running, and releases every connection. */
  close(): Promise<void>;
}

/** The text of the response to a request. Throws {@link SubgraphFault}; rejects when its signal aborts. */
export type Post = (request: HttpPost) => Promise<string>;

export interface HttpPost {
  /** Byte text. */
  readonly body: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** Whether it may be sent again when a kept connection turns out to be closed. */
  readonly isIdempotent: boolean;
  readonly signal: AbortSignal;
}

export interface HttpClientOptions {
  /** Of the subgraph, for messages. */
  readonly name: string;
  readonly target: URL;
  /** Sent with every request; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** From posting to the last byte of the response, waiting for a connection included. */
  readonly timeoutMs: number;
  /** The same for an idempotent request, which may be sent again. */
  readonly attemptTimeoutMs: number;
  /** As they are sent, before decompression. */
  readonly maxResponseBytes: number;
  /** Makes the text of a response. The bytes are valid only during the call. */
  readonly read: (head: ResponseHead, body: Buffer) => string | Promise<string>;
}

/** One post on its way to its answer: ends with it, at its deadline, or when nobody wants it any more. */
export class HttpExchange {
  readonly answer: Promise<string>;
  /** Called once if it is given up before its answer: the deadline, or an abort. */
  onGivenUp: (() => void) | undefined;
  isSettled = false;
  /** Of its request, as its client writes it. */
  head = '';
  #resolve!: (text: string | Promise<string>) => void;
  #reject!: (error: unknown) => void;
  readonly #deadline: NodeJS.Timeout;

  constructor(
    readonly post: HttpPost,
    readonly options: HttpClientOptions,
  ) {
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#deadline = setTimeout(giveUp, post.isIdempotent ? options.attemptTimeoutMs : options.timeoutMs, this);
    post.signal.addEventListener('abort', this);
  }

  /** Hears the signal. */
  handleEvent(): void {
    this.#giveUp(this.post.signal.reason);
  }

  receive(head: ResponseHead, body: Buffer): void {
    if (!this.#settle()) return;
    try {
      this.#resolve(this.options.read(head, body));
    } catch (error) {
      this.#reject(error);
    }
  }

  fail(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  expire(): void {
    this.#giveUp(timedOut(this.options.name));
  }

  #giveUp(reason: unknown): void {
    if (!this.#settle()) return;
    this.#reject(reason);
    this.onGivenUp?.();
  }

  #settle(): boolean {
    if (this.isSettled) return false;
    this.isSettled = true;
    clearTimeout(this.#deadline);
    this.post.signal.removeEventListener('abort', this);
    return true;
  }
}

function giveUp(exchange: HttpExchange): void {
  exchange.expire();
}

export function timedOut(name: string): SubgraphFault {
  return new SubgraphFault('SUBGRAPH_TIMEOUT', `Subgraph "${name}" did not answer in time.`);
}

export function unreachable(name: string, cause?: unknown): SubgraphFault {
  return new SubgraphFault('SUBGRAPH_UNAVAILABLE', `Subgraph "${name}" cannot be reached.`, { cause });
}

export function badResponse(
  name: string,
  what: string,
  options?: ConstructorParameters<typeof SubgraphFault>[2],
): SubgraphFault {
  return new SubgraphFault('SUBGRAPH_BAD_RESPONSE', `Subgraph "${name}" answered with ${what}.`, options);
}
