import type { IncomingMessage } from 'node:http';
import type { ContractName } from '../contracts/contract.ts';
import { contractLabel } from '../contracts/contracts.ts';
import type { Gateway } from '../gateway.ts';
import { anonymous, audienceOf } from '../guard/caller.ts';
import type { Caller } from '../guard/caller.ts';
import type { PlannedOperation } from '../plan/operation-planner.ts';
import { chooseContract } from './contract-choice.ts';
import { noticeOf } from './contract-notices.ts';
import type { ContractNotice } from './contract-notices.ts';
import { RequestRefused } from './request-refused.ts';
import type { ServedGraph } from './served-graph.ts';

/** The gateway of the contract that a request is for. */
export interface ChosenGateway {
  /** Undefined of a graph without contracts. */
  readonly name: ContractName | undefined;
  readonly gateway: Gateway;
  /** Whether it was asked for. */
  readonly isPinned: boolean;
  /** What an answer tells of the contract and, where there are some, of what operations in it use. */
  notice(planned?: readonly PlannedOperation[]): ContractNotice | undefined;
}

/** What of a graph is asked for a contract. */
export type ContractGateways = Pick<ServedGraph, 'supergraph' | 'gatewayOf'>;

/** Throws {@link RequestRefused} as {@link chooseContract} does. */
export function chooseGateway(
  graph: ContractGateways,
  pins: readonly unknown[],
  caller: Caller,
  /** In ms since 1970. */
  now: number,
): ChosenGateway {
  const list = graph.supergraph.contracts?.list;
  const name = chooseContract(list, { pins, audience: audienceOf(caller) }, now);
  const gateway = graph.gatewayOf(name);
  if (!gateway) {
    const what = name ? `nothing in ${contractLabel(name)}` : 'no such contract';
    throw new RequestRefused(404, 'CONTRACT_UNKNOWN', `The graph has ${what}.`);
  }
  return {
    name,
    gateway,
    isPinned: pins.length > 0,
    notice(planned = []) {
      if (!list || !name) return undefined;
      const used = planned.flatMap(({ deprecations }) => deprecations ?? []);
      if (used.length > 0) return noticeOf(list, name, used);
      let known = notices.get(gateway);
      if (!known) notices.set(gateway, (known = noticeOf(list, name)));
      return known;
    },
  };
}

/** The gateway of a contract, by its label, or of the stable one for undefined. Undefined if it is not served. */
export function servedGateway(graph: ContractGateways, label: string | undefined, now: number): Gateway | undefined {
  const pins = label === undefined ? [] : [label];
  try {
    return chooseGateway(graph, pins, anonymous, now).gateway;
  } catch (error) {
    if (error instanceof RequestRefused) return undefined;
    throw error;
  }
}

/** What a request pins in its path, below `root`, and in its header. */
export function pinsOf({ url = '', headers }: IncomingMessage, root = '/graphql'): readonly unknown[] {
  const [path = ''] = url.split('?', 1);
  const inPath = path.startsWith(`${root}/`) ? [path.slice(root.length + 1)] : [];
  return headers[contractHeader] === undefined ? inPath : [...inPath, headers[contractHeader]];
}

export const contractHeader = 'takt-contract';

/** Whether a path is one of GraphQL, whatever contract it pins. */
export function isGraphqlPath(path: string): boolean {
  return path === '/graphql' || path.startsWith('/graphql/');
}

/** Of each contract, where nothing deprecated is used. */
const notices = new WeakMap<Gateway, ContractNotice>();
