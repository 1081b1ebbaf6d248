import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PEER_FAULTS, type Peer, type PeerFault } from '../peers/peer.ts';

/** Where the faults of the demo plant's systems are switched, readable by the owner alone: `{url, token, pid}`. */
export const CONTROL_FILE = 'control.json';

export interface SystemFaults {
  readonly system: string;
  readonly faults: readonly PeerFault[];
}

/** `GET /` lists what is on, `POST /` with `{system, fault, on}` switches. Answers how to close. */
export async function openControl(peers: readonly Peer[], file: string): Promise<() => Promise<void>> {
  const token = randomBytes(24).toString('base64url');
  const list = (): SystemFaults[] => peers.map(({ system, faults }) => ({ system, faults: faults.list() }));
  const server = createServer((request, response) => {
    void answer(request).then(
      ([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      },
      // Who asked is gone.
      () => response.destroy(),
    );
  });

  async function answer(request: IncomingMessage): Promise<[number, unknown]> {
    if (!isAuthorized(request, token)) return [401, { error: `The token is in ${CONTROL_FILE}.` }];
    if (request.method === 'GET') return [200, list()];
    const asked = await readAsked(request);
    if (!asked) return [400, { error: 'POST {"system": "erp/P100", "fault": "down", "on": true}' }];
    const peer = peers.find(({ system }) => system === asked.system);
    if (!peer) {
      return [404, { error: `There is no ${asked.system}, but ${peers.map(({ system }) => system).join(', ')}.` }];
    }
    peer.faults.set(asked.fault, asked.on);
    return [200, list()];
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await writeFile(file, JSON.stringify({ url, token, pid: process.pid }), { mode: 0o600 });
  return async () => {
    await rm(file, { force: true });
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
}

async function readAsked(request: IncomingMessage) {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.length > 1000) return undefined;
  }
  try {
    const asked = JSON.parse(text) as { system: unknown; fault: unknown; on: unknown } | null;
    const isFault = PEER_FAULTS.some((fault) => fault === asked?.fault);
    if (typeof asked?.system !== 'string' || !isFault || typeof asked.on !== 'boolean') return undefined;
    return asked as { system: string; fault: PeerFault; on: boolean };
  } catch {
    return undefined;
  }
}

function isAuthorized({ headers }: IncomingMessage, token: string): boolean {
  const [given, wanted] = [Buffer.from(headers.authorization ?? ''), Buffer.from(`Bearer ${token}`)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
