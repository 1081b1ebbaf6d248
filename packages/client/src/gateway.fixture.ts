import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

type Json = Readonly<Record<string, unknown>>;

interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is if it is a text. */
  readonly body: unknown;
}

export interface Behaviour {
  /** A promise that never resolves: no answer. */
  readonly answer?: (asked: Asked) => Answer | Promise<Answer>;
  /** The payload of a websocket's acknowledgement; closes it instead if there is none. */
  readonly acknowledge?: (socket: WebSocket) => Json | undefined;
  /** Errors with which a subscription ends at once, or its results, after which it stays open. */
  readonly follow?: (payload: Json, socket: WebSocket) => { errors: readonly Json[] } | { results: readonly Json[] };
}

export interface FixtureGateway {
  readonly url: string;
  readonly asked: Asked[];
  /** What websockets introduced themselves with. */
  readonly introduced: (Json | undefined)[];
  /** Payloads of subscriptions. */
  readonly subscribed: Json[];
  /** How many websockets are open. */
  connections(): number;
  close(): Promise<void>;
}

/** Real sockets that say what a test wants to be heard. */
export async function fixtureGateway({ answer, acknowledge, follow }: Behaviour): Promise<FixtureGateway> {
  const asked: Asked[] = [];
  const introduced: (Json | undefined)[] = [];
  const subscribed: Json[] = [];
  const server = createServer((request, response) => {
    const respond = async () => {
      let text = '';
      for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
      const each: Asked = { headers: request.headers, body: JSON.parse(text) as Json };
      asked.push(each);
      const { status = 200, headers = {}, body } = (await answer?.(each)) ?? { body: { data: {} } };
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    void respond();
  });
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' });
  sockets.on('connection', (socket) => {
    const say = (message: Json) => socket.send(JSON.stringify(message));
    socket.on('message', (data: Buffer) => {
      const { id, type, payload } = JSON.parse(data.toString()) as { id?: string; type: string; payload?: Json };
      if (type === 'connection_init') {
        introduced.push(payload);
        const acknowledged = acknowledge ? acknowledge(socket) : {};
        if (acknowledged) say({ type: 'connection_ack', payload: acknowledged });
      } else if (type === 'subscribe') {
        subscribed.push(payload ?? {});
        const followed = follow?.(payload ?? {}, socket) ?? { results: [] };
        if ('errors' in followed) say({ id, type: 'error', payload: followed.errors });
        else for (const result of followed.results) say({ id, type: 'next', payload: result });
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    asked,
    introduced,
    subscribed,
    connections: () => sockets.clients.size,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
