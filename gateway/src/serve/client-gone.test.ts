import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { listen } from '../../test-subgraphs/listen.ts';
import { httpTransport } from '../transports/http.ts';
import { startGateway } from './server.ts';

test.each([false, true])('a client that goes away stops its fetches, deduplicated or not: %s', async (dedupe) => {
  const subgraph = createServer();
  const url = `http://127.0.0.1:${await listen(subgraph)}/graphql`;
  const { sdl } = buildSubgraph('stock', 'type Query { stock: Int }');
  const transport = {
    ...httpTransport({ name: 'stock', url, options: { dedupe } }),
    sdl: () => Promise.resolve(sdl),
  };
  const gateway = await startGateway({
    port: 0,
    host: '127.0.0.1',
    supergraph: { kind: 'subgraphs', subgraphs: [{ name: 'stock', url, transport }] },
    planning: 'inline',
    dedupe,
    log: () => undefined,
  });
  onTestFinished(() => gateway.close());
  const asked = once(subgraph, 'request') as Promise<[IncomingMessage]>;
  const client = new AbortController();
  const answer = fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ stock }' }),
    signal: client.signal,
  });
  const [fetched] = await asked;
  const cut = once(fetched.socket, 'close');
  client.abort();
  await expect(answer).rejects.toThrow();
  await cut;
});
