import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { createPlant } from '../../test-subgraphs/plant/data.ts';
import { plantSubgraphs } from '../../test-subgraphs/plant/subgraphs.ts';
import { inProcessTransport } from '../transports/in-process.ts';
import { startGateway, type GatewayServer } from './server.ts';
import type { GatewayServerOptions } from './server-options.ts';

const problems: string[] = [];
const transport = inProcessTransport({
  ...plantSubgraphs(() => createPlant())[0]!,
  health: () => Promise.resolve(problems),
});

function start(options: Partial<GatewayServerOptions> = {}): Promise<GatewayServer> {
  const supergraph = { kind: 'subgraphs', subgraphs: [{ name: 'catalog', transport }] } as const;
  return startGateway({ port: 0, host: '127.0.0.1', supergraph, planning: 'inline', ...options });
}

/** What is answered at a path, over one connection that is kept. */
function asker(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return async (path: string): Promise<{ status: number | undefined; body: unknown }> => {
    const [response] = (await once(httpRequest(url + path, { agent }).end(), 'response')) as [IncomingMessage];
    const text = (await response.setEncoding('utf8').toArray()).join('');
    return { status: response.statusCode, body: JSON.parse(text) };
  };
}

test('a gateway serves while something behind it is away, though it is not ready', async () => {
  const server = await start({ notReady: () => (problems.length > 0 ? 'The demo is being filled.' : undefined) });
  onTestFinished(() => server.close());
  const ask = asker(server.url);
  expect(await ask('/health/serving')).toEqual({ status: 200, body: { status: 'serving' } });
  problems.push('The store is away.');
  onTestFinished(() => void problems.splice(0));
  expect((await ask('/health/ready')).status).toBe(503);
  expect((await ask('/health/serving')).status).toBe(200);
});

test('a gateway does not serve while it stops', async () => {
  const server = await start();
  const ask = asker(server.url);
  expect((await ask('/health/serving')).status).toBe(200);
  const closed = server.close({ lingers: true });
  expect(await ask('/health/serving')).toEqual({
    status: 503,
    body: { status: 'not serving', reasons: ['The gateway is shutting down.'] },
  });
  await closed;
});

test('a gateway does not serve before it has a supergraph', async () => {
  let hasWaited: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => (hasWaited = resolve));
  const stop = new AbortController();
  const sdl = () => Promise.reject(new Error('not yet'));
  const probe = await start();
  const port = Number(new URL(probe.url).port);
  await probe.close();
  const starting = start({
    port,
    supergraph: { kind: 'subgraphs', subgraphs: [{ name: 'catalog', transport: { ...transport, sdl } }] },
    signal: stop.signal,
    log: () => hasWaited(),
  });
  await waiting;
  expect(await asker(`http://127.0.0.1:${port}`)('/health/serving')).toEqual({
    status: 503,
    body: { status: 'not serving', reasons: ['The supergraph is not loaded yet.'] },
  });
  stop.abort();
  await expect(starting).rejects.toThrow(/abort/i);
});
