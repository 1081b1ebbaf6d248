import { backingSystemStateDirectives, type DomainDefinition } from '@takt/subgraph-server';
import { ApplyScheduleRevision } from './apply-schedule-revision.ts';
import { BackingSystemResolver, loadBackingSystem } from './resolvers/backing-system.ts';
import { ProductionOrderCommandResolver } from './resolvers/commands.ts';
import { workCenterLoads } from './load-follower.ts';
import { productionOrder } from './production-order.ts';
import { ItemLocationResolver } from './resolvers/item-location.ts';
import { loadProductionOrder, ProductionOrderResolver } from './resolvers/production-order.ts';
import { ScheduleChangedResolver } from './resolvers/schedule-changed.ts';
import { sendRevisions } from './revision-follower.ts';
import { connect, type ProductionOrdersContext } from './store.ts';
import { WriteBackCommands } from './write-back-command.ts';
import { WorkCenterResolver } from './resolvers/work-center.ts';

/** Orders to make something: their lifecycle and schedule, and how they load the work centers. */
export const productionOrders: DomainDefinition<ProductionOrdersContext> = {
  name: 'production-orders',
  aggregates: [productionOrder],
  resolvers: [
    ProductionOrderResolver,
    ProductionOrderCommandResolver,
    ItemLocationResolver,
    WorkCenterResolver,
    ScheduleChangedResolver,
    BackingSystemResolver,
  ],
  references: {
    ProductionOrder: ({ id }: { id: string }, context) => loadProductionOrder(id, context),
    BackingSystem: ({ id }: { id: string }, context) => loadBackingSystem(id, context),
  },
  directives: backingSystemStateDirectives,
  commands: { ApplyScheduleRevision, ...WriteBackCommands },
  connect,
  startExchange: sendRevisions,
  consumers: async ({ store }) => [await workCenterLoads(store)],
};
