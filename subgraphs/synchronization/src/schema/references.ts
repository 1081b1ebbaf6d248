import { Directive, Field, ID, ObjectType } from 'type-graphql';

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

@Directive('@key(fields: "code")')
@ObjectType({ simpleResolvers: true })
export class WorkCenter {
  @Field(() => String)
  code!: string;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true })
export class ProductionOrder {
  @Field(() => ID, { description: 'As the system that owns the order writes it.' })
  id!: string;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true })
export class CustomerOrder {
  @Field(() => ID, { description: 'As its source writes it.' })
  id!: string;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true })
export class SupplierCommitment {
  @Field(() => ID, { description: 'As its source writes it.' })
  id!: string;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true })
export class TransferOrder {
  @Field(() => ID, { description: 'As its source writes it.' })
  id!: string;
}
