import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { guardHost } from './host.ts';

/** The status of a request under the name `host` to a server that listens on `address`. */
async function statusAs(host: string, address = '127.0.0.1', configured = address): Promise<number | undefined> {
  const server = createServer((incoming, response) => response.writeHead(refuse(incoming) ? 421 : 200).end());
  const refuse = guardHost(server, configured);
  server.listen(0, address);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const sent = request({ host: '127.0.0.1', port, headers: { host } }).end();
  const [response] = (await once(sent, 'response')) as [{ statusCode?: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

describe('a server on a loopback address', () => {
  it.each(['localhost', 'LOCALHOST:4000', 'takt.localhost:4000', '127.0.0.1:4000', '[::1]:4000', '10.0.0.7'])(
    'answers as %s',
    async (host) => expect(await statusAs(host)).toBe(200),
  );

  it.each(['evil.example:4000', 'localhost.evil.example', 'evil@127.0.0.1', '127.0.0.1.evil.example', 'evillocalhost'])(
    'does not answer as %s',
    async (host) => expect(await statusAs(host)).toBe(421),
  );

  it('answers as the host that it was configured with', async () => {
    expect(await statusAs('takt.internal:4000', '127.0.0.1', 'takt.internal')).toBe(200);
  });
});

it('a server that others reach answers under any name', async () => {
  expect(await statusAs('takt.example', '0.0.0.0')).toBe(200);
});
