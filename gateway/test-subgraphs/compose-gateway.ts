import { fromByteText, toByteText } from '../src/byte-text.ts';
import { composeSupergraph, createGateway, inProcessTransport, loadSupergraph } from '../src/index.ts';
import type { Gateway, GatewayOptions, InProcessSubgraph, SubgraphSource, SubgraphTransport } from '../src/index.ts';

/** A gateway over subgraphs of this process; single transports may be replaced, e.g. by one that fails. */
export async function composeGateway(
  subgraphs: readonly InProcessSubgraph[],
  replaced: Readonly<Record<string, SubgraphTransport>> = {},
  options: Omit<GatewayOptions, 'supergraph' | 'transports'> & {
    /** Changes the composed supergraph, e.g. to what another composition would have made of it. */
    readonly editSupergraph?: (sdl: string) => string;
  } = {},
): Promise<Gateway> {
  const sources = subgraphs.map((subgraph) => ({
    name: subgraph.name,
    transport: inProcessTransport(subgraph, ignore),
  }));
  const { editSupergraph = (sdl: string) => sdl, ...gatewayOptions } = options;
  const key = JSON.stringify(subgraphs.map(({ name, sdl }) => [name, sdl]));
  const sdl = await (composed.get(key) ?? compose(key, sources));
  const supergraph = loadSupergraph(editSupergraph(sdl));
  const transports = new Map(sources.map(({ name, transport }) => [name, replaced[name] ?? transport]));
  return createGateway({ supergraph, transports, ...gatewayOptions });
}

/** The same subgraphs are composed once. */
const composed = new Map<string, Promise<string>>();

function compose(key: string, sources: readonly SubgraphSource[]): Promise<string> {
  const sdl = composeSupergraph(sources, new AbortController().signal);
  composed.set(key, sdl);
  return sdl;
}

const ignore = (): void => undefined;

/** A transport whose answers are made by a function of the query. */
export function transportOf(execute: SubgraphTransport['execute']): SubgraphTransport {
  return {
    execute,
    executeText: async ({ operation, variables, signal, headers }) =>
      toByteText(
        JSON.stringify(
          await execute({
            ...operation,
            variables: JSON.parse(fromByteText(variables)) as Record<string, unknown>,
            signal,
            ...(headers && { headers }),
          }),
        ),
      ),
    subscribe: () => {
      throw new Error('no subscriptions');
    },
    sdl: () => Promise.reject(new Error('no schema')),
    close: () => Promise.resolve(),
  };
}
