import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { parse } from 'graphql';
import type { ContractName } from '../contracts/contract.ts';
import type { GatewayErrorCode } from '../errors.ts';
import { OperationRefused } from '../errors.ts';
import { loadSupergraph, SupergraphRefused } from '../supergraph/supergraph.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { planDocument } from './plan-document.ts';
import type { PlanVariant } from './plan-key.ts';
import { asContract } from './plan-maker.ts';

/** The thread of {@link createPlanningPool}: loads the supergraph that it is given, then answers one asking at a time. */
const port = parentPort;
if (!port) throw new Error('This is the entry of a worker thread.');

const answer = (message: PlanningAnswer) => port.postMessage(message);
try {
  const supergraph = loadSupergraph((workerData as PlanningThreadData).sdl);
  port.on('message', (asked: PlanningAsked) => answer(answerTo(supergraph, asked)));
  answer({ kind: 'loaded' });
} catch (error) {
  if (!(error instanceof SupergraphRefused)) throw error;
  answer({ kind: 'supergraph refused', message: error.message });
}

function answerTo(supergraph: Supergraph, { query, operationName, variant, contract }: PlanningAsked): PlanningAnswer {
  try {
    const plan = planDocument(asContract(supergraph, contract), parse(query), operationName, variant);
    return { kind: 'planned', plan: JSON.stringify(plan) };
  } catch (error) {
    if (!(error instanceof OperationRefused)) return { kind: 'failed', reason: inspect(error) };
    return {
      kind: 'refused',
      errors: error.errors.map(({ message, positions, extensions }) => ({
        message,
        code: extensions['code'] as GatewayErrorCode,
        positions: positions ?? [],
      })),
    };
  }
}

export interface PlanningThreadData {
  readonly sdl: string;
}

export interface PlanningAsked {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variant: PlanVariant | undefined;
  readonly contract: ContractName | undefined;
}

export type PlanningAnswer =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'supergraph refused'; readonly message: string }
  /** A plan as JSON. */
  | { readonly kind: 'planned'; readonly plan: string }
  | { readonly kind: 'refused'; readonly errors: readonly PlanningError[] }
  /** A fault, for the log. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface PlanningError {
  readonly message: string;
  readonly code: GatewayErrorCode;
  /** Offsets in the query. */
  readonly positions: readonly number[];
}
