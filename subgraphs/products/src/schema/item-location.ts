import {
  CommandRefused,
  connectionOf,
  enumOf,
  Provenance,
  Quantity,
  QuantityInput,
  RevisionConflict,
  FILTER,
  PROVENANCE,
  REVISION,
  SKU,
} from '@takt/subgraph-server';
import { createUnionType, Directive, Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { LOT_SIZE_RULES, REFRESH_CLASSES, STRATEGIES } from '../item-location.ts';
import { Location } from './location.ts';
import { gatheredInLotSize, LotSizeLimits } from './lot-size.ts';
import { orderByOf } from './order-by.ts';
import { Product, ProductType } from './product.ts';

const LotSizeRule = enumOf('LotSizeRule', LOT_SIZE_RULES, 'How much is ordered at once.', {
  LOT_FOR_LOT: 'What each demand needs.',
  PERIOD: 'What the demand of a period needs.',
  FIXED: 'Always the same quantity.',
  MIN_MAX: 'What is needed, within a minimum and a maximum.',
});
const PlanningStrategy = enumOf('PlanningStrategy', STRATEGIES, 'What supply is planned against.', {
  MAKE_TO_STOCK: 'The forecast: before customers order.',
  MAKE_TO_ORDER: 'Customer orders alone.',
  ASSEMBLE_TO_ORDER: 'Components by the forecast, the item by customer orders.',
});
const RefreshClass = enumOf('RefreshClass', REFRESH_CLASSES, 'How often planning looks at it.', {
  CRITICAL: 'Hourly, or on each event.',
  STABLE: 'Daily.',
});

@ObjectType({ simpleResolvers: true, description: 'How an item is planned at a location.' })
class ItemPlanning {
  @Field(() => String, { nullable: true, description: 'Who plans it, as the source names them.' })
  planner?: string;

  @Field(() => LotSizeRule, { nullable: true, description: 'How much is ordered at once; null counts as LOT_FOR_LOT.' })
  lotSizeRule?: keyof typeof LotSizeRule;

  @Directive('@lifecycle(since: "2026-11")')
  @Field(() => LotSizeLimits, { nullable: true, description: 'Which quantities an order may have; null: any.' })
  lotSize!: LotSizeLimits | null;

  @Directive(gatheredInLotSize('minimum'))
  @Field(() => Quantity, { nullable: true, description: 'No order is smaller; null: none is too small.' })
  lotSizeMinimum?: Quantity;

  @Directive(gatheredInLotSize('multiple'))
  @Field(() => Quantity, { nullable: true, description: 'Orders are whole multiples of it; null: any quantity.' })
  lotSizeMultiple?: Quantity;

  @Directive(gatheredInLotSize('maximum'))
  @Field(() => Quantity, { nullable: true, description: 'No order is larger; null: none is too large.' })
  lotSizeMaximum?: Quantity;

  @Field(() => Quantity, { nullable: true, description: 'What is to be kept against the unforeseen; null: none.' })
  safetyStock?: Quantity;

  @Field(() => Int, { nullable: true, description: 'Days by which supply is wanted earlier than it is needed.' })
  safetyTimeDays?: number;

  @Field(() => Quantity, {
    nullable: true,
    description: 'Stock at which more is ordered; null if it is not planned so.',
  })
  reorderPoint?: Quantity;

  @Field(() => Float, { nullable: true, description: 'Days from the order until it is there, as its source plans it.' })
  leadTimeDays?: number;

  @Field(() => Float, { nullable: true, description: 'Share of what is made that is lost, in percent.' })
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

  @Field(() => PlanningStrategy, {
    nullable: true,
    description: 'What supply is planned against; null if its source says nothing.',
  })
  strategy?: keyof typeof PlanningStrategy;

  @Field(() => RefreshClass, { nullable: true, description: 'How soon changes are judged; null counts as STABLE.' })
  refreshClass?: keyof typeof RefreshClass;
}

@Directive('@key(fields: "sku location { code }")')
@ObjectType({
  simpleResolvers: true,
  description: 'An item at a location: the planning unit that every domain extends.',
})
export class ItemLocation {
  @Field(() => String, { description: SKU })
  sku!: string;

  @Field(() => Location, { description: 'Where it is planned.' })
  location!: () => Promise<Location>;
  locationCode!: string;

  @Field(() => Product, { description: 'The item.' })
  product!: () => Promise<Product>;

  @Field(() => ProductType, { nullable: true, description: 'What the item is at this location.' })
  type?: keyof typeof ProductType;

  @Field(() => ItemPlanning, { nullable: true, description: 'Null if no source plans the item at this location.' })
  planning!: ItemPlanning | null;

  @Field(() => Int, { nullable: true, description: REVISION })
  revision?: number;

  @Field(() => Provenance, { nullable: true, description: PROVENANCE })
  provenance!: Provenance | null;
}

export const ItemLocationConnection = connectionOf(ItemLocation);
export const ItemLocationSort = orderByOf(
  'ItemLocation',
  ['SKU', 'LOCATION', 'PLANNER'],
  'What items at locations can be sorted by.',
);

@InputType({ description: FILTER })
export class ItemLocationFilter {
  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
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
  @Field(() => String, { description: SKU })
  sku!: string;

  @Field(() => String)
  location!: string;

  @Field(() => QuantityInput, { description: 'Zero: none is kept.' })
  safetyStock!: QuantityInput;
}

@ObjectType({ simpleResolvers: true, description: 'The item is planned as asked, and is this now.' })
export class ItemLocationAccepted {
  @Field(() => ItemLocation, { description: 'The planning unit that it belongs to: its item at its location.' })
  itemLocation!: ItemLocation;
}

export const ItemLocationResult = createUnionType({
  name: 'ItemLocationResult',
  description: 'What became of a command on an item at a location.',
  types: () => [ItemLocationAccepted, CommandRefused, RevisionConflict] as const,
  resolveType: (value) => value.constructor.name,
});
