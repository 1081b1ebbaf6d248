import type { GetDataSourceFunction } from '@apollo/gateway';
import type { SubgraphTransport } from '../transports/transport.ts';
import { SourceNotReady, SupergraphRefused } from './supergraph.ts';

/** A subgraph to compose. */
export interface SubgraphSource {
  readonly name: string;
  /** Where others reach it over HTTP; written into the supergraph. */
  readonly url?: string;
  readonly transport: Pick<SubgraphTransport, 'sdl'>;
}

/**
 * Composes a supergraph from what the subgraphs say of themselves. Throws {@link SupergraphRefused} with one line for
 * each fault of composition, and {@link SubgraphNotReady} if a subgraph gives no schema.
 */
export async function composeSupergraph(subgraphs: readonly SubgraphSource[], signal: AbortSignal): Promise<string> {
  const sources = new Map(subgraphs.map((subgraph) => [subgraph.name, subgraph]));
  const unreachable: SubgraphNotReady[] = [];
  const getDataSource: GetDataSourceFunction = ({ name }) => ({
    async process() {
      const source = sources.get(name);
      if (!source) throw new Error(`no subgraph "${name}"`);
      try {
        return { data: { _service: { sdl: await source.transport.sdl(signal) } } };
      } catch (error) {
        unreachable.push(new SubgraphNotReady(name, error));
        throw error;
      }
    },
  });
  // Whoever is given a supergraph never needs it.
  const { IntrospectAndCompose } = await import('@apollo/gateway');
  const manager = new IntrospectAndCompose({
    subgraphs: subgraphs.map(({ name, url }) => ({ name, url: url ?? `in-process:${name}` })),
  });
  try {
    const { supergraphSdl } = await manager.initialize({
      getDataSource,
      update: () => undefined,
      healthCheck: () => Promise.resolve(),
    });
    return supergraphSdl;
  } catch (error) {
    const [first] = unreachable;
    if (first) throw first;
    throw new SupergraphRefused(linesOf(error), { cause: error });
  }
}

/** A subgraph gives no schema; it may do so later. */
export class SubgraphNotReady extends SourceNotReady {
  constructor(name: string, cause: unknown) {
    super(`Subgraph "${name}" gives no schema: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'SubgraphNotReady';
  }
}

function linesOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}
