import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { cannedSubgraph, type CannedSubgraph, type OperationRequest } from './canned-subgraph.ts';
import { pathOf, worlds, type WorldName } from './worlds.ts';

/**
 * The subgraphs of all worlds, in a process of their own: each at a path of one server, over HTTP and over a websocket
 * by graphql-transport-ws. `POST /emit` with a number sends that event to everybody who has subscribed,
 * `POST /count` tells how many that are. Tells its parent its port and ends with it.
 */
const subgraphs = new Map<string, CannedSubgraph>();
for (const [world, { subgraphs: ofWorld }] of Object.entries(worlds)) {
  for (const subgraph of ofWorld) subgraphs.set(pathOf(world as WorldName, subgraph.name), cannedSubgraph(subgraph));
}
const subscriptions = new Set<Subscription>();

const server = createServer((request, response) => {
  answer(request).then(
    (body) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      response.end(body);
    },
    (error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(String(error));
    },
  );
});
const sockets = new WebSocketServer({
  server,
  perMessageDeflate: false,
  handleProtocols: (offered) => offered.has(PROTOCOL) && PROTOCOL,
});
sockets.on('connection', (socket, request) => serveSubscriptions(socket, subgraphAt(request.url)));
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once('disconnect', () => process.exit());

const PROTOCOL = 'graphql-transport-ws';

interface Subscription {
  readonly subgraph: CannedSubgraph;
  readonly socket: WebSocket;
  readonly id: string;
  readonly request: OperationRequest;
}

interface ProtocolMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: OperationRequest;
}

async function answer(request: IncomingMessage): Promise<Buffer> {
  const body = await textOf(request);
  if (request.url === '/emit') return emit(Number(body));
  if (request.url === '/count') return Buffer.from(String(subscriptions.size));
  return subgraphAt(request.url).answer(body);
}

async function emit(event: number): Promise<Buffer> {
  const due = [...subscriptions];
  for (const { subgraph, socket, id, request } of due) {
    const text = await subgraph.eventText(request, event);
    socket.send(`{"type":"next","id":${JSON.stringify(id)},"payload":${text}}`);
  }
  return Buffer.from(String(due.length));
}

function serveSubscriptions(socket: WebSocket, subgraph: CannedSubgraph): void {
  const own = new Map<string, Subscription>();
  socket.on('message', (data: Buffer) => {
    const { type, id = '', payload } = JSON.parse(data.toString()) as ProtocolMessage;
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    else if (type === 'ping') socket.send('{"type":"pong"}');
    else if (type === 'subscribe' && payload) {
      const subscription = { subgraph, socket, id, request: payload };
      own.set(id, subscription);
      subscriptions.add(subscription);
    } else if (type === 'complete') forget(id);
  });
  socket.on('close', () => [...own.keys()].forEach(forget));
  socket.on('error', () => socket.terminate());

  function forget(id: string): void {
    const subscription = own.get(id);
    if (subscription) subscriptions.delete(subscription);
    own.delete(id);
  }
}

function subgraphAt(path = ''): CannedSubgraph {
  const subgraph = subgraphs.get(path);
  if (!subgraph) throw new Error(`There is no subgraph at ${path}.`);
  return subgraph;
}

function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks).toString()));
    request.on('error', reject);
  });
}
