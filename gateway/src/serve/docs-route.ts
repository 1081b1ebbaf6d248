import type { IncomingMessage, ServerResponse } from 'node:http';
import { docsPath } from '../docs/docs-endpoint.ts';
import type { Docs } from '../docs/docs-endpoint.ts';
import { AuthenticationFailed } from '../guard/authentication.ts';
import type { Authenticate } from '../guard/authentication.ts';
import { anonymous } from '../guard/caller.ts';
import { answerError } from './answer.ts';
import { chooseGateway } from './chosen-gateway.ts';
import type { ContractGateways } from './chosen-gateway.ts';
import { RequestRefused } from './request-refused.ts';

export interface DocsRouteOptions {
  readonly docs: Docs;
  readonly graph: () => ContractGateways | undefined;
  /** Everybody is anonymous without it. */
  readonly authenticate?: Authenticate | undefined;
  /** In ms since 1970. */
  readonly now: () => number;
}

/** Serves `/docs`, and below it the pages of each contract, which is chosen as by a path below `/graphql`. */
export async function docsRoute(
  { docs, graph, authenticate, now }: DocsRouteOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = ''] = request.url?.split('?', 1) ?? [];
  const asked = docsPath(path);
  try {
    const caller = (await authenticate?.(request.headers)) ?? anonymous;
    const current = graph();
    if (!current?.supergraph.contracts || !asked || (request.method !== 'GET' && request.method !== 'HEAD')) {
      answerError(response, 404, 'There is nothing here. Docs are at /docs, if the graph has contracts.');
      return;
    }
    const pins = asked.contract === '' ? [] : [asked.contract.slice(1)];
    const { name, gateway } = chooseGateway(current, pins, caller, now());
    const { contract } = gateway.supergraph;
    if (asked.contract === '' && asked.page.length === 0) docs.overview(response, name?.audience);
    else if (contract) docs.page(response, contract, asked.page);
  } catch (error) {
    if (error instanceof AuthenticationFailed) {
      answerError(response, error.status, error.message, { 'www-authenticate': error.challenge });
    } else if (error instanceof RequestRefused) answerError(response, error.status, error.message, error.headers);
    else throw error;
  }
}
