import { parse } from 'graphql';
import type { DocumentNode, GraphQLError } from 'graphql';
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
  const sdls = await Promise.all(
    subgraphs.map(({ name, transport }) =>
      transport.sdl(signal).catch((error: unknown) => {
        throw new SubgraphNotReady(name, error);
      }),
    ),
  );
  // Whoever is given a supergraph never needs it.
  const { composeServices } = await import('@apollo/composition');
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, url }, index) => ({
      name,
      url: url ?? `in-process:${name}`,
      typeDefs: parsed(name, sdls[index] ?? ''),
    })),
  );
  if (errors) throw new SupergraphRefused(linesOf(errors));
  return supergraphSdl;
}

function parsed(name: string, sdl: string): DocumentNode {
  try {
    return parse(sdl);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SupergraphRefused(`The schema of subgraph "${name}" cannot be read: ${reason}`, { cause: error });
  }
}

/** A subgraph gives no schema; it may do so later. */
export class SubgraphNotReady extends SourceNotReady {
  constructor(name: string, cause: unknown) {
    super(`Subgraph "${name}" gives no schema: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'SubgraphNotReady';
  }
}

function linesOf(errors: readonly GraphQLError[]): string {
  const lines = errors.flatMap(({ message }) => message.split('\n')).map((line) => line.trim());
  return ['The subgraphs do not compose:', ...lines].join('\n');
}
