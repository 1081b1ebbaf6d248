import type { DeferredNode, PlanNode } from '@apollo/query-planner';
import { OperationTypeNode } from 'graphql';
import type { GraphQLError } from 'graphql';
import type { PlannedOperation } from '../plan/operation-planner.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { Asker, SubgraphTransport } from '../transports/transport.ts';
import type { Deferrals } from './deferrals.ts';
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
  readonly asker?: Asker | undefined;
  /** Everything fetched, merged, in the shape of the subgraphs' answers. */
  readonly data: ResponseObject;
  readonly errors: GraphQLError[];
  /** Where deferred fragments are left for later; without it they are run with the rest. */
  readonly deferrals?: Deferrals | undefined;
  /** In a deferred fragment: everything that it lies in has been fetched. */
  readonly enclosing?: Promise<unknown> | undefined;
}

/** Runs a node of a plan on the objects at a path. Rejects only when the signal aborts. */
export async function runPlan(run: PlanRun, node: PlanNode, path: FlattenPath = []): Promise<void> {
  switch (node.kind) {
    case 'Fetch':
      await runFetch(run, node, path);
      if (node.id !== undefined) run.deferrals?.fetched(node.id);
      return;
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
    case 'Defer': {
      const { deferrals } = run;
      const primary = node.primary.node ? runPlan(run, node.primary.node, path) : Promise.resolve();
      if (deferrals) {
        const enclosing = Promise.all([primary, run.enclosing]);
        for (const deferred of node.deferred) {
          if (deferred.label === undefined) throw new Error('a deferred fragment without a label');
          deferrals.add(deferred.label, runLater({ ...run, enclosing, errors: [] }, deferred, deferrals));
        }
        return primary;
      }
      await primary;
      const nodes = node.deferred.flatMap((deferred) => deferred.node ?? []);
      await Promise.all(nodes.map((next) => runPlan(run, next)));
    }
  }
}

/**
 * Runs what a deferred fragment needs as soon as the fetches that it builds on are over. A mutation's run after all its
 * fields: they may read what a later field writes. Resolves with its errors.
 */
async function runLater(
  run: PlanRun,
  { node, depends }: DeferredNode,
  deferrals: Deferrals,
): Promise<readonly GraphQLError[]> {
  const isMutation = run.operation.operation.operation === OperationTypeNode.MUTATION;
  if (isMutation || depends.length === 0) await run.enclosing;
  else await Promise.race([run.enclosing, Promise.all(depends.map(({ id }) => deferrals.whenFetched(id)))]);
  if (node) await runPlan(run, node);
  return run.errors;
}
