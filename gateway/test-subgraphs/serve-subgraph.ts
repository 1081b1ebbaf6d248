import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHandler } from 'graphql-http/lib/use/http';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { InProcessSubgraph } from '../src/index.ts';

export interface ServedSubgraph {
  readonly name: string;
  readonly url: string;
  /** Websockets that are open. */
  connections(): number;
  /** Subscriptions so far. */
  subscriptions(): number;
  /** Closes every websocket with a code, or without a word. */
  closeConnections(code?: number): void;
  close(): Promise<void>;
}

/** Serves a subgraph over HTTP and websocket, as a process of its own would; on any free port unless one is given. */
export async function serveSubgraph(subgraph: InProcessSubgraph, port = 0): Promise<ServedSubgraph> {
  const { name, schema } = subgraph;
  const handle = createHandler({ schema, context: () => subgraph.createContext() as Record<string, unknown> });
  const server = createServer((request, response) => void handle(request, response));
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request)),
  );
  let subscribed = 0;
  const countSubscription = () => {
    subscribed++;
  };
  const subscriptions = useServer(
    { schema, context: () => subgraph.createContext(), onOperation: countSubscription },
    sockets,
  );
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  let closed: Promise<void> | undefined;
  const close = async () => {
    const ended = new Promise((resolve) => server.once('close', resolve));
    await subscriptions.dispose();
    server.close();
    server.closeAllConnections();
    await ended;
  };
  return {
    name,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    connections: () => sockets.clients.size,
    subscriptions: () => subscribed,
    closeConnections: (code) =>
      sockets.clients.forEach((client) => (code === undefined ? client.terminate() : client.close(code))),
    close: () => (closed ??= close()),
  };
}
