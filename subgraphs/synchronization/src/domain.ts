import type { DomainDefinition } from '@takt/subgraph-server';
import { SynchronizationResolver } from './resolvers/synchronization.ts';
import { connect, type SynchronizationContext } from './store.ts';

/** Which changes deserve action, why, and what was done about them. */
export const synchronization: DomainDefinition<SynchronizationContext> = {
  name: 'synchronization',
  aggregates: [],
  resolvers: [SynchronizationResolver],
  references: {},
  connect,
};
