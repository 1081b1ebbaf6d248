import type { ContractName } from '../contracts/contract.ts';
import type { Gateway } from '../gateway.ts';
import { checkServed } from './contract-choice.ts';
import { RequestRefused } from './request-refused.ts';
import type { OpenContract, ServedGraph } from './served-graph.ts';

/**
 * Where clients of a contract go on when another supergraph serves: in the contract of the same name. Where only one of
 * the two has contracts, the stable one and everything stand for each other. Undefined where an audience would see more
 * than it may, and where there is nothing any more: then with the reason.
 */
export function continuation(name: ContractName | undefined, next: ServedGraph, now: number): Continuation {
  const list = next.supergraph.contracts?.list;
  if (!list) {
    return name?.audience === undefined
      ? { goesTo: { name: undefined, gateway: next.gateway } }
      : { goesTo: undefined, reason: 'CONTRACT_UNKNOWN' };
  }
  const same: ContractName = name ?? { version: list.stable };
  try {
    checkServed(list, same, now);
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    return { goesTo: undefined, reason: error.code === 'CONTRACT_SUNSET' ? 'CONTRACT_SUNSET' : 'CONTRACT_UNKNOWN' };
  }
  const gateway = next.gatewayOf(same);
  return gateway ? { goesTo: { name: same, gateway } } : { goesTo: undefined, reason: 'CONTRACT_UNKNOWN' };
}

/** A gateway that has been replaced stays open for the subscriptions that cannot be moved. */
export function moveSubscriptions(
  previous: ServedGraph,
  next: ServedGraph,
  now: number,
  log: (line: string) => void,
): void {
  for (const { name, gateway } of previous.open) {
    const { goesTo, reason } = continuation(name, next, now);
    if (goesTo) move(gateway, goesTo.gateway, log);
    else gateway.subscriptions.close(reason);
  }
}

/** Ends the subscriptions of versions that are not served any more. */
export function endSunset(graph: ServedGraph, now: number): void {
  for (const { name, gateway } of graph.open) {
    const { reason } = continuation(name, graph, now);
    if (reason === 'CONTRACT_SUNSET') gateway.subscriptions.close(reason);
  }
}

function move(previous: Gateway, next: Gateway, log: (line: string) => void): void {
  const release = previous.retain();
  previous.subscriptions
    .move(next.subscriptions)
    .catch((error: unknown) =>
      log(`Subscriptions were not moved: ${error instanceof Error ? error.message : String(error)}`),
    )
    .finally(release);
}

type Continuation =
  | { readonly goesTo: OpenContract; readonly reason?: never }
  | { readonly goesTo: undefined; readonly reason: 'CONTRACT_UNKNOWN' | 'CONTRACT_SUNSET' };
