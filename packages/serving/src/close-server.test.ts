import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { closeServer } from './close-server.ts';

/** A server that answers `/held` when it is released, and a client that keeps its connection. */
async function running() {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const server = createServer((request, response) => {
    if (request.url === '/held') void held.then(() => response.end('held'));
    else response.end('at once');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const { port } = server.address() as AddressInfo;
  const ask = async (path: string) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, agent }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const text = (await response.setEncoding('utf8').toArray()).join('');
    return { text, connection: response.headers.connection };
  };
  return { server, port, release, ask };
}

function connections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

it('closes connections without a request at once, and others as soon as theirs is answered', async () => {
  const { server, release, ask } = await running();
  const answer = ask('/held');
  await once(server, 'request');
  const closed = closeServer(server, { lingerMs: 0, drainMs: 60_000 });
  release();
  expect((await answer).text).toBe('held');
  await closed;
  expect(await connections(server)).toBe(0);
});

it('answers on a connection that may be used again, and closes it then; takes no new one', async () => {
  const { server, port, ask } = await running();
  expect(await ask('/')).toEqual({ text: 'at once', connection: 'keep-alive' });
  const closed = closeServer(server, { lingerMs: 60_000, drainMs: 60_000 });
  await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED');
  expect(await ask('/')).toEqual({ text: 'at once', connection: 'close' });
  await closed;
});

it('cuts a request that takes longer than it may', async () => {
  const { server, ask } = await running();
  const answer = ask('/held').catch((error: unknown) => error);
  await once(server, 'request');
  await closeServer(server, { lingerMs: 0, drainMs: 10 });
  expect(await answer).toBeInstanceOf(Error);
});
