import { GRANULARITIES } from '@takt/planning-time';
import { DateScalar, enumOf, Quantity } from '@takt/subgraph-server';
import { ArgsType, Field, Float, Int, ObjectType } from 'type-graphql';
import { DEMAND_KINDS } from '../supply-demand/demand.ts';
import type { Cover as CoverFacts } from '../supply-demand/pegging.ts';
import { SUPPLY_DEMAND_SOURCES } from '../supply-demand/planning-measure.ts';
import { RECEIPT_KINDS } from '../supply-demand/receipt.ts';
import { CustomerOrder, ItemLocation, ProductionOrder, SupplierCommitment, TransferOrder } from './references.ts';

export const Granularity = enumOf('Granularity', GRANULARITIES, 'Length of a time bucket.', {
  WEEK: 'ISO 8601: starts on Monday.',
  DAY: 'A calendar day of the location.',
  MONTH: 'A calendar month of the location.',
});
const DemandKind = enumOf('DemandKind', DEMAND_KINDS, 'What has to be met.', {
  COMPONENT: 'A production order needs it.',
  TRANSFER_ORDER: 'It leaves for another location.',
  FORECAST: 'What customers’ orders have left of the forecast.',
  CUSTOMER_ORDER: 'Open order of a customer.',
});
const CoverKind = enumOf('CoverKind', ['STOCK', ...RECEIPT_KINDS], 'What a demand is met from.', {
  PRODUCTION_ORDER: 'To be made.',
  STOCK: 'There already.',
  SUPPLIER_COMMITMENT: 'To come from a supplier.',
  TRANSFER_ORDER: 'To come from another location.',
});
const SupplyDemandSource = enumOf('SupplyDemandSource', SUPPLY_DEMAND_SOURCES, 'What figures are made from.', {
  COMPONENT: 'What production orders need of it.',
  CUSTOMER_ORDER: 'Open orders of customers.',
  FORECAST: 'Forecast series.',
  PRODUCTION_ORDER: 'Orders that make it.',
  SAFETY_STOCK: 'What is to be kept at least.',
  STOCK: 'What is there.',
  SUPPLIER_COMMITMENT: 'Schedule lines of suppliers.',
  TRANSFER_ORDER: 'What moves between locations.',
});

@ArgsType()
export class BucketArgs {
  @Field(() => DateScalar, { description: 'First day, in the calendar of the location.' })
  from!: string;

  @Field(() => DateScalar, { description: 'Not included: buckets share a day with [from, to), at most 400 of them.' })
  to!: string;

  @Field(() => Granularity, { description: 'Length of a bucket.' })
  granularity!: keyof typeof Granularity;
}

@ArgsType()
export class PeggingArgs {
  @Field(() => DateScalar, { description: 'First day, in the calendar of the location.' })
  from!: string;

  @Field(() => DateScalar, { description: 'Not included: demands that count within [from, to).' })
  to!: string;

  @Field(() => Granularity, {
    defaultValue: Granularity.WEEK,
    description: 'Forecasts are taken together by such buckets, to be met by their last day.',
  })
  granularity!: keyof typeof Granularity;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Something that figures leave out, as its unit cannot be converted into the one that the item is planned in.',
})
class UnitProblem {
  @Field(() => SupplyDemandSource)
  kind!: keyof typeof SupplyDemandSource;

  @Field(() => String, {
    description: 'Of the order, schedule line, transfer or series of a customer; of stock the sku.',
  })
  id!: string;

  @Field(() => String, { description: 'The unit that cannot be converted.' })
  unit!: string;

  @Field(() => String)
  message!: string;
}

@ObjectType({ simpleResolvers: true, description: 'One bucket of the time-phased record; quantities in its unit.' })
class SupplyDemandBucket {
  @Field(() => DateScalar, { description: 'First day of the bucket.' })
  bucketStart!: string;

  @Field(() => DateScalar, { description: 'First day after it.' })
  bucketEnd!: string;

  @Field(() => Quantity, { description: 'As it is forecast, whatever was ordered of it.' })
  forecast!: Quantity;

  @Field(() => Quantity, {
    description: 'What customers’ orders have left of the forecast. It expires with the week in which it was expected.',
  })
  netForecast!: Quantity;

  @Field(() => Quantity, { description: 'Open orders of customers; what is past due counts today.' })
  customerOrders!: Quantity;

  @Field(() => Quantity, {
    description:
      'Components still to be withdrawn, when the orders that need them start, and what leaves for other locations.',
  })
  dependentDemand!: Quantity;

  @Field(() => Quantity, {
    description: 'Forecast, customer orders and dependent demand: what is ordered of a forecast counts twice.',
  })
  grossDemand!: Quantity;

  @Field(() => Quantity, {
    description: 'Net forecast, customer orders and dependent demand: what has to be met.',
  })
  netDemand!: Quantity;

  @Field(() => Quantity, {
    description:
      'What is still to come of orders that are firmed or further and not on hold, of FIRM schedule lines, and of ' +
      'transfers that are firmed or shipped; what is past due counts today.',
  })
  scheduledReceipts!: Quantity;

  @Field(() => Quantity, {
    description: 'What is still to come of proposed and planned orders, other schedule lines, and proposed transfers.',
  })
  plannedReceipts!: Quantity;

  @Field(() => Quantity, {
    description: 'At the end: the balance before, plus receipts, minus net demand; negative while more is needed.',
  })
  projectedAvailableBalance!: Quantity;

  @Field(() => Quantity, {
    description:
      'What more can be promised for the end of the bucket so that all that is promised is kept: the least of stock and ' +
      'scheduled receipts without customer orders and what firmed orders need, from then on. Negative: too much is promised.',
  })
  availableToPromise!: Quantity;

  @Field(() => Quantity, {
    description: 'What of its net demand is not met at its end, if what is due earlier goes first.',
  })
  shortage!: Quantity;

  @Field(() => Boolean, { description: 'The balance is less than the safety stock.' })
  belowSafetyStock!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'Supply and demand of an item at a location, time-phased.' })
export class SupplyDemand {
  @Field(() => String, { description: 'Of all quantities: the base unit, if the product is known.' })
  unit!: string;

  @Field(() => Quantity, {
    description: 'Balance before the first bucket. Of today’s bucket the stock, in inspection as well, blocked not.',
  })
  openingBalance!: Quantity;

  @Field(() => Quantity, { nullable: true, description: 'What is to be kept at least; null: nothing.' })
  safetyStock?: Quantity;

  @Field(() => [SupplyDemandBucket], { description: 'Without gaps; those that ended before today are left out.' })
  buckets!: SupplyDemandBucket[];

  @Field(() => [UnitProblem], { description: 'What the figures leave out.' })
  problems!: UnitProblem[];
}

@ObjectType({ simpleResolvers: true, description: 'A demand, and what it is met from.' })
export class PeggedDemand {
  @Field(() => DemandKind)
  kind!: keyof typeof DemandKind;

  @Field(() => ItemLocation, { description: 'The planning unit that it belongs to: its item at its location.' })
  itemLocation!: ItemLocation;

  @Field(() => DateScalar, { description: 'As it was told; what is past due counts today.' })
  dueOn!: string;

  @Field(() => Int, { nullable: true, description: 'The lowest number is served first.' })
  priority?: number;

  @Field(() => Quantity, { description: 'How much is needed.' })
  quantity!: Quantity;

  @Field(() => CustomerOrder, { nullable: true })
  customerOrder!: CustomerOrder | null;

  @Field(() => ProductionOrder, { nullable: true, description: 'That needs it as a component.' })
  productionOrder!: ProductionOrder | null;

  @Field(() => TransferOrder, { nullable: true })
  transferOrder!: TransferOrder | null;

  @Field(() => [DemandCover], { description: 'In the order in which they come.' })
  covers!: DemandCover[];

  @Field(() => Quantity, { description: 'What nothing that is known will meet.' })
  uncovered!: Quantity;
}

@ObjectType({ simpleResolvers: true, description: 'What of stock or a receipt is for a demand.' })
export class DemandCover {
  @Field(() => CoverKind)
  kind!: keyof typeof CoverKind;

  @Field(() => Quantity, { description: 'What of the demand it meets.' })
  quantity!: Quantity;

  @Field(() => DateScalar, { description: 'Day from which it can be used.' })
  availableOn!: string;

  @Field(() => Boolean, { description: 'It comes after the demand is due.' })
  late!: boolean;

  @Field(() => Boolean, { description: 'Not merely planned.' })
  scheduled!: boolean;

  @Field(() => ProductionOrder, { nullable: true })
  productionOrder!: ProductionOrder | null;

  @Field(() => SupplierCommitment, { nullable: true })
  supplierCommitment!: SupplierCommitment | null;

  @Field(() => TransferOrder, { nullable: true })
  transferOrder!: TransferOrder | null;

  /** Orders above it, and how demands are asked for: what `components` goes on with. */
  readonly below!: CoverBelow;
}

export interface CoverBelow {
  readonly cover: CoverFacts;
  readonly location: string;
  /** Ids of the orders above, the topmost first. */
  readonly above: readonly string[];
  readonly granularity: keyof typeof Granularity;
}

@ObjectType({ simpleResolvers: true, description: 'Links from demands to what covers them: first due, first served.' })
export class Pegging {
  @Field(() => String, { description: 'Of all quantities.' })
  unit!: string;

  @Field(() => [PeggedDemand], { description: 'By the day on which they count, then priority, then kind.' })
  demands!: PeggedDemand[];

  @Field(() => [UnitProblem], { description: 'What is left out.' })
  problems!: UnitProblem[];
}

@ObjectType({ simpleResolvers: true, description: 'One bucket of the load of a work center, in its local days.' })
class WorkCenterLoadBucket {
  @Field(() => DateScalar, { description: 'First day of the bucket.' })
  bucketStart!: string;

  @Field(() => DateScalar, { description: 'First day after it.' })
  bucketEnd!: string;

  @Field(() => Float, {
    description: 'Minutes of work of open orders; of what reaches beyond the bucket, the share within.',
  })
  loadMinutes!: number;

  @Field(() => Float, {
    description:
      'Minutes of work that it can do: shifts and calendar, times crews, capacity and efficiency, without the time that ' +
      'it is down or in maintenance now and will be.',
  })
  availableMinutes!: number;

  @Field(() => Float, { nullable: true, description: 'Null if it cannot work then.' })
  utilizationPercent!: number | null;

  @Field(() => Float, { description: 'Load beyond what is available.' })
  overloadMinutes!: number;

  @Field(() => Boolean, { description: 'Above its critical load, or loaded while it cannot work.' })
  critical!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'What open orders ask of a work center against what it can do.' })
export class WorkCenterLoad {
  @Field(() => [WorkCenterLoadBucket], { description: 'Without gaps.' })
  buckets!: WorkCenterLoadBucket[];

  @Field(() => Float, { description: '90 where its source says nothing.' })
  criticalLoadPercent!: number;

  @Field(() => Float, {
    description: 'Work that should have ended before now and has not: it counts where it was scheduled.',
  })
  overdueMinutes!: number;
}
