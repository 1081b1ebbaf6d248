/** How the gateway behaves towards one subgraph over HTTP. */
export interface TransportOptions {
  /** Kept at most at once; a request beyond them waits. */
  readonly connections: number;
  /** Requests that run or wait at once; those beyond fail at once with SUBGRAPH_UNAVAILABLE. */
  readonly maxRequests: number;
  readonly connectTimeoutMs: number;
  /** For a whole fetch: waiting for a connection and retries included. */
  readonly timeoutMs: number;
  /** Of a response, as sent and again when decompressed. */
  readonly maxResponseBytes: number;
  /** Events of one subscription that wait to be taken; with one more it ends with `EVENTS_OVERFLOW`. */
  readonly maxQueuedEvents: number;
  /** Bytes of them, likewise. */
  readonly maxQueuedBytes: number;
  /** Queries are sent again after a failure that may pass; false for never. */
  readonly retry: RetryOptions | false;
  /** A subgraph that keeps failing is left alone for a while; false for never. */
  readonly breaker: BreakerOptions | false;
  /** Identical queries at the same time, with the same forwarded headers, share one fetch. */
  readonly dedupe: boolean;
  /** HTTP/2 where an `https:` subgraph offers it. */
  readonly http2: boolean;
  /** Compressions that responses may come in; none costs the least CPU, and pays on fast networks. */
  readonly acceptEncoding: readonly ContentEncoding[];
}

export interface RetryOptions {
  /** Beyond the first attempt. */
  readonly maxRetries: number;
  /** For one attempt, so that one that hangs leaves time for another; the whole `timeoutMs` unless given. */
  readonly attemptTimeoutMs?: number;
  /** Retries allowed for each request, e.g. 0.1; a hundred may be saved up. */
  readonly budgetRatio: number;
  /** Retries allowed each second besides; those of ten seconds may be saved up. */
  readonly budgetPerSecond: number;
  /** About which the pauses begin; they grow and are jittered. */
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
}

export interface BreakerOptions {
  /** Opens when more than this share of the latest requests failed, between 0 and 1. */
  readonly threshold: number;
  /** The latest requests that count. */
  readonly requests: number;
  /** Opens on no fewer of them. */
  readonly minRequests: number;
  /** How long the subgraph is left alone before one request tries it. */
  readonly breakMs: number;
}

export type ContentEncoding = 'gzip' | 'br';

/** As they are given: what is left out is as in the defaults. */
export type GivenTransportOptions = Partial<Omit<TransportOptions, 'retry' | 'breaker'>> & {
  readonly retry?: Partial<RetryOptions> | false;
  readonly breaker?: Partial<BreakerOptions> | false;
};

/** For all subgraphs, and for single ones by name over that. */
export interface TransportsOptions {
  readonly defaults?: GivenTransportOptions;
  readonly subgraphs?: Readonly<Record<string, GivenTransportOptions>>;
}

const defaultRetry: RetryOptions = {
  maxRetries: 2,
  budgetRatio: 0.1,
  budgetPerSecond: 1,
  firstPauseMs: 25,
  maxPauseMs: 1_000,
};

const defaultBreaker: BreakerOptions = { threshold: 0.5, requests: 100, minRequests: 20, breakMs: 5_000 };

export const defaultTransportOptions: TransportOptions = {
  connections: 64,
  maxRequests: 10_000,
  connectTimeoutMs: 3_000,
  timeoutMs: 30_000,
  maxResponseBytes: 64 * 1024 * 1024,
  maxQueuedEvents: 1_000,
  maxQueuedBytes: 16 * 1024 * 1024,
  retry: defaultRetry,
  breaker: defaultBreaker,
  dedupe: false,
  http2: false,
  acceptEncoding: [],
};

/** Fills in defaults; what comes later overrides what comes earlier, single options of `retry` and `breaker` too. */
export function transportOptions(...given: readonly (GivenTransportOptions | undefined)[]): TransportOptions {
  let options = defaultTransportOptions;
  for (const next of given) {
    options = {
      ...options,
      ...next,
      retry: merged(options.retry, next?.retry, defaultRetry),
      breaker: merged(options.breaker, next?.breaker, defaultBreaker),
    };
  }
  return options;
}

/** The options of one subgraph. */
export function optionsOf({ defaults, subgraphs }: TransportsOptions, name: string): GivenTransportOptions {
  return transportOptions(defaults, subgraphs && Object.hasOwn(subgraphs, name) ? subgraphs[name] : undefined);
}

function merged<T extends object>(known: T | false, given: Partial<T> | false | undefined, defaults: T): T | false {
  if (given === undefined) return known;
  return given === false ? false : { ...(known === false ? defaults : known), ...given };
}
