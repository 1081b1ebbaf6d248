import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LimitGuard } from '../guard/limit-guard.ts';
import { operationsEndpoint } from '../trusted/operations-endpoint.ts';
import type { TrustedDocuments } from '../trusted/trusted-documents.ts';
import { usageEndpoint } from '../usage/usage-endpoint.ts';
import type { Usage } from '../usage/usage.ts';
import { servedGateway } from './chosen-gateway.ts';
import type { GatewayVersions } from './gateway-versions.ts';
import { supergraphEndpoint } from './supergraph-endpoint.ts';

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface AdminRoutesOptions {
  /** Nothing is served without one. */
  readonly adminToken: string | undefined;
  readonly versions: GatewayVersions;
  readonly trusted: TrustedDocuments | undefined;
  readonly usage: Usage | undefined;
  readonly limits: LimitGuard;
  /** In ms since 1970. */
  readonly now: () => number;
}

/** What serves a path to who has the administrator's token, if something does. */
export function adminRoutes(options: AdminRoutesOptions): (path: string) => Route | undefined {
  const { adminToken, versions, trusted, usage, limits, now } = options;
  if (adminToken === undefined) return () => undefined;
  const schema = (contract: string | undefined) => {
    const graph = versions.current();
    return graph && servedGateway(graph, contract, now())?.supergraph.apiSchema;
  };
  const supergraph = supergraphEndpoint(versions, adminToken);
  const operations = trusted && operationsEndpoint({ trusted, adminToken, schemaOf: schema, limits });
  const counts = usage && usageEndpoint({ usage, adminToken, schemaOf: schema });
  return (path) => {
    const [, first] = path.split('/', 2);
    if (path === '/supergraph' || path === '/supergraph/rollback') return supergraph;
    if (path === '/usage') return counts;
    return first === 'operations' ? operations : undefined;
  };
}
