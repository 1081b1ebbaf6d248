import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { inProcessTransport } from '../transports/in-process.ts';
import { composeSupergraph } from '../supergraph/compose.ts';
import { startGateway } from './server.ts';
import type { GatewayServer } from './server.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test.each(['inline', {}] as const)(
  'nothing of a replaced supergraph stays in memory (planning: %j)',
  async (planning) => {
    const subgraph = buildSubgraph('catalog', 'type Query { name: String }', { Query: { name: () => 'pump' } });
    const sources = [{ name: 'catalog', transport: inProcessTransport(subgraph) }];
    const sdl = await composeSupergraph(sources, new AbortController().signal);
    const server = await startGateway({
      port: 0,
      host: '127.0.0.1',
      supergraph: { kind: 'subgraphs', subgraphs: sources },
      planning,
      log: () => undefined,
    });
    const former: WeakRef<object>[] = [];
    for (let version = 0; version < 5; version++) {
      await useAndReplace(server, `${sdl}\n# ${version}`, former);
    }
    await expect
      .poll(
        async () => {
          await turn();
          collectGarbage();
          return former.filter((reference) => reference.deref() !== undefined).length;
        },
        { timeout: 20_000 },
      )
      .toBe(0);
    await server.close();
  },
  60_000,
);

/** Notes what the version consists of that serves now, has it used, and puts another one in its place. */
async function useAndReplace(server: GatewayServer, sdl: string, former: WeakRef<object>[]): Promise<void> {
  const { gateway } = server;
  const { supergraph } = gateway;
  const planned = await gateway.prepare({ query: '{ name }' });
  former.push(
    ...[gateway, supergraph, supergraph.apiSchema, supergraph.fullSchema, planned].map((part) => new WeakRef(part)),
  );
  for (const query of ['{ name }', '{ a: name }', '{ nope }']) {
    await (await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`)).text();
  }
  await server.swap(sdl);
}
