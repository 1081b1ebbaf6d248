import { Directive, Field, ObjectType } from 'type-graphql';

@Directive('@key(fields: "sku")')
@ObjectType({ simpleResolvers: true })
export class Product {
  @Field(() => String)
  sku!: string;
}

@Directive('@key(fields: "code")')
@ObjectType({ simpleResolvers: true })
export class Location {
  @Field(() => String)
  code!: string;
}

@Directive('@key(fields: "sku location { code }")')
@ObjectType({ simpleResolvers: true })
export class ItemLocation {
  @Field(() => String)
  sku!: string;

  @Field(() => Location)
  location!: Location;
}
