import { Ctx, Query, Resolver } from 'type-graphql';
import { Synchronization } from '../schema/synchronization.ts';
import type { SynchronizationContext } from '../store.ts';

@Resolver(() => Synchronization)
export class SynchronizationResolver {
  @Query(() => Synchronization)
  async synchronization(@Ctx() { awaySystems }: SynchronizationContext): Promise<Synchronization> {
    return { away: await awaySystems() };
  }
}
