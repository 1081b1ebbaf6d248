import type { PlanNode } from '@apollo/query-planner';
import type { GraphQLError } from 'graphql';
import type { PlannedOperation } from '../plan/operation-planner.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { SubgraphTransport } from '../transports/transport.ts';
import { runFetch } from './fetch.ts';
import type { FlattenPath } from './flatten-path.ts';
import { getOwn } from './own-properties.ts';
import type { ResponseObject } from './own-properties.ts';

/** One run of a plan: what it is given, and what it has found so far. */
export interface PlanRun {
  readonly supergraph: Supergraph;
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
  readonly operation: PlannedOperation;
  /** As the client gave them. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** With defaults filled in: conditions are decided by these. */
  readonly coercedVariables: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Everything fetched, merged, in the shape of the subgraphs' answers. */
  readonly data: ResponseObject;
  readonly errors: GraphQLError[];
}

/** Runs a node of a plan on the objects at a path. Rejects only when the signal aborts. */
export async function runPlan(run: PlanRun, node: PlanNode, path: FlattenPath = []): Promise<void> {
  switch (node.kind) {
    case 'Fetch':
      return runFetch(run, node, path);
    case 'Flatten':
      return runPlan(run, node.node, [...path, ...node.path]);
    case 'Sequence':
      for (const next of node.nodes) await runPlan(run, next, path);
      return;
    case 'Parallel':
      await Promise.all(node.nodes.map((next) => runPlan(run, next, path)));
      return;
    case 'Condition': {
      const name = run.operation.names.clientVariable(node.condition);
      const branch = getOwn(run.coercedVariables, name) === true ? node.ifClause : node.elseClause;
      if (branch) await runPlan(run, branch, path);
      return;
    }
    case 'Defer':
      throw new Error('The planner is set up without @defer.');
  }
}
