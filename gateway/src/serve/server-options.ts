import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authenticate, AuthenticationOptions } from '../guard/authentication.ts';
import type { AuthorizationOptions } from '../guard/authorization.ts';
import type { CostOptions } from '../guard/cost-guard.ts';
import type { LimitGuardOptions } from '../guard/limit-guard.ts';
import type { PlanningLimits } from '../plan/operation-planner.ts';
import type { SubscriptionOptions } from '../subscribe/hub.ts';
import type { SupergraphSource } from '../supergraph/source.ts';
import type { SubgraphTransport } from '../transports/transport.ts';
import type { TransportsOptions } from '../transports/transport-options.ts';
import type { TrustedDocumentsOptions } from '../trusted/trusted-documents.ts';
import type { Planning } from './served-graph.ts';

export interface GatewayServerOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly host: string;
  readonly supergraph: SupergraphSource;
  /** Subgraphs in this process, by name, wherever the supergraph says that they are; closed with the server. */
  readonly hosted?: ReadonlyMap<string, SubgraphTransport>;
  readonly planningLimits?: PlanningLimits;
  /** Identical queries at the same time, of callers that may see the same, are run once; false unless given. */
  readonly dedupe?: boolean;
  /** How subgraphs are reached over HTTP, other than those that are given with a transport. */
  readonly transports?: TransportsOptions;
  /** The labels of `@override` that are on, besides those of the form `percent(N)`; none unless given. */
  readonly overrideLabels?: readonly string[];
  /** Where operations are validated and planned; in threads of their own unless given. */
  readonly planning?: Planning;
  /**
   * Opens to who has this bearer token: `POST /supergraph`, which takes another supergraph, and `/supergraph/rollback`,
   * which takes the former one; `/operations`, where documents are registered; `/usage`. Closed unless given.
   */
  readonly adminToken?: string;
  readonly subscriptions?: SubscriptionOptions;
  /** Tells who asks, in place of `authentication`. */
  readonly authenticate?: Authenticate;
  readonly serverLimits?: Partial<ServerLimits>;
  /** How large an operation may be, and whether one that is larger is refused. */
  readonly operationLimits?: LimitGuardOptions;
  /** How callers show who they are; all are anonymous unless given. */
  readonly authentication?: AuthenticationOptions | undefined;
  readonly authorization?: AuthorizationOptions;
  /** What operations may cost; nothing is worked out unless given. */
  readonly cost?: CostOptions | undefined;
  /** Serves the GraphQL IDE at `/`; on unless false. */
  readonly ide?: boolean;
  /** What the IDE's editor opens with. */
  readonly ideQuery?: string;
  /** Serves further paths: answers true for a request that it has taken. */
  readonly extraRoutes?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Why the host process is not ready for queries yet, if so. */
  readonly notReady?: () => string | undefined;
  /**
   * A folder as the project's `schema/`: docs made of it and of the contracts are served at `/docs`, also where
   * clients may not ask for the schema.
   */
  readonly docsFolder?: string | undefined;
  /** Names of request headers that are passed on to subgraphs; none unless given. */
  readonly forwardHeaders?: readonly string[];
  /** Whether clients may ask for the schema; if not, errors also suggest no names of it. On unless false. */
  readonly introspection?: boolean;
  /**
   * Other origins whose pages may read answers over HTTP and open websockets, e.g. `https://plan.example`; none unless
   * given. The gateway's own always may.
   */
  readonly cors?: readonly string[] | undefined;
  /** Answers of at least so many bytes are compressed; unless given 16 KiB, and none for clients on this machine. */
  readonly compressFromBytes?: number;
  /** Listens when the supergraph is loaded, not at once: of several processes at one port only those get requests that can answer. */
  readonly listensWhenLoaded?: boolean;
  /** Where registered documents are kept, and whether others run as well; none are registered unless given. */
  readonly trustedDocuments?: TrustedDocumentsOptions | undefined;
  /** Counts what consumers run, in a folder that all gateways of a graph share; nothing is counted unless given. */
  readonly usage?: { readonly folder: string } | undefined;
  /** In ms since 1970: what sunsets are compared with, and the day that what is run is counted for. */
  readonly now?: () => number;
  /** Ends waiting for a supergraph while starting. */
  readonly signal?: AbortSignal;
  /** One line for the operator; to standard error unless given. */
  readonly log?: (line: string) => void;
}

export interface ServerLimits {
  /** Bytes of a request body, and of a websocket message. */
  readonly maxBodyBytes: number;
  /** Requests in one body, as a JSON array; 1 for no batches. */
  readonly maxBatch: number;
  /** Subscriptions over HTTP at once, each of which keeps a connection. */
  readonly maxStreams: number;
  readonly maxOperationsPerConnection: number;
  /** Queries and mutations that run at once; those beyond wait their turn. */
  readonly maxRunningOperations: number;
  /** How many may wait; those beyond get 503, over a websocket an error. */
  readonly maxWaitingOperations: number;
  /** How long a client may take to send a request, body included; then it gets 408. */
  readonly requestTimeoutMs: number;
  /** How often a subscription over HTTP sends something when there is nothing to tell. */
  readonly heartbeatMs: number;
  readonly connectionInitTimeoutMs: number;
  /** How long closing waits for requests that are running. */
  readonly drainMs: number;
}

export const defaultServerLimits: ServerLimits = {
  maxBodyBytes: 1024 * 1024,
  maxBatch: 1,
  maxStreams: 10_000,
  maxOperationsPerConnection: 200,
  maxRunningOperations: 512,
  maxWaitingOperations: 1_000,
  requestTimeoutMs: 30_000,
  heartbeatMs: 10_000,
  connectionInitTimeoutMs: 5_000,
  drainMs: 10_000,
};
