import type { BackingSystem } from '@takt/backing-system';
import { openIntegrationReader, type IntegrationReader } from '@takt/integration';
import type { DomainRuntime, Neighbours, Operations } from '@takt/subgraph-server';

/** Everything that one request may reach. */
export interface IntegrationContext {
  readonly reader: IntegrationReader;
  readonly systems: readonly BackingSystem[];
  readonly neighbours: Neighbours;
  /** Of the process that takes in what systems report. Throws IntakeUnavailableError if that is not known. */
  readonly operations: () => Operations;
}

export async function connect(
  { store, backingSystems, neighbours }: DomainRuntime,
  operations: () => Operations,
): Promise<{ createContext(): IntegrationContext }> {
  const reader = await openIntegrationReader(store);
  const context: IntegrationContext = { reader, systems: backingSystems, neighbours, operations };
  return { createContext: () => context };
}
