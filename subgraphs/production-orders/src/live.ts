import type { CloudEvent, EventLog } from '@takt/event-log';
import { liveChanges } from '@takt/subgraph-server';
import type { ProductionOrderEvent } from './events.ts';
import { productionOrder } from './production-order.ts';

/**
 * Everything that happens to orders, of one plant or on one work center if so asked. A change that takes an order away
 * from a work center is a change on that one too. The payload is what the resolvers turn into `ScheduleChanged`.
 */
export function scheduleChanges(log: EventLog, asked: ScheduleChangedArgs) {
  return liveChanges(log, asked.after, (logged) => {
    const event = asProductionOrderEvent(logged);
    if (!event) return undefined;
    const { location, workCenters } = event.data;
    if (asked.plant != null && location !== asked.plant) return undefined;
    if (asked.workCenter != null && !workCenters.includes(asked.workCenter)) return undefined;
    return { event };
  });
}

function asProductionOrderEvent({ type, data }: CloudEvent): ProductionOrderEvent | undefined {
  return type in productionOrder.events ? ({ type, data } as ProductionOrderEvent) : undefined;
}

export interface ScheduleChangedArgs {
  readonly plant?: string | null;
  readonly workCenter?: string | null;
  readonly after?: string | null;
}
