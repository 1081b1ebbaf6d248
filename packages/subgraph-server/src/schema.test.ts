import 'reflect-metadata';
import { composeSupergraph } from '@takt/gateway';
import { Arg, Directive, Field, InputType, ObjectType, Query, Resolver } from 'type-graphql';
import { describe, expect, test } from 'vitest';
import { buildFederatedSchema } from './schema.ts';
import { enumOf } from './values.ts';

const LampState = enumOf('LampState', ['ON', 'RUNNING'], 'Whether it burns.');

@Directive('@lifecycle(since: "2026-11")')
@ObjectType()
class Lamp {
  @Directive('@lifecycle(removed: "2026-11", replacement: "Lamp.state")')
  @Field(() => String)
  status!: string;

  @Field(() => LampState)
  state!: string;
}

@InputType()
class LampFilter {
  @Directive('@lifecycle(since: "2027-02")')
  @Field(() => LampState, { nullable: true })
  state?: string;
}

@Resolver()
class Lamps {
  @Query(() => Lamp, { nullable: true })
  lamp(@Arg('filter', () => LampFilter, { nullable: true }) _filter?: LampFilter): Lamp | null {
    return null;
  }
}

const directives = {
  'LampState.RUNNING': '@lifecycle(since: "2026-11", formerly: "ON")',
  'Query.lamp(filter:)': '@lifecycle(since: "2026-11") @tag(name: "plant")',
  LampState: '@lifecycle(since: "2026-08")',
};

describe('the directives of a subgraph’s elements', () => {
  test('are those of the classes, and by coordinate of what has no decorator', () => {
    const { sdl } = buildFederatedSchema([Lamps], {}, [Lamp], directives);

    expect(sdl).toContain('RUNNING @lifecycle(since: "2026-11", formerly: "ON")');
    expect(sdl).toContain('status: String! @lifecycle(removed: "2026-11", replacement: "Lamp.state")');
    expect(sdl).toContain('@lifecycle(since: "2026-11") @tag(name: "plant")');
  });

  test('are composed into the supergraph', async () => {
    const { sdl } = buildFederatedSchema([Lamps], {}, [Lamp], directives);

    const supergraph = await composeSupergraph(
      [{ name: 'lamps', transport: { sdl: () => Promise.resolve(sdl) } }],
      new AbortController().signal,
    );

    const kept = supergraph.match(/@lifecycle\(.*?\)/g)?.filter((each) => !each.includes('String'));
    expect(kept?.sort()).toEqual([
      '@lifecycle(removed: "2026-11", replacement: "Lamp.state")',
      '@lifecycle(since: "2026-08")',
      '@lifecycle(since: "2026-11")',
      '@lifecycle(since: "2026-11")',
      '@lifecycle(since: "2026-11", formerly: "ON")',
      '@lifecycle(since: "2027-02")',
    ]);
  });

  test('are refused where there is nothing to carry them', () => {
    const given = { 'LampState.OFF': '@lifecycle(since: "2026-11")' };
    expect(() => buildFederatedSchema([Lamps], {}, [Lamp], given)).toThrow('LampState.OFF');
  });
});
