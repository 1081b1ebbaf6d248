import { BackingSystemState, DateTimeScalar } from '@takt/subgraph-server';
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';

@Directive('@key(fields: "id")')
@ObjectType({
  simpleResolvers: true,
  description: 'A system that owns facts of the graph and that commands are sent to.',
})
export class BackingSystem {
  @Field(() => ID, { description: 'Kind of system and which one of them, e.g. `erp/P100`.' })
  id!: string;

  @Field(() => String, { description: 'Kind of backing system, e.g. `erp`.' })
  system!: string;

  @Field(() => String, { description: 'Which one of them, e.g. `P100`.' })
  instance!: string;

  @Field(() => BackingSystemState)
  state!: keyof typeof BackingSystemState;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Of the state; null if nothing was ever sent to it.' })
  since!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it is not up.' })
  reason!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it last answered.' })
  lastContact!: string | null;

  @Field(() => Int, { description: 'Commands that wait for it.' })
  queued!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when the first of them waits.' })
  oldestQueued!: string | null;

  @Field(() => Boolean, { description: 'No more can wait: further decisions are sent once there is room.' })
  queueFull!: boolean;
}
