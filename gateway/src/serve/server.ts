import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer, guardHost, guardUpgrades, type Stop } from '@takt/serving';
import type { Gateway } from '../gateway.ts';
import { createDocs } from '../docs/docs-endpoint.ts';
import { createAuthentication } from '../guard/authentication.ts';
import { limitGuard } from '../guard/limit-guard.ts';
import { defaultSubscriptionLimits } from '../subscribe/hub.ts';
import { sharedTransports } from '../supergraph/shared-transports.ts';
import type { GivenTransport } from '../supergraph/shared-transports.ts';
import { feedOf, firstReading, followFeed } from '../supergraph/source.ts';
import type { SupergraphSource } from '../supergraph/source.ts';
import { httpTransport } from '../transports/http.ts';
import type { SubgraphTransport } from '../transports/transport.ts';
import { optionsOf } from '../transports/transport-options.ts';
import { mayExtract } from '../trusted/document-of.ts';
import { openTrustedDocuments } from '../trusted/trusted-documents.ts';
import { openUsage } from '../usage/usage.ts';
import { adminRoutes } from './admin-routes.ts';
import { answerError, answerJson } from './answer.ts';
import { isGraphqlPath, servedGateway } from './chosen-gateway.ts';
import { docsRoute } from './docs-route.ts';
import { createGatewayVersions } from './gateway-versions.ts';
import type { SupergraphStatus, SwapListener } from './gateway-versions.ts';
import { graphqlOverHttp } from './graphql-over-http.ts';
import { graphqlOverWebsocket } from './graphql-over-websocket.ts';
import { createIde, wantsIde } from './ide.ts';
import { operationSlots } from './operation-slots.ts';
import { createReadiness } from './readiness.ts';
import { defaultServerLimits } from './server-options.ts';
import type { GatewayServerOptions } from './server-options.ts';

export interface GatewayServer {
  /** Without a path. GraphQL is at `/graphql` and, by contract, below it, over HTTP and websocket. */
  readonly url: string;
  /** The one that serves now, of the stable contract. */
  readonly gateway: Gateway;
  /** The one of a contract, by its label, or of the stable one; undefined if it is not served. */
  gatewayOf(contract: string | undefined): Gateway | undefined;
  ready(): Promise<boolean>;
  /** Whether operations wait for their turn. */
  isBusy(): boolean;
  /** Whether a query may be extracted: all may, unless only registered documents run and it is none. */
  mayExtract(query: string): boolean;
  /** Reasons why a query would not succeed now; none if it would. */
  notReady(): Promise<readonly string[]>;
  /** Serves another supergraph without losing a request. Throws {@link SupergraphRefused}; then the old one serves on. */
  swap(sdl: string): Promise<boolean>;
  /** Serves again what was served before. Resolves with whether there was something. */
  rollBack(): Promise<boolean>;
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
  const { introspection = true, subscriptions, cors = [], now = Date.now } = options;
  const trusted = options.trustedDocuments && (await openTrustedDocuments(options.trustedDocuments, { log }));
  const usage = options.usage && (await openUsage({ ...options.usage, now, log }));
  const docs =
    options.docsFolder !== undefined
      ? await createDocs({
          folder: options.docsFolder,
          supergraph: () => versions.current()?.supergraph,
          now: () => new Date(now()),
        })
      : undefined;
  const guard = limitGuard(options.operationLimits);
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
      limitGuard: guard,
      ...(subscriptions && { subscriptions }),
      ...(options.authorization && { authorization: options.authorization }),
    },
    limits: planningLimits,
    planning,
    now,
    log,
  });

  const authenticate =
    options.authenticate ?? (options.authentication && (await createAuthentication(options.authentication)));
  const shared = { graph: () => versions.current(), now, trusted, usage, forwardHeaders, authenticate };
  const slots = operationSlots({ running: limits.maxRunningOperations, waiting: limits.maxWaitingOperations });
  const graphql = graphqlOverHttp({
    ...shared,
    ...limits,
    slots,
    corsOrigins: cors,
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
    gateway: () => versions.current()?.gateway,
    isStopping: () => closed !== undefined,
    notReady: options.notReady,
  });
  const adminRoute = adminRoutes({ adminToken, versions, trusted, usage, limits: guard, now });
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
    if (isGraphqlPath(path)) return graphql.handle(request, response);
    if (path === '/health/ready') return readiness.answer(response);
    const admin = adminRoute(path);
    if (admin) return admin(request, response);
    if (path === '/health/supergraph') answerJson(response, 200, versions.status());
    else if (path === '/health/serving') readiness.answerServing(response);
    else if (path === '/health/live') answerJson(response, 200, { status: 'live' });
    else if (docs && (path === '/docs' || path.startsWith('/docs/'))) {
      await docsRoute({ ...shared, docs }, request, response);
    } else if (path === '/' && ide && wantsIde(request)) await ide(request, response);
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
    serves: isGraphqlPath,
    refuseHost,
    origins: cors,
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
    await Promise.all([trusted?.close(), usage?.close()]);
  };

  options.signal?.addEventListener('abort', () => starting.abort(), { once: true });
  if (options.signal?.aborted) starting.abort();
  try {
    const { host, port, listensWhenLoaded = false } = options;
    if (!listensWhenLoaded) await listen(server, host, port);
    const sdl = await firstReading(feed, starting.signal, (reason) => log(`Waiting: ${reason}`));
    await versions.offer(sdl);
    if (listensWhenLoaded) await listen(server, host, port);
    void followFeed(feed, sdl, starting.signal, {
      offer: (changed) => versions.offerFromFeed(changed),
      failed: (error) => versions.failed(error),
    });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: urlOf(server, options.host),
    get gateway() {
      const current = versions.current();
      if (!current) throw new Error('no supergraph');
      return current.gateway;
    },
    gatewayOf(contract) {
      const graph = versions.current();
      return graph && servedGateway(graph, contract, now());
    },
    ready: async () => (await readiness.check()).length === 0,
    isBusy: () => slots.waiting() > 0,
    mayExtract: (query) => mayExtract(query, trusted),
    notReady: () => readiness.check(),
    swap: (sdl) => versions.offer(sdl),
    rollBack: () => versions.rollBack(),
    supergraphStatus: () => versions.status(),
    onSwap: (listener) => versions.onSwap(listener),
    close,
  };
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
