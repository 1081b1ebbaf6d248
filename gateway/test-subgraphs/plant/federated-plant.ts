import {
  composeSupergraph,
  createGateway,
  httpTransport,
  inProcessTransport,
  loadSupergraph,
} from '../../src/index.ts';
import type { Gateway, GatewayOptions, SubgraphTransport } from '../../src/index.ts';
import { serveSubgraph } from '../serve-subgraph.ts';
import type { Plant } from './data.ts';
import { plantSubgraphs } from './subgraphs.ts';

export interface FederatedPlant {
  readonly gateway: Gateway;
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
  close(): Promise<void>;
}

/** A gateway over the plant's subgraphs, in this process or each behind its own HTTP server. */
export async function federatedPlant(
  kind: 'in-process' | 'http',
  plant: () => Plant,
  options: Pick<GatewayOptions, 'compilation'> = {},
): Promise<FederatedPlant> {
  const subgraphs = plantSubgraphs(plant);
  const served = kind === 'http' ? await Promise.all(subgraphs.map((subgraph) => serveSubgraph(subgraph))) : [];
  const sources =
    kind === 'http'
      ? served.map(({ name, url }) => ({ name, url, transport: httpTransport({ name, url }) }))
      : subgraphs.map((subgraph) => ({
          name: subgraph.name,
          transport: inProcessTransport(subgraph, () => undefined),
        }));
  const supergraph = loadSupergraph(await composeSupergraph(sources, new AbortController().signal));
  const gateway = createGateway({
    supergraph,
    transports: new Map(sources.map(({ name, transport }) => [name, transport])),
    ...options,
  });
  return {
    gateway,
    transports: new Map(sources.map(({ name, transport }) => [name, transport])),
    async close() {
      await gateway.close();
      await Promise.all(served.map((subgraph) => subgraph.close()));
    },
  };
}
