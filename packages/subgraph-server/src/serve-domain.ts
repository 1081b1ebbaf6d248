import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { createHandler } from 'graphql-http';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { BodyTooLarge, closeServer, guardHost, guardUpgrades, readBody, type Stop } from '@takt/serving';
import type { Domain } from './domain.ts';
import { errorMask, type ErrorMask } from './error-mask.ts';

/** Bytes of a request body, and of a websocket message. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Bytes of answers that a websocket's peer has not taken. */
const MAX_UNTAKEN_BYTES = 4 * 1024 * 1024;

/** How long requests under way may take once the server stops. */
const DRAIN_MS = 5_000;

/** After which silence a peer is asked whether it is still there; by TCP, which a peer that reads slowly answers too. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Serves a domain: GraphQL over HTTP and websocket at /graphql, and health. `intercept` answers true for a request that
 * it has taken. `log` gets what clients do not learn of an error.
 */
export async function serveDomain(
  domain: Pick<Domain, 'name' | 'schema' | 'createContext' | 'health'>,
  address: { readonly host: string; readonly port: number },
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
  log: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Promise<{ url: string; close(stop?: Stop): Promise<void> }> {
  const mask = errorMask((cause) => log(`${domain.name}: ${cause}`));
  const graphql = graphqlOverHttp(domain, mask);
  const server = createServer({ keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (request, response) => {
    const misdirected = refuseHost(request);
    if (misdirected !== undefined) {
      answer(response, 421, { error: misdirected });
      return;
    }
    if (!server.listening) response.setHeader('connection', 'close');
    if (intercept(request, response)) return;
    const path = (request.url ?? '/').split('?', 1)[0];
    if (path === '/graphql') {
      graphql(request, response).catch((error: unknown) => {
        log(`${domain.name}: ${mask.textOf(error)}`);
        if (response.headersSent) response.destroy();
        else answer(response, 500, { error: 'Internal error of the subgraph.' });
      });
      return;
    }
    if (path === '/health/live') answer(response, 200, { status: 'live' });
    else if (path === '/health/ready') void answerReadiness(response);
    else answer(response, 404, { error: 'There are /graphql, /health/live and /health/ready.' });
  });
  const answerReadiness = async (response: ServerResponse): Promise<void> => {
    const reasons = server.listening ? await domain.health() : ['It is shutting down.'];
    if (reasons.length === 0) answer(response, 200, { status: 'ready' });
    else answer(response, 503, { status: 'not ready', reasons });
  };
  const refuseHost = guardHost(server, address.host);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_BODY_BYTES });
  guardUpgrades(server, {
    path: '/graphql',
    refuseHost,
    origins: [],
    accept: (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (client) => {
        holdWhileUntaken(client, socket);
        sockets.emit('connection', client, request);
      }),
  });
  const subscriptions = useServer(
    {
      schema: domain.schema,
      context: () => domain.createContext(),
      execute: async (args) => mask.result(await execute(args)),
      subscribe: (args) => subscribeAfresh(args, () => domain.createContext(), mask),
    },
    sockets,
    // No pings of its own: a gateway whose consumer is behind leaves its connection unread and would seem gone.
    0,
  );
  await listen(server, address);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}`,
    async close(stop = { lingers: false }) {
      const cut = setTimeout(() => sockets.clients.forEach((client) => client.terminate()), DRAIN_MS);
      const lingerMs = stop.lingers ? server.keepAliveTimeout : 0;
      await Promise.all([closeServer(server, { lingerMs, drainMs: DRAIN_MS }), subscriptions.dispose()]);
      clearTimeout(cut);
    },
  };
}

/** Hears no more of a peer that does not take its answers. Of each subscription no more than one event waits for it. */
function holdWhileUntaken(client: WebSocket, socket: Duplex): void {
  client.on('message', () => {
    if (client.isPaused || client.bufferedAmount <= MAX_UNTAKEN_BYTES) return;
    client.pause();
    socket.once('drain', () => client.resume());
  });
}

function graphqlOverHttp(domain: Pick<Domain, 'schema' | 'createContext'>, mask: ErrorMask) {
  const handle = createHandler<IncomingMessage, undefined, Record<string, unknown>>({
    schema: domain.schema,
    context: () => domain.createContext() as Record<string, unknown>,
    execute: async (args) => mask.result(await execute(args)),
  });
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = '', method = '', headers } = request;
    let isTooLarge = false;
    const body = () =>
      readBody(request, MAX_BODY_BYTES).catch((error: unknown) => {
        isTooLarge = error instanceof BodyTooLarge;
        throw error;
      });
    const [text, init] = await handle({ url, method, headers, body, raw: request, context: undefined });
    if (isTooLarge) {
      answer(response, 413, { error: `The body is larger than ${MAX_BODY_BYTES} bytes.` }, { connection: 'close' });
      request.resume();
    } else {
      response.writeHead(init.status, init.statusText, init.headers).end(text);
    }
  };
}

function answer(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Like graphql-js' `subscribe`, but each event gets a context of its own: what loaders keep is never older than the event. */
async function subscribeAfresh(args: ExecutionArgs, createContext: () => object, mask: ErrorMask) {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return mask.result(source);
  const events = source[Symbol.asyncIterator]();
  const iterator: AsyncIterableIterator<ExecutionResult> = {
    async next() {
      const event = await events.next().catch((error: unknown) => {
        throw mask.thrown(error);
      });
      if (event.done === true) return { done: true, value: undefined };
      const result = await execute({ ...args, rootValue: event.value, contextValue: createContext() });
      return { done: false, value: mask.result(result) };
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
