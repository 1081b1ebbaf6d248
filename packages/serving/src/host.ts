import type { IncomingMessage, Server } from 'node:http';
import { isIP } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Why a request may not be answered, for who sent it; undefined if it may. The status is 421. */
export type HostGuard = (request: IncomingMessage) => string | undefined;

/**
 * A server on a loopback address answers only requests for `localhost`, a name below it, an IP address, or the host that
 * it was configured with. A web page can point a name of its own at 127.0.0.1 (DNS rebinding): its requests then pass
 * as of the same origin, but their `Host` tells. To be called before the server listens.
 */
export function guardHost(server: Server, configuredHost: string): HostGuard {
  let isLocal = true;
  server.once('listening', () => (isLocal = isLoopback((server.address() as AddressInfo).address)));
  return ({ headers: { host } }) => {
    if (!isLocal || host === undefined) return undefined;
    const [, bracketed, plain = ''] = /^(?:\[([\da-f:.]+)\]|([^:[\]]+))(?::\d*)?$/i.exec(host) ?? [];
    const name = (bracketed ?? plain).toLowerCase();
    if (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost')) return undefined;
    if (name === configuredHost.toLowerCase()) return undefined;
    return `This server is for its own machine and does not answer as ${JSON.stringify(host)}. Use localhost, or have it listen on an address that others reach.`;
  };
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
