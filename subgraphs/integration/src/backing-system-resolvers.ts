import { backingSystemState } from '@takt/subgraph-server';
import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { BackingSystem, Inbound, MappingVersion } from './schema.ts';
import type { IntegrationContext } from './store.ts';

@Resolver(() => BackingSystem)
export class BackingSystemResolver {
  @Query(() => [BackingSystem], { description: 'Every backing system that is declared, whatever it does.' })
  connectors(@Ctx() { systems }: IntegrationContext): BackingSystem[] {
    return systems.map(({ system: id }) => ({ id }));
  }

  @FieldResolver(() => String, { nullable: true, description: 'Type of its connector.' })
  connector(@Root() { id }: BackingSystem, @Ctx() { systems }: IntegrationContext): string | null {
    return systems.find(({ system }) => system === id)?.connector ?? null;
  }

  @FieldResolver(() => MappingVersion, { nullable: true })
  mapping(@Root() { id }: BackingSystem, @Ctx() { systems }: IntegrationContext): MappingVersion | null {
    return systems.find(({ system }) => system === id)?.mapping ?? null;
  }

  @FieldResolver(() => [String], { nullable: true, description: 'Locations that it may speak of; null: any.' })
  scope(@Root() { id }: BackingSystem, @Ctx() { systems }: IntegrationContext): string[] | null {
    const locations = systems.find(({ system }) => system === id)?.scope.locations;
    return locations ? [...locations] : null;
  }

  @FieldResolver(() => Inbound, { nullable: true, description: 'Null if it is only told.' })
  async inbound(
    @Root() { id }: BackingSystem,
    @Ctx() { systems, reader }: IntegrationContext,
  ): Promise<Inbound | null> {
    const declared = systems.find(({ system }) => system === id);
    if (!declared?.receiver) return null;
    const [healths, waiting, checkpoints] = await Promise.all([
      reader.healths([id]),
      reader.waiting(id),
      reader.checkpoints(id),
    ]);
    const health = healths.get(id);
    return {
      state: backingSystemState(health),
      since: health?.since ?? null,
      reason: health?.reason ?? null,
      lastContact: health?.lastContact ?? null,
      waiting,
      schedule: declared.schedule.text,
      checkpoints: checkpoints.map(({ name, value, writtenAt }) => ({ name, value: JSON.stringify(value), writtenAt })),
    };
  }
}

export function loadBackingSystem(id: string, { systems }: IntegrationContext): BackingSystem | null {
  return systems.some(({ system }) => system === id) ? { id } : null;
}
