import { Field, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: 'How a system calls what we call otherwise.' })
export class AlternativeId {
  @Field(() => String, { description: 'Kind of backing system, e.g. `erp`.' })
  system!: string;

  @Field(() => String, { description: 'Which one of them, e.g. `P100`.' })
  instance!: string;

  @Field(() => String, { description: 'As that system calls it.' })
  id!: string;
}
