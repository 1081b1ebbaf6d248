import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';

export interface CloseOptions {
  /**
   * For how long connections without a request are kept: a client that was told that it may use its connection again
   * gets an answer, with `connection: close`. 0 closes them at once.
   */
  readonly lingerMs: number;
  /** How long requests under way may take after that; then their connections are cut. */
  readonly drainMs: number;
}

/** Accepts no connection any more; resolves when the last one is closed. */
export async function closeServer(server: Server, { lingerMs, drainMs }: CloseOptions): Promise<void> {
  server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
  // That of HTTP's own class would close connections at once on which somebody may just be sending a request.
  const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
  const lingersUntil = performance.now() + lingerMs;
  const sweep = () => {
    if (performance.now() >= lingersUntil) server.closeIdleConnections();
  };
  sweep();
  const sweeping = setInterval(sweep, sweepMs);
  const cut = setTimeout(() => server.closeAllConnections(), lingerMs + drainMs);
  await closed;
  clearInterval(sweeping);
  clearTimeout(cut);
}

/** A connection whose request has been answered meanwhile waits no longer than this. */
const sweepMs = 50;
