import { DateTimeScalar } from '@takt/subgraph-server';
import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: 'A backing system that cannot be reached.' })
export class AwaySystem {
  @Field(() => String, { description: '`system/instance`, e.g. `erp/plant-1`.' })
  system!: string;

  @Field(() => DateTimeScalar)
  since!: string;
}

@ObjectType({ simpleResolvers: true, description: 'How far one domain’s events have been heard.' })
export class HeardDomain {
  @Field(() => String)
  domain!: string;

  @Field(() => Int, { description: 'Of the latest event, in the domain’s log.' })
  position!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When that was true in its source.' })
  occurredAt?: string | undefined;
}

@ObjectType({
  simpleResolvers: true,
  description: 'How far synchronization has come with what the other domains tell.',
})
export class Synchronization {
  @Field(() => [HeardDomain])
  heard!: readonly HeardDomain[];

  @Field(() => Int, { description: 'Items at locations of which something has changed that is still to be judged.' })
  pendingUnits!: number;

  @Field(() => [AwaySystem], {
    description:
      'What would change something that one of these owns is decided, but waits until it is back. What they told last still counts.',
  })
  away!: AwaySystem[];
}
