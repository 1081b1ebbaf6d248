import { inProcessTransport, startGateway } from '../src/index.ts';
import type { GatewayServer, GatewayServerOptions, SubgraphTransport } from '../src/index.ts';
import type { Plant } from './plant/data.ts';
import { plantSubgraphs } from './plant/subgraphs.ts';

/** A gateway over the plant that listens on a free port; `wrap` may change how single subgraphs are reached. */
export function servePlant(
  plant: () => Plant,
  options: Partial<GatewayServerOptions> = {},
  wrap: (name: string, transport: SubgraphTransport) => SubgraphTransport = (_name, transport) => transport,
): Promise<GatewayServer> {
  const subgraphs = plantSubgraphs(plant).map((subgraph) => ({
    name: subgraph.name,
    transport: wrap(
      subgraph.name,
      inProcessTransport(subgraph, () => undefined),
    ),
  }));
  return startGateway({
    port: 0,
    host: '127.0.0.1',
    supergraph: { kind: 'subgraphs', subgraphs },
    planning: 'inline',
    ...options,
  });
}
