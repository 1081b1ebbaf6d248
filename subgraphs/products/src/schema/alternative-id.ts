import { Field, ObjectType } from 'type-graphql';

@ObjectType({ simpleResolvers: true, description: 'How a system calls what we call otherwise.' })
export class AlternativeId {
  @Field(() => String)
  system!: string;

  @Field(() => String)
  instance!: string;

  @Field(() => String)
  id!: string;
}
