import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { createHandler } from 'graphql-http/lib/use/http';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { systemClock } from '@takt/intake';
import { ConfigError, readConfig } from './config.ts';
import { openDomain, type Domain, type AnyDomainDefinition } from './domain.ts';
import { openIntakeDoor } from './intake-door.ts';

/** Serves one domain as a process of its own: GraphQL over HTTP and websocket at /graphql, health, intake. */
export async function runDomain(definition: AnyDomainDefinition): Promise<void> {
  try {
    const config = readConfig(process.env);
    const directory = join(config.dataDir, definition.name);
    const domain = await openDomain(definition, { directory, mongodbUri: config.mongodbUri, clock: systemClock });
    const door = openIntakeDoor([{ name: domain.name, directory, intake: domain.intake }]);
    const server = await serveDomain(domain, config, door.handle).catch(async (error: unknown) => {
      await domain.close();
      throw error;
    });
    await door.announce(server.url);
    process.stdout.write(`${domain.name} is ready at ${server.url}/graphql\n`);
    const stop = async () => {
      await server.close();
      await door.close();
      await domain.close();
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => void stop().then(() => process.exit(0)));
  } catch (error) {
    process.stderr.write(`${definition.name}: ${startProblem(error)}\n`);
    process.exit(1);
  }
}

/** What to tell a person whose process did not start. */
export function startProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const remedy = REMEDIES[codeOf(error) ?? ''];
  return remedy === undefined || error instanceof ConfigError ? error.message : `${error.message} ${remedy}`;
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Set PORT to another one, or stop what listens there.',
  EACCES: 'Set PORT to one above 1023.',
  ENOTFOUND: 'Set HOST to an address of this machine, e.g. 127.0.0.1.',
  EADDRNOTAVAIL: 'Set HOST to an address of this machine, e.g. 127.0.0.1.',
};

function codeOf(error: Error): string | undefined {
  const { code, syscall } = (error.cause ?? error) as NodeJS.ErrnoException;
  return syscall === 'listen' || syscall === 'getaddrinfo' ? code : undefined;
}

/** How long requests under way may take once the server stops. */
const DRAIN_MS = 5_000;

async function serveDomain(
  domain: Domain,
  address: { host: string; port: number },
  intercept: ReturnType<typeof openIntakeDoor>['handle'],
): Promise<{ url: string; close(): Promise<void> }> {
  const graphql = createHandler({
    schema: domain.schema,
    context: () => domain.createContext() as Record<string, unknown>,
  });
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0];
    if (intercept(request, response)) return;
    if (path === '/graphql') return void graphql(request, response);
    const healthy = path === '/health/live' || path === '/health/ready';
    response.writeHead(healthy ? 200 : 404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(healthy ? { status: 'ok' } : { error: 'There are /graphql, /health/live and /health/ready.' }),
    );
  });
  const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload: 1024 * 1024 });
  const subscriptions = useServer(
    {
      schema: domain.schema,
      context: () => domain.createContext(),
      subscribe: (args) => subscribeAfresh(args, () => domain.createContext()),
    },
    sockets,
  );
  await listen(server, address);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}`,
    async close() {
      await subscriptions.dispose();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Like graphql-js' `subscribe`, but each event gets a context of its own: what loaders keep is never older than the event. */
async function subscribeAfresh(args: ExecutionArgs, createContext: () => object) {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  const events = source[Symbol.asyncIterator]();
  const iterator: AsyncIterableIterator<ExecutionResult> = {
    async next() {
      const event = await events.next();
      if (event.done === true) return { done: true, value: undefined };
      return { done: false, value: await execute({ ...args, rootValue: event.value, contextValue: createContext() }) };
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
