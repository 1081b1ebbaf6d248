import { GraphFault, type Graph, type GraphProblem, type KeptAsker } from '@takt/extraction';
import type { PlanNode, SubscriptionNode } from '@apollo/query-planner';
import type { ExecutionResult } from 'graphql';
import { OperationRefused, SubgraphFault } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import type { Caller } from '../guard/caller.ts';
import { anonymous, audienceOf } from '../guard/caller.ts';
import type { Asker } from '../transports/transport.ts';

export interface ExtractGraphOptions {
  /** What serves a contract now, by its label, the stable one for undefined; undefined if nothing does. */
  readonly gateway: (contract?: string) => Gateway | undefined;
  /** Whether operations of clients wait for their turn. */
  readonly isBusy: () => boolean;
  /** Whether a query may be extracted: all may, unless only registered documents run and it is none. */
  readonly mayExtract: (query: string) => boolean;
}

/** The graph as extractions read it: by the caller's own contract and authorization, page for page like a client. */
export function extractGraph({ gateway, isBusy, mayExtract }: ExtractGraphOptions): Graph {
  const current = (): Gateway => {
    const found = gateway();
    if (!found) throw new GraphFault(NO_SUPERGRAPH.code, NO_SUPERGRAPH.message);
    return found;
  };
  return {
    schemaOf: (contract) => gateway(contract)?.supergraph.apiSchema,

    async run({ query, variables, asker }, signal) {
      const graph = gateway(asker.contract);
      if (!graph) return { refused: [gateway() ? goneContract(asker.contract ?? '') : NO_SUPERGRAPH] };
      const release = graph.retain();
      try {
        const options = { caller: callerOf(asker), contract: asker.contract, signal };
        const bound = await graph.prepare({ query, variables, ...options });
        const { data, errors = [] } = JSON.parse(await graph.run(bound, options)) as ExecutionResult;
        const { node } = bound.planned.plan;
        return {
          data: data ?? null,
          errors: errors.map(problemOf),
          subgraph: node && rootSubgraph(node),
          isPartial: bound.restore !== undefined,
        };
      } catch (error) {
        if (error instanceof OperationRefused) return { refused: error.errors.map(problemOf) };
        throw error;
      } finally {
        release();
      }
    },

    async ask(subgraph, query, variables, signal) {
      try {
        const { data, errors = [] } = await current().ask(subgraph, { query, variables, idempotent: true, signal });
        const [error] = errors;
        if (error) throw new GraphFault(codeOf(error.extensions), error.message);
        if (!data) throw new GraphFault(undefined, `Subgraph "${subgraph}" answered no data.`);
        return data;
      } catch (error) {
        throw error instanceof SubgraphFault ? new GraphFault(error.code, error.message) : error;
      }
    },

    isBusy,
    mayExtract,
  };
}

/** Also while the process is starting, which goes on with extracts at once. */
const NO_SUPERGRAPH = { code: 'GATEWAY_UNAVAILABLE', message: 'The gateway has no supergraph yet.' };

function goneContract(contract: string): GraphProblem {
  const message = `The contract ${contract} is not served any more: make the extract anew in a later version.`;
  return { code: 'EXTRACT_CONTRACT_GONE', message };
}

/** What of an asker is kept with an extract: who it is and what it may do, not how it has shown that. */
export function keptAsker({ caller, contract }: Asker): KeptAsker {
  const { subject, scopes, sharingKey, claims } = caller;
  const audience = audienceOf(caller);
  return {
    subject,
    ...(audience !== undefined && { audience: typeof audience === 'string' ? audience : JSON.stringify(audience) }),
    scopes: [...scopes],
    sharingKey,
    claims,
    contract,
  };
}

function callerOf({ subject, scopes, sharingKey, claims }: KeptAsker): Caller {
  if (subject === undefined) return anonymous;
  return { subject, scopes: new Set(scopes), sharingKey, expiresAt: undefined, ...(claims && { claims }) };
}

function problemOf({ message, extensions }: ExecutionProblem): GraphProblem {
  return { message, code: codeOf(extensions) };
}

interface ExecutionProblem {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

function codeOf(extensions: ExecutionProblem['extensions']): string | undefined {
  const code = extensions?.['code'];
  return typeof code === 'string' ? code : undefined;
}

/** The subgraph that a plan begins at; undefined if it begins at several. */
function rootSubgraph(node: PlanNode | SubscriptionNode): string | undefined {
  if (node.kind === 'Fetch') return node.serviceName;
  if (node.kind !== 'Sequence') return undefined;
  const [first] = node.nodes;
  return first && rootSubgraph(first);
}
