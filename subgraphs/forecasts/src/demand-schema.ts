import {
  connectionOf,
  DateScalar,
  DateTimeScalar,
  enumOf,
  OrderDirection,
  Provenance,
  Quantity,
  FILTER,
  PROVENANCE,
  REVISION,
} from '@takt/subgraph-server';
import { Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { CUSTOMER_ORDER_STATUSES } from './customer-order.ts';

export const CustomerOrderStatus = enumOf('CustomerOrderStatus', CUSTOMER_ORDER_STATUSES, 'How binding an order is.', {
  INQUIRY: 'The customer has asked: no demand yet.',
  QUOTE: 'It was offered: no demand yet.',
  OPEN: 'Ordered and to be delivered: demand.',
  CLOSED: 'Delivered.',
  CANCELLED: 'Not wanted any more.',
});

export const CustomerSortField = enumOf('CustomerSortField', ['ID', 'NAME'], 'What customers can be sorted by.');

export const CustomerOrderSortField = enumOf(
  'CustomerOrderSortField',
  ['DUE_AT', 'ID'],
  'What customer orders can be sorted by.',
);

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

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'Somebody who buys, or a segment of those who do.' })
export class Customer {
  @Field(() => ID, { description: 'As its source writes it.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Null if no system has told about this customer.' })
  name!: string | null;

  @Field(() => Customer, { nullable: true, description: 'Customer or segment above it.' })
  parent!: () => Promise<Customer> | null;

  @Field(() => Int, { nullable: true, description: 'The lowest number is served first.' })
  priority!: number | null;

  @Field(() => Provenance, { nullable: true, description: PROVENANCE })
  provenance!: Provenance | null;

  @Field(() => Int, { description: '0 if no system has told about this customer.' })
  revision!: number;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'One order line of a customer: demand that consumes the forecast.' })
export class CustomerOrder {
  @Field(() => ID, { description: 'As its source writes it.' })
  id!: string;

  @Field(() => Product)
  product!: Product;

  @Field(() => Location)
  location!: Location;

  @Field(() => ItemLocation, { description: 'The planning unit that it belongs to: its item at its location.' })
  itemLocation!: ItemLocation;

  @Field(() => Customer)
  customer!: () => Promise<Customer>;

  @Field(() => DateTimeScalar, { description: 'When the customer wants it.' })
  dueAt!: string;

  @Field(() => Quantity, { description: 'What is ordered, as its source reports it.' })
  quantity!: Quantity;

  @Field(() => Int, { nullable: true, description: 'The lowest number is served first.' })
  priority?: number;

  @Field(() => CustomerOrderStatus)
  status!: keyof typeof CustomerOrderStatus;

  @Field(() => Quantity, { nullable: true, description: 'No shipment may be smaller.' })
  minimumShipment?: Quantity;

  @Field(() => String, { nullable: true, description: 'Id of the routing that delivers it, where the source says so.' })
  routing?: string;

  @Field(() => Provenance, { description: PROVENANCE })
  provenance!: Provenance;

  @Field(() => Int, { description: REVISION })
  revision!: number;
}

export const CustomerConnection = connectionOf(Customer);
export const CustomerOrderConnection = connectionOf(CustomerOrder);

@InputType({ description: FILTER })
export class CustomerFilter {
  @Field(() => [ID], { nullable: true })
  parent?: string[] | null;
}

@InputType({ description: 'What customers are sorted by, and which way.' })
export class CustomerSort {
  @Field(() => CustomerSortField)
  field!: keyof typeof CustomerSortField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC })
  direction!: keyof typeof OrderDirection;
}

@InputType({ description: FILTER })
export class DemandFilter {
  @Field(() => [CustomerOrderStatus], { nullable: true })
  status?: (keyof typeof CustomerOrderStatus)[] | null;

  @Field(() => DateScalar, { nullable: true, description: 'Due on this day, as the source writes it, or later.' })
  dueFrom?: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'Due before this day.' })
  dueTo?: string | null;
}

@InputType({ description: FILTER })
export class CustomerOrderFilter extends DemandFilter {
  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
  sku?: string[] | null;

  @Field(() => [String], { nullable: true })
  location?: string[] | null;

  @Field(() => [ID], { nullable: true })
  customer?: string[] | null;
}

@InputType({ description: 'What customer orders are sorted by, and which way.' })
export class CustomerOrderSort {
  @Field(() => CustomerOrderSortField)
  field!: keyof typeof CustomerOrderSortField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC })
  direction!: keyof typeof OrderDirection;
}
