import { OperationTypeNode } from 'graphql';
import { anonymous } from '../guard/caller.ts';
import { headersKey, InFlight } from '../in-flight.ts';
import type { PlannedOperation } from '../plan/operation-planner.ts';
import type { Executor } from './executor.ts';

/**
 * Lets identical queries that are asked at the same time share one run: of the same planned operation, with equal
 * variables and forwarded headers, by callers with the same sharing key.
 */
export function sharingRuns(executor: Pick<Executor, 'respond'>): Pick<Executor, 'respond'> {
  const running = new InFlight<string>();
  const numbers = new WeakMap<PlannedOperation, number>();
  let known = 0;

  const numberOf = (planned: PlannedOperation): number => {
    let number = numbers.get(planned);
    if (number === undefined) numbers.set(planned, (number = known++));
    return number;
  };

  return {
    respond(bound, options) {
      if (bound.planned.operation.operation !== OperationTypeNode.QUERY) return executor.respond(bound, options);
      const { caller = anonymous, contract, headers, signal } = options;
      const key = [
        numberOf(bound.planned),
        JSON.stringify([caller.sharingKey, contract]),
        headersKey(headers),
        JSON.stringify(bound.variables),
      ].join('\n');
      return running.share(key, signal, (shared) => executor.respond(bound, { ...options, signal: shared }));
    },
  };
}
