import type { SystemStatus } from '@takt/backing-system';
import { backingSystemState } from '@takt/subgraph-server';
import { Ctx, Query, Resolver } from 'type-graphql';
import { BackingSystem } from '../schema/backing-system.ts';
import type { ProductionOrdersContext } from '../store.ts';

@Resolver()
export class BackingSystemResolver {
  @Query(() => [BackingSystem], { description: 'Systems that decisions about production orders are sent to.' })
  async backingSystems(@Ctx() context: ProductionOrdersContext): Promise<BackingSystem[]> {
    const { backingSystems } = context;
    const statuses = await Promise.all(backingSystems.systems.map((system) => backingSystems.status(system)));
    return statuses.flatMap((status) => (status ? toBackingSystem(status) : []));
  }
}

export async function loadBackingSystem(id: string, context: ProductionOrdersContext): Promise<BackingSystem | null> {
  const status = await context.backingSystems.status(id);
  return status ? toBackingSystem(status) : null;
}

function toBackingSystem({ system: id, health, queued, oldestQueued, queueFull }: SystemStatus): BackingSystem {
  const [system = '', instance = ''] = id.split('/');
  return {
    id,
    system,
    instance,
    state: backingSystemState(health),
    since: health?.since ?? null,
    reason: health?.reason ?? null,
    lastContact: health?.lastContact ?? null,
    queued,
    oldestQueued: oldestQueued ?? null,
    queueFull,
  };
}
