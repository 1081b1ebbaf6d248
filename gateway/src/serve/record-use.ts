import type { ContractName } from '../contracts/contract.ts';
import { contractLabel } from '../contracts/contracts.ts';
import type { BoundOperation } from '../execute/executor.ts';
import type { ClientIdentity } from '../usage/client-identity.ts';
import { recordedOperation } from '../usage/recorded-operation.ts';
import type { Usage } from '../usage/usage.ts';

/** By whom an operation was run, and in which contract. */
export interface UsedBy {
  readonly client: ClientIdentity;
  /** Undefined of a graph without contracts. */
  readonly name: ContractName | undefined;
  readonly isPinned: boolean;
}

/** Counts one run of an operation, if somebody counts. */
export function recordUse(
  usage: Pick<Usage, 'record'> | undefined,
  { client, name, isPinned }: UsedBy,
  { planned }: BoundOperation,
  failed: boolean,
): void {
  usage?.record({
    contract: name ? contractLabel(name) : '',
    isPinned,
    client,
    operation: recordedOperation(planned.document, planned.operation),
    failed,
  });
}

/** Whether a response has errors: they come first. */
export function hasErrors(response: string): boolean {
  return response.startsWith('{"errors"');
}
