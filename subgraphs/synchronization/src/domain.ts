import type { DomainDefinition } from '@takt/subgraph-server';
import { planningException } from './exceptions/planning-exception.ts';
import { decisionRecords } from './judgement/decision-follower.ts';
import { planningUnit } from './judgement/planning-unit.ts';
import { judgementDays } from './measures/measures-follower.ts';
import { policy } from './policy/policy.ts';
import {
  decisionReferences,
  DecisionMadeResolver,
  DecisionResolver,
  ItemLocationDecisionsResolver,
} from './resolvers/decision.ts';
import {
  exceptionReferences,
  ExceptionRaisedResolver,
  ExceptionResolver,
  ItemLocationExceptionsResolver,
  ProductionOrderExceptionsResolver,
} from './resolvers/exception.ts';
import { PlanningMeasuresResolver } from './resolvers/measures.ts';
import { policyReferences, PolicyResolver } from './resolvers/policy.ts';
import { supplyDemandEntities, supplyDemandResolvers } from './resolvers/supply-demand.ts';
import { SynchronizationResolver } from './resolvers/synchronization.ts';
import { RequestSchedule } from './scheduling/request-schedule.ts';
import { connect, type SynchronizationContext } from './store.ts';
import { startSynchronization } from './synchronization-exchange.ts';

/** Which changes deserve action, why, and what was done about them. */
export const synchronization: DomainDefinition<SynchronizationContext> = {
  name: 'synchronization',
  aggregates: [planningUnit, policy, planningException],
  resolvers: [
    SynchronizationResolver,
    ...supplyDemandResolvers,
    PolicyResolver,
    DecisionResolver,
    ItemLocationDecisionsResolver,
    DecisionMadeResolver,
    ExceptionResolver,
    ItemLocationExceptionsResolver,
    ProductionOrderExceptionsResolver,
    ExceptionRaisedResolver,
    PlanningMeasuresResolver,
  ],
  entities: supplyDemandEntities,
  references: { ...policyReferences, ...decisionReferences, ...exceptionReferences },
  commands: { RequestSchedule },
  connect,
  startExchange: startSynchronization,
  consumers: async ({ store }) => [await decisionRecords(store), await judgementDays(store)],
};
