import type { PlanNode, SubscriptionNode } from '@apollo/query-planner';
import { OperationTypeNode } from 'graphql';
import { anonymous, audienceOf } from '../guard/caller.ts';
import { headersKey, InFlight } from '../in-flight.ts';
import type { PlannedOperation } from '../plan/operation-planner.ts';
import type { SubgraphTransport } from '../transports/transport.ts';
import type { Executor } from './executor.ts';

/**
 * Lets identical queries that are asked at the same time share one run: of the same planned operation, with equal
 * variables and forwarded headers, by callers with the same sharing key; where a personal subgraph takes part, of the
 * same subject and audience as well.
 */
export function sharingRuns(
  executor: Pick<Executor, 'respond'>,
  transports: ReadonlyMap<string, Pick<SubgraphTransport, 'isPersonal'>>,
): Pick<Executor, 'respond'> {
  const running = new InFlight<string>();
  const numbers = new WeakMap<PlannedOperation, number>();
  const personal = new WeakMap<PlannedOperation, boolean>();
  let known = 0;

  const numberOf = (planned: PlannedOperation): number => {
    let number = numbers.get(planned);
    if (number === undefined) numbers.set(planned, (number = known++));
    return number;
  };

  const isPersonal = (planned: PlannedOperation): boolean => {
    let found = personal.get(planned);
    if (found === undefined) {
      found = subgraphsOf(planned.plan.node).some((name) => transports.get(name)?.isPersonal === true);
      personal.set(planned, found);
    }
    return found;
  };

  return {
    respond(bound, options) {
      if (bound.planned.operation.operation !== OperationTypeNode.QUERY) return executor.respond(bound, options);
      const { caller = anonymous, contract, headers, signal } = options;
      const key = [
        numberOf(bound.planned),
        JSON.stringify([
          caller.sharingKey,
          contract,
          ...(isPersonal(bound.planned) ? [caller.subject, audienceOf(caller)] : []),
        ]),
        headersKey(headers),
        JSON.stringify(bound.variables),
      ].join('\n');
      return running.share(key, signal, (shared) => executor.respond(bound, { ...options, signal: shared }));
    },
  };
}

function subgraphsOf(node: PlanNode | SubscriptionNode | undefined): string[] {
  switch (node?.kind) {
    case undefined:
      return [];
    case 'Fetch':
      return [node.serviceName];
    case 'Flatten':
      return subgraphsOf(node.node);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(subgraphsOf);
    case 'Condition':
      return [node.ifClause, node.elseClause].flatMap(subgraphsOf);
    case 'Defer':
      return [node.primary.node, ...node.deferred.map((each) => each.node)].flatMap(subgraphsOf);
    case 'Subscription':
      return [node.primary, node.rest].flatMap(subgraphsOf);
  }
}
