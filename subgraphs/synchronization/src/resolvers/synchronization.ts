import { Ctx, FieldResolver, Query, Resolver } from 'type-graphql';
import { AwaySystem, HeardDomain, Synchronization } from '../schema/synchronization.ts';
import type { SynchronizationContext } from '../store.ts';

@Resolver(() => Synchronization)
export class SynchronizationResolver {
  @Query(() => Synchronization, { description: 'How far judging has come with what the other domains have told.' })
  synchronization() {
    return {};
  }

  @FieldResolver(() => [HeardDomain])
  heard(@Ctx() { picture }: SynchronizationContext) {
    return picture.heard();
  }

  @FieldResolver()
  pendingUnits(@Ctx() { pending }: SynchronizationContext): Promise<number> {
    return pending.count();
  }

  @FieldResolver(() => [AwaySystem])
  away(@Ctx() { awaySystems }: SynchronizationContext): Promise<AwaySystem[]> {
    return awaySystems();
  }
}
