import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HostGuard } from './host.ts';
import { mayConnect } from './websocket-origin.ts';

/** Passes on the websockets that may be opened; refuses the others with 404, 421 or 403 and JSON. */
export function guardUpgrades(
  server: Server,
  options: {
    /** Where they may, and what who looks elsewhere is told. */
    readonly path: string;
    /** Whether they may at another path as well. */
    readonly serves?: (path: string) => boolean;
    readonly refuseHost: HostGuard;
    /** Other origins whose pages may connect, or `*`; the server's own always may. */
    readonly origins: readonly string[];
    readonly accept: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  },
): void {
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const [path = ''] = request.url?.split('?', 1) ?? [];
    const misdirected = options.refuseHost(request);
    if (misdirected !== undefined) refuse(socket, 421, misdirected);
    else if (path !== options.path && options.serves?.(path) !== true)
      refuse(socket, 404, `Websockets are at ${options.path}.`);
    else if (!mayConnect(request, options.origins)) refuse(socket, 403, 'Pages of this origin may not connect.');
    else options.accept(request, socket, head);
  });
}

function refuse(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ errors: [{ message }] });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
