import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudEvent } from '@takt/event-log';

/** How a peer meets a command. */
export type Manner =
  | { readonly kind: 'APPLIES' | 'TAKES' | 'RESETS' | 'SILENT' }
  | { readonly kind: 'ANSWERS'; readonly status: number; readonly body?: string; readonly retryAfter?: string };

/** A backing system that is up, down, slow or wrong on demand, and applies what it has not applied before. */
export interface Peer {
  readonly url: string;
  /** What it applied, in order, each once. */
  readonly applied: readonly CloudEvent[];
  /** Every request, as it came. */
  readonly requests: readonly {
    readonly headers: IncomingHttpHeaders;
    readonly event: CloudEvent;
    readonly at: number;
  }[];
  /** From now on. */
  behave(manner: Manner | ((event: CloudEvent) => Manner)): void;
  close(): Promise<void>;
}

export async function startPeer(port = 0): Promise<Peer> {
  const applied: CloudEvent[] = [];
  const requests: { headers: IncomingHttpHeaders; event: CloudEvent; at: number }[] = [];
  let manner: Manner | ((event: CloudEvent) => Manner) = { kind: 'APPLIES' };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const event = JSON.parse(Buffer.concat(chunks).toString('utf8')) as CloudEvent;
      requests.push({ headers: request.headers, event, at: performance.now() });
      meet(typeof manner === 'function' ? manner(event) : manner, event, response, applied);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/commands`,
    applied,
    requests,
    behave: (next) => (manner = next),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function meet(manner: Manner, event: CloudEvent, response: ServerResponse, applied: CloudEvent[]): void {
  switch (manner.kind) {
    case 'APPLIES':
    case 'TAKES':
      if (!applied.some(({ id }) => id === event.id)) applied.push(event);
      if (manner.kind === 'TAKES') response.writeHead(202).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"outcome":"APPLIED"}');
      return;
    case 'RESETS':
      response.destroy();
      return;
    case 'SILENT':
      return;
    case 'ANSWERS': {
      const { status, body = '', retryAfter } = manner;
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end(body);
    }
  }
}
