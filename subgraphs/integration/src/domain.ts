import { backingSystemStateDirectives, type DomainDefinition } from '@takt/subgraph-server';
import { startIntegration } from './exchange.ts';
import { BackingSystemResolver, loadBackingSystem } from './backing-system-resolvers.ts';
import { DeadLetterResolver } from './dead-letter-resolvers.ts';
import { IntegrationMessageResolver, loadIntegrationMessage } from './resolvers.ts';
import { connect, type IntegrationContext } from './store.ts';

/** What backing systems told and were told, from its arrival to its end. */
export const integration: DomainDefinition<IntegrationContext> = {
  name: 'integration',
  aggregates: [],
  resolvers: [IntegrationMessageResolver, BackingSystemResolver, DeadLetterResolver],
  references: {
    IntegrationMessage: ({ id }: { id: string }, context) => loadIntegrationMessage(id, context),
    BackingSystem: ({ id }: { id: string }, context) => loadBackingSystem(id, context),
  },
  connect,
  directives: backingSystemStateDirectives,
  startExchange: startIntegration,
};
