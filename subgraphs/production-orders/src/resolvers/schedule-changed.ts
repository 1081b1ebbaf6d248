import { AFTER_CURSOR, PLANT } from '@takt/subgraph-server';
import type { LiveChange } from '@takt/subgraph-server';
import { Arg, Ctx, Resolver, Root, Subscription } from 'type-graphql';
import type { ProductionOrderEvent } from '../events.ts';
import { scheduleChanges, type ScheduleChangedArgs } from '../live.ts';
import type { ScheduleRevision } from '../schema/history.ts';
import { ScheduleChanged } from '../schema/production-order.ts';
import type { ProductionOrdersContext } from '../store.ts';
import { toScheduleRevision, type PresentedOrder } from './presentation.ts';
import { loadProductionOrder } from './production-order.ts';

@Resolver(() => ScheduleChanged)
export class ScheduleChangedResolver {
  @Subscription(() => ScheduleChanged, {
    description: 'All that happens to production orders; with `after`, all that came since first.',
    subscribe: ({ args, context }) =>
      scheduleChanges((context as ProductionOrdersContext).log, args as ScheduleChangedArgs),
  })
  async scheduleChanged(
    @Root() { event, ...change }: LiveChange & { event: ProductionOrderEvent },
    @Arg('plant', () => String, { nullable: true, description: PLANT }) _plant: string | null,
    @Arg('workCenter', () => String, {
      nullable: true,
      description: 'Where one of its operations is or was to be done.',
    })
    _workCenter: string | null,
    @Arg('after', () => String, { nullable: true, description: AFTER_CURSOR }) _after: string | null,
    @Ctx() context: ProductionOrdersContext,
  ): Promise<ScheduleChanged> {
    const { id } = event.data;
    context.orders.clear(id);
    const order = await loadProductionOrder(id, context);
    if (!order) throw new Error(`Production order ${id} changed but is not there.`);
    const revision = revisionOf(event, order);
    return {
      ...change,
      cause: revision?.cause ?? change.cause,
      productionOrder: order,
      event: event.type,
      revision,
    };
  }
}

function revisionOf(event: ProductionOrderEvent, { history }: PresentedOrder): ScheduleRevision | null {
  if (event.type === 'ProductionOrderRescheduled') return toScheduleRevision(event.data.revision);
  switch (event.type) {
    case 'ScheduleRevisionSent':
    case 'ScheduleRevisionApplied':
    case 'ScheduleRevisionRejected': {
      const revision = history.scheduleRevisions.find(({ number }) => number === event.data.number);
      return revision ? toScheduleRevision(revision) : null;
    }
    default:
      return null;
  }
}
