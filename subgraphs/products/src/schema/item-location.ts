import {
  CommandRefused,
  connectionOf,
  enumOf,
  Provenance,
  Quantity,
  QuantityInput,
  RevisionConflict,
} from '@takt/subgraph-server';
import { createUnionType, Directive, Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { LOT_SIZE_RULES, REFRESH_CLASSES, STRATEGIES } from '../item-location.ts';
import { Location } from './location.ts';
import { orderByOf } from './order-by.ts';
import { Product, ProductType } from './product.ts';

const LotSizeRule = enumOf('LotSizeRule', LOT_SIZE_RULES, 'How much is ordered at once.', {
  LOT_FOR_LOT: 'What each demand needs.',
  PERIOD: 'What the demand of a period needs.',
});
const PlanningStrategy = enumOf('PlanningStrategy', STRATEGIES, 'What supply is planned against.');
const RefreshClass = enumOf('RefreshClass', REFRESH_CLASSES, 'How often planning looks at it.', {
  CRITICAL: 'Hourly, or on each event.',
  STABLE: 'Daily.',
});

@ObjectType({ simpleResolvers: true, description: 'How an item is planned at a location.' })
class ItemPlanning {
  @Field(() => String, { nullable: true })
  planner?: string;

  @Field(() => LotSizeRule, { nullable: true })
  lotSizeRule?: keyof typeof LotSizeRule;

  @Field(() => Quantity, { nullable: true })
  lotSizeMinimum?: Quantity;

  @Field(() => Quantity, { nullable: true })
  lotSizeMultiple?: Quantity;

  @Field(() => Quantity, { nullable: true })
  lotSizeMaximum?: Quantity;

  @Field(() => Quantity, { nullable: true })
  safetyStock?: Quantity;

  @Field(() => Int, { nullable: true })
  safetyTimeDays?: number;

  @Field(() => Quantity, { nullable: true })
  reorderPoint?: Quantity;

  @Field(() => Float, { nullable: true })
  leadTimeDays?: number;

  @Field(() => Float, { nullable: true })
  scrapPercent?: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Working days of the location: nothing changes by itself before it.',
  })
  demandTimeFenceDays?: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Working days of the location: a planner approves changes before it.',
  })
  planningTimeFenceDays?: number;

  @Field(() => PlanningStrategy, { nullable: true })
  strategy?: keyof typeof PlanningStrategy;

  @Field(() => RefreshClass, { nullable: true })
  refreshClass?: keyof typeof RefreshClass;
}

@Directive('@key(fields: "sku location { code }")')
@ObjectType({
  simpleResolvers: true,
  description: 'An item at a location: the planning unit that every domain extends.',
})
export class ItemLocation {
  @Field(() => String)
  sku!: string;

  @Field(() => Location)
  location!: () => Promise<Location>;
  locationCode!: string;

  @Field(() => Product)
  product!: () => Promise<Product>;

  @Field(() => ProductType, { nullable: true, description: 'What the item is at this location.' })
  type?: keyof typeof ProductType;

  @Field(() => ItemPlanning, { nullable: true, description: 'Null if no source plans the item at this location.' })
  planning!: ItemPlanning | null;

  @Field(() => Int, { nullable: true })
  revision?: number;

  @Field(() => Provenance, { nullable: true })
  provenance!: Provenance | null;
}

export const ItemLocationConnection = connectionOf(ItemLocation);
export const ItemLocationSort = orderByOf(
  'ItemLocation',
  ['SKU', 'LOCATION', 'PLANNER'],
  'What items at locations can be sorted by.',
);

@InputType()
export class ItemLocationFilter {
  @Field(() => [String], { nullable: true })
  sku?: string[] | null;

  @Field(() => [String], { nullable: true })
  location?: string[] | null;

  @Field(() => [ProductType], { nullable: true, description: 'What the item is at the location.' })
  type?: (keyof typeof ProductType)[] | null;

  @Field(() => [String], { nullable: true })
  planner?: string[] | null;
}

@InputType({ description: 'The safety stock that a planner decides; it stands until the source reports another.' })
export class SetSafetyStockInput {
  @Field(() => String)
  sku!: string;

  @Field(() => String)
  location!: string;

  @Field(() => QuantityInput)
  safetyStock!: QuantityInput;
}

@ObjectType({ simpleResolvers: true })
export class ItemLocationAccepted {
  @Field(() => ItemLocation)
  itemLocation!: ItemLocation;
}

export const ItemLocationResult = createUnionType({
  name: 'ItemLocationResult',
  types: () => [ItemLocationAccepted, CommandRefused, RevisionConflict] as const,
  resolveType: (value) => value.constructor.name,
});
