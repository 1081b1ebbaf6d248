import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Caller } from '../guard/caller.ts';

/** How the gateway reaches one subgraph. */
export interface SubgraphTransport {
  /** Whether it answers each subject its own, whatever authentication says of sharing; false unless given. */
  readonly isPersonal?: boolean;
  /** One query or mutation. Throws {@link SubgraphFault} if there is no GraphQL response; rejects when `signal` aborts. */
  execute(request: SubgraphRequest): Promise<SubgraphResult>;
  /** The same, with the response as byte text of JSON that nobody has read yet: it may be anything. */
  executeText(request: SubgraphTextRequest): Promise<string>;
  /**
   * The events of a subscription, one result each; ends when the subgraph completes, the consumer stops iterating, or
   * `signal` aborts. A subscription that the subgraph refuses, or ends with errors, has a last result with errors and
   * no `data`. Throws {@link SubgraphFault}: `EVENTS_OVERFLOW` after the events that were queued when they were too many.
   */
  subscribe(request: SubgraphRequest): AsyncIterable<SubgraphResult>;
  /** The subgraph's schema, as `{ _service { sdl } }` answers it. */
  sdl(signal: AbortSignal): Promise<string>;
  /** What the subgraph itself says against being ready; nothing if it says nothing of that. Rejects when `signal` aborts. */
  readonly notReady?: ((signal: AbortSignal) => Promise<readonly string[]>) | undefined;
  /** Whether its circuit breaker lets requests through; undefined without one. */
  readonly breaker?: (() => BreakerState) | undefined;
  /** Ends subscriptions and releases connections. */
  close(): Promise<void>;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface SubgraphRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string | undefined;
  /** Whether it may be sent again when its outcome is unknown: true of queries. */
  readonly idempotent?: boolean;
  /**
   * Of a subscription: asks for places as well, results with nothing but `extensions.place`, a cursor to resume from that
   * is of no event: where it begins, and where it is after long without an event. Not every subgraph tells them.
   */
  readonly tellPlaces?: boolean;
  readonly signal: AbortSignal;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly asker?: Asker | undefined;
}

/** For whom a request is: told to subgraphs in the same process, and never sent to others. */
export interface Asker {
  readonly caller: Caller;
  /** Label of the contract that the operation was asked by; undefined of a graph without contracts. */
  readonly contract?: string | undefined;
}

/** A request that is sent many times with other variables: transports may keep what they make of `operation`. */
export interface SubgraphTextRequest {
  readonly operation: SubgraphOperation;
  /** A JSON object, as byte text. */
  readonly variables: string;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly asker?: Asker | undefined;
}

export interface SubgraphOperation {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly idempotent: boolean;
}

/** The receiver may change `data`. */
export interface SubgraphResult {
  readonly data?: Record<string, unknown> | null | undefined;
  readonly errors?: readonly SubgraphReportedError[] | undefined;
  readonly extensions?: unknown;
}

/** A subgraph in the same process hands its errors over as they are. */
export type SubgraphReportedError = GraphQLFormattedError | GraphQLError;

/** What a subgraph with a query type always understands, whatever its schema. */
export const sdlQuery = 'query SubgraphSdl { _service { sdl } }';
