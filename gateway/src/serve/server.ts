import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer, guardHost, guardUpgrades, type Stop } from '@takt/serving';
import type { Gateway } from '../gateway.ts';
import { createAuthentication } from '../guard/authentication.ts';
import type { Authenticate, AuthenticationOptions } from '../guard/authentication.ts';
import type { AuthorizationOptions } from '../guard/authorization.ts';
import type { CostOptions } from '../guard/cost-guard.ts';
import { limitGuard } from '../guard/limit-guard.ts';
import type { LimitGuardOptions } from '../guard/limit-guard.ts';
import type { PlanningLimits } from '../plan/operation-planner.ts';
import { defaultSubscriptionLimits } from '../subscribe/hub.ts';
import type { SubscriptionOptions } from '../subscribe/hub.ts';
import { sharedTransports } from '../supergraph/shared-transports.ts';
import type { GivenTransport } from '../supergraph/shared-transports.ts';
import { feedOf, firstReading, followFeed } from '../supergraph/source.ts';
import type { SupergraphSource } from '../supergraph/source.ts';
import { httpTransport } from '../transports/http.ts';
import type { SubgraphTransport } from '../transports/transport.ts';
import { optionsOf } from '../transports/transport-options.ts';
import type { TransportsOptions } from '../transports/transport-options.ts';
import { answerError, answerJson } from './answer.ts';
import { createGatewayVersions } from './gateway-versions.ts';
import type { Planning, SupergraphStatus, SwapListener } from './gateway-versions.ts';
import { graphqlOverHttp } from './graphql-over-http.ts';
import { graphqlOverWebsocket } from './graphql-over-websocket.ts';
import { createIde, wantsIde } from './ide.ts';
import { operationSlots } from './operation-slots.ts';
import { createReadiness } from './readiness.ts';
import { supergraphEndpoint } from './supergraph-endpoint.ts';

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
  /** Opens `POST /supergraph`, which takes another supergraph from who has this bearer token; closed unless given. */
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
  /** Names of request headers that are passed on to subgraphs; none unless given. */
  readonly forwardHeaders?: readonly string[];
  /** Whether clients may ask for the schema; if not, errors also suggest no names of it. On unless false. */
  readonly introspection?: boolean;
  /** Origins whose pages may read answers over HTTP, e.g. `https://plan.example`; none unless given. */
  readonly corsOrigins?: readonly string[];
  /** Answers of at least so many bytes are compressed; unless given 16 KiB, and none for clients on this machine. */
  readonly compressFromBytes?: number;
  /** Other origins whose pages may open a websocket, e.g. `https://plan.example`, or `*`; the gateway's own always may. */
  readonly websocketOrigins?: readonly string[];
  /** Listens when the supergraph is loaded, not at once: of several processes at one port only those get requests that can answer. */
  readonly listensWhenLoaded?: boolean;
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

const defaultServerLimits: ServerLimits = {
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

export interface GatewayServer {
  /** Without a path. GraphQL is at `/graphql`, over HTTP and websocket. */
  readonly url: string;
  /** The one that serves now. */
  readonly gateway: Gateway;
  ready(): Promise<boolean>;
  /** Whether operations wait for their turn. */
  isBusy(): boolean;
  /** Reasons why a query would not succeed now; none if it would. */
  notReady(): Promise<readonly string[]>;
  /** Serves another supergraph without losing a request. Throws {@link SupergraphRefused}; then the old one serves on. */
  swap(sdl: string): Promise<boolean>;
  /** Which supergraph serves, and why a newer one does not. */
  supergraphStatus(): SupergraphStatus;
  /** Called at once after each change of the supergraph. Answers what ends that. */
  onSwap(listener: SwapListener): () => void;
  /**
   * Is not ready any more and accepts no connection. Ends every subscription with the cursor to resume from, lets running
   * operations end, over websockets too, before it closes them with 1001, then releases everything.
   */
  close(stop?: Stop): Promise<void>;
}

/**
 * Serves a supergraph. Unless told otherwise, listens at once, so that health can be asked, and resolves when the supergraph is loaded. Throws
 * {@link SupergraphRefused}, and Error with a message for the operator if the address cannot be used.
 */
export async function startGateway(options: GatewayServerOptions): Promise<GatewayServer> {
  const limits = { ...defaultServerLimits, ...options.serverLimits };
  const log = options.log ?? ((line: string) => console.error(line));
  const forwardHeaders = (options.forwardHeaders ?? []).map((name) => name.toLowerCase());
  const starting = new AbortController();
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const { supergraph: source, planningLimits, planning, adminToken, dedupe = false } = options;
  const { introspection = true, subscriptions } = options;
  const feed = feedOf(source);
  const versions = createGatewayVersions({
    transports: sharedTransports(givenTransports(source, options.hosted), ({ name, url }) =>
      httpTransport({ name, url, options: optionsOf(options.transports ?? {}, name) }),
    ),
    gateway: {
      dedupe,
      overrideLabels: options.overrideLabels ?? [],
      introspection,
      cost: options.cost,
      limitGuard: limitGuard(options.operationLimits),
      ...(subscriptions && { subscriptions }),
      ...(options.authorization && { authorization: options.authorization }),
    },
    limits: planningLimits,
    planning,
    log,
  });

  const authenticate =
    options.authenticate ?? (options.authentication && (await createAuthentication(options.authentication)));
  const shared = { gateway: () => versions.current(), forwardHeaders, authenticate };
  const slots = operationSlots({ running: limits.maxRunningOperations, waiting: limits.maxWaitingOperations });
  const graphql = graphqlOverHttp({
    ...shared,
    ...limits,
    slots,
    corsOrigins: options.corsOrigins ?? [],
    compressFromBytes: options.compressFromBytes,
    signal: stopping.signal,
  });
  const { maxBufferedBytes } = { ...defaultSubscriptionLimits, ...options.subscriptions?.limits };
  const websocket = graphqlOverWebsocket({
    ...shared,
    ...limits,
    slots,
    maxMessageBytes: limits.maxBodyBytes,
    maxBufferedBytes,
  });
  let closed: Promise<void> | undefined;
  const readiness = createReadiness({
    gateway: () => versions.current(),
    isStopping: () => closed !== undefined,
    notReady: options.notReady,
  });
  const receive = adminToken === undefined ? undefined : supergraphEndpoint(versions, adminToken);
  versions.onSwap((previous, next) => moveSubscriptions(previous, next, log));
  const ide =
    options.ide === false
      ? undefined
      : createIde({ title: 'Takt', defaultQuery: options.ideQuery ?? '{\n  __typename\n}\n' });

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const misdirected = refuseHost(request);
    if (misdirected !== undefined) {
      answerError(response, 421, misdirected);
      return;
    }
    const path = pathOf(request);
    if (path === '/graphql') return graphql.handle(request, response);
    if (path === '/health/ready') return readiness.answer(response);
    if (path === '/supergraph' && receive) return receive(request, response);
    if (path === '/health/supergraph') answerJson(response, 200, versions.status());
    else if (path === '/health/serving') readiness.answerServing(response);
    else if (path === '/health/live') answerJson(response, 200, { status: 'live' });
    else if (path === '/' && ide && wantsIde(request)) await ide(request, response);
    else if (!options.extraRoutes?.(request, response))
      answerError(response, 404, 'There is nothing here. GraphQL is at /graphql.');
  };

  const receiving = {
    requestTimeout: limits.requestTimeoutMs,
    headersTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: Math.ceil(limits.requestTimeoutMs / 4),
  };
  const server = createServer(receiving, (request, response) => {
    route(request, response).catch((error: unknown) => {
      log(`Request failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      if (response.headersSent) response.destroy();
      else answerError(response, 500, 'Internal server error.');
    });
  });
  const refuseHost = guardHost(server, options.host);
  guardUpgrades(server, {
    path: '/graphql',
    refuseHost,
    origins: options.websocketOrigins ?? [],
    accept: (request, socket, head) => websocket.upgrade(request, socket, head),
  });

  const close = (stop: Stop = { lingers: false }): Promise<void> => (closed ??= closeAll(stop));
  const closeAll = async ({ lingers }: Stop): Promise<void> => {
    starting.abort();
    const { drainMs } = limits;
    const lingerMs = lingers ? server.keepAliveTimeout : 0;
    graphql.refuseSubscriptions();
    versions.endSubscriptions();
    const cut = setTimeout(() => stopping.abort(), lingerMs + drainMs);
    await Promise.all([
      closeServer(server, { lingerMs, drainMs: drainMs + answerGraceMs }),
      websocket.close({ drainMs, graceMs: answerGraceMs }),
    ]);
    clearTimeout(cut);
    feed.close();
    await versions.close();
  };

  options.signal?.addEventListener('abort', () => starting.abort(), { once: true });
  if (options.signal?.aborted) starting.abort();
  try {
    const { host, port, listensWhenLoaded = false } = options;
    if (!listensWhenLoaded) await listen(server, host, port);
    const sdl = await firstReading(feed, starting.signal, (reason) => log(`Waiting: ${reason}`));
    await versions.offer(sdl);
    if (listensWhenLoaded) await listen(server, host, port);
    void followFeed(feed, sdl, starting.signal, versions);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: urlOf(server, options.host),
    get gateway() {
      const current = versions.current();
      if (!current) throw new Error('no supergraph');
      return current;
    },
    ready: async () => (await readiness.check()).length === 0,
    isBusy: () => slots.waiting() > 0,
    notReady: () => readiness.check(),
    swap: (sdl) => versions.offer(sdl),
    supergraphStatus: () => versions.status(),
    onSwap: (listener) => versions.onSwap(listener),
    close,
  };
}

/** A version that has been replaced stays open for the subscriptions that cannot be moved. */
function moveSubscriptions(previous: Gateway, next: Gateway, log: (line: string) => void): void {
  const release = previous.retain();
  previous.subscriptions
    .move(next.subscriptions)
    .catch((error: unknown) =>
      log(`Subscriptions were not moved: ${error instanceof Error ? error.message : String(error)}`),
    )
    .finally(release);
}

function givenTransports(
  source: SupergraphSource,
  hosted: ReadonlyMap<string, SubgraphTransport> = new Map(),
): ReadonlyMap<string, GivenTransport> {
  const given = source.kind === 'subgraphs' ? source.subgraphs : [];
  return new Map<string, GivenTransport>([
    ...given.map((subgraph) => [subgraph.name, subgraph] as const),
    ...Array.from(hosted, ([name, transport]) => [name, { transport }] as const),
  ]);
}

/** For a websocket client to answer that it is closed, and for an aborted request to be answered. */
const answerGraceMs = 500;

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'it is in use' : error.message;
      reject(new Error(`Cannot listen on port ${port} of ${host}: ${reason}.`, { cause: error }));
    });
    server.listen({ host, port }, resolve);
  });
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}
