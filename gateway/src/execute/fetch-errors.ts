import { GraphQLError } from 'graphql';
import { gatewayError, SubgraphFault } from '../errors.ts';
import type { SubgraphReportedError } from '../transports/transport.ts';
import type { ResponsePath } from './flatten-path.ts';

/** An error that a subgraph reported, as the client gets it: under the client's path, with the subgraph's name. */
export function subgraphError(
  service: string,
  reported: SubgraphReportedError,
  path: ResponsePath | undefined,
): GraphQLError {
  const { code, ...extensions } = reported.extensions ?? {};
  delete extensions['stacktrace'];
  delete extensions['exception'];
  const error = gatewayError('SUBGRAPH_ERROR', reported.message, {
    path: path ?? null,
    extensions: { ...extensions, service },
  });
  if (typeof code === 'string') error.extensions['code'] = code;
  return error;
}

/** A fetch that got no GraphQL response at all; a GraphQLError that it threw instead is the subgraph's own report. */
export function failedFetch(service: string, failure: unknown, path: ResponsePath | undefined): GraphQLError {
  if (failure instanceof GraphQLError) return subgraphError(service, failure, path);
  const known = failure instanceof SubgraphFault;
  return gatewayError(
    known ? failure.code : 'SUBGRAPH_BAD_RESPONSE',
    known ? failure.message : `Subgraph "${service}" failed to answer.`,
    { path: path ?? null, extensions: { service }, ...(failure instanceof Error && { originalError: failure }) },
  );
}

/** What is to be told where a subgraph does not answer with one entity, or null, for each that it was asked for. */
export function entitiesFault(service: string): SubgraphFault {
  const message = `Subgraph "${service}" did not answer with the entities that it was asked for.`;
  return new SubgraphFault('SUBGRAPH_BAD_RESPONSE', message);
}

/** Tells whether a null is already explained by an error at, above or below its place. */
export class ErrorPaths {
  readonly #root: PathNode = { ends: false, children: new Map() };

  constructor(errors: readonly GraphQLError[]) {
    for (const error of errors) {
      let node = this.#root;
      for (const step of error.path ?? []) {
        let child = node.children.get(step);
        if (!child) node.children.set(step, (child = { ends: false, children: new Map() }));
        node = child;
      }
      node.ends = true;
    }
  }

  explain(path: ResponsePath): boolean {
    let node = this.#root;
    for (const step of path) {
      if (node.ends) return true;
      const child = node.children.get(step);
      if (!child) return false;
      node = child;
    }
    return node.ends || node.children.size > 0;
  }
}

interface PathNode {
  ends: boolean;
  readonly children: Map<string | number, PathNode>;
}
