import { DateTimeScalar } from '@takt/subgraph-server';
import { Field, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: 'A backing system that cannot be reached.' })
export class AwaySystem {
  @Field(() => String, { description: '`system/instance`, e.g. `erp/plant-1`.' })
  system!: string;

  @Field(() => DateTimeScalar)
  since!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'How far synchronization has come with what the other domains tell.',
})
export class Synchronization {
  @Field(() => [AwaySystem], {
    description:
      'What would change something that one of these owns is decided, but waits until it is back. What they told last still counts.',
  })
  away!: AwaySystem[];
}
