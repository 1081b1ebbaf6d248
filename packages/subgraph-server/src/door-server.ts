import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { Intake } from '@takt/intake';
import { openIntakeDoor, type DoorAddress } from './intake-door.ts';
import type { Operations } from './operations.ts';

/** Where the other processes of a domain knock. */
export interface DoorPlace {
  /** Holds `process.json` for processes of this machine that send messages. */
  readonly directory: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Under which the others reach this one; `host`, or the name of this machine if that stands for every address. */
  readonly advertisedHost?: string | undefined;
}

export interface DoorServer {
  readonly address: DoorAddress;
  /** Tells processes of this machine to knock here. */
  announce(): Promise<void>;
  withdraw(): Promise<void>;
  close(): Promise<void>;
}

/** A server for the intake and operators alone, at a port of this process's own: the one of its queries may be shared by several. */
export async function openDoorServer(
  options: DoorPlace & { readonly name: string; readonly intake: Intake; readonly operations: () => Operations },
): Promise<DoorServer> {
  const { host, port, advertisedHost = reachable(host) } = options;
  const door = openIntakeDoor([options]);
  const server = createServer((request, response) => {
    if (!door.handle(request, response)) response.writeHead(404).end();
  });
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening').catch((error: unknown) => {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new Error(
      `The other processes of ${options.name} cannot reach this one on port ${port} of ${host} (${code}). Set TAKT_DOOR_PORT to a free one, or to 0 for any.`,
      { cause: error },
    );
  });
  const name = advertisedHost.includes(':') ? `[${advertisedHost}]` : advertisedHost;
  const base = `http://${name}:${(server.address() as AddressInfo).port}`;
  return {
    address: { url: `${base}/intake/${options.name}`, token: door.token },
    announce: () => door.announce(base),
    withdraw: () => door.close(),
    async close() {
      await door.close();
      const closed = once(server, 'close');
      server.close();
      const cut = setTimeout(() => server.closeAllConnections(), CUT_MS);
      await closed;
      clearTimeout(cut);
    },
  };
}

const CUT_MS = 500;

function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? hostname() : host;
}
