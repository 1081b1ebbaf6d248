import {
  CommandRefused,
  connectionOf,
  DateScalar,
  DateTimeScalar,
  DecimalScalar,
  enumOf,
  LiveChange,
  OrderDirection,
  Provenance,
  Quantity,
  RevisionConflict,
  FILTER,
  PROVENANCE,
  REVISION,
} from '@takt/subgraph-server';
import { GRANULARITIES } from '@takt/planning-time';
import { ArgsType, createUnionType, Directive, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Customer, ItemLocation, Location, Product } from './demand-schema.ts';
import { FORECAST_STATUSES } from './messages.ts';
import { FORECAST_MEASURES } from './time-phased-forecast.ts';

export const Granularity = enumOf('Granularity', GRANULARITIES, 'Length of a time bucket.', {
  WEEK: 'ISO 8601: starts on Monday.',
  DAY: 'A calendar day of the location.',
  MONTH: 'A calendar month of the location.',
});

export const ForecastStatus = enumOf('ForecastStatus', FORECAST_STATUSES, 'How far a forecast is.', {
  SUPERSEDED: 'Not to be planned for: replaced or withdrawn.',
  DRAFT: 'Still being worked on: nothing is planned for it.',
  PUBLISHED: 'To be planned for.',
});

export const ForecastMeasure = enumOf('ForecastMeasure', FORECAST_MEASURES, 'What of a forecast is asked for.', {
  BASELINE: 'What statistics say.',
  OVERRIDE: 'What planners say instead; only buckets in which they do.',
  TOTAL: 'The override where there is one, else the baseline.',
  CONSUMED: 'What customer orders have taken of the total.',
  NET: 'What is left of the total: expected and not ordered yet.',
});

export const ForecastSortField = enumOf(
  'ForecastSortField',
  ['SKU', 'LOCATION', 'PUBLISHED_AT'],
  'What forecasts can be sorted by.',
);

@ObjectType({ simpleResolvers: true, description: 'The forecast of an item at a location in one bucket.' })
export class ForecastBucket {
  @Field(() => DateScalar, { description: 'First day of the bucket.' })
  bucketStart!: string;

  @Field(() => Quantity, { description: 'What of the measure that was asked for falls into the bucket.' })
  quantity!: Quantity;

  @Field(() => String, { nullable: true, description: 'The newest of the versions that it is made of.' })
  version!: string;
}

@ObjectType({ simpleResolvers: true, description: 'One bucket of one forecast series.' })
export class ForecastSeriesBucket {
  @Field(() => DateScalar, { description: 'First day of the bucket.' })
  bucketStart!: string;

  @Field(() => Quantity, { description: 'What is planned for: the override if there is one, else the baseline.' })
  quantity!: Quantity;

  @Field(() => Quantity, { description: 'What statistics say.' })
  baseline!: Quantity;

  @Field(() => Quantity, { nullable: true, description: 'What a planner says instead; null if nobody does.' })
  override!: Quantity | null;

  @Field(() => Quantity, { nullable: true, description: 'What was planned for before the latest change.' })
  prior!: Quantity | null;

  @Field(() => String, { description: 'The planning cycle that gave it.' })
  version!: string;
}

@Directive('@key(fields: "id")')
@ObjectType({
  simpleResolvers: true,
  description: 'A forecast series: of an item at a location, of one customer segment or of all together.',
})
export class Forecast {
  @Field(() => ID, { description: 'As its source writes it.' })
  id!: string;

  @Field(() => String, { nullable: true })
  name?: string;

  @Field(() => Product)
  product!: Product;

  @Field(() => Location)
  location!: Location;

  @Field(() => ItemLocation, { description: 'The planning unit that it belongs to: its item at its location.' })
  itemLocation!: ItemLocation;

  @Field(() => Customer, { nullable: true, description: 'Null for all customers together.' })
  customer!: () => Promise<Customer> | null;

  @Field(() => Granularity, { description: 'Length of its buckets.' })
  granularity!: keyof typeof Granularity;

  @Field(() => String, { description: 'Unit of measure of all quantities of the series.' })
  unit!: string;

  @Field(() => String, { description: 'The planning cycle that changed it last.' })
  version!: string;

  @Field(() => DateTimeScalar, { description: 'When the planning platform published this version.' })
  publishedAt!: string;

  @Field(() => ForecastStatus)
  status!: keyof typeof ForecastStatus;

  @Field(() => String, { nullable: true, description: 'How it was forecast, in the source’s words.' })
  method?: string;

  @Field(() => Float, { nullable: true, description: 'Mean absolute percentage error, in percent.' })
  mape?: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean error, in percent: positive means that the forecast is too high.',
  })
  bias?: number;

  @Field(() => Boolean, { description: 'Whether supply is planned for it.' })
  planned!: boolean;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Since when nothing is planned for it; null while it stands.',
  })
  withdrawnAt?: string;

  @Field(() => Provenance, { description: PROVENANCE })
  provenance!: Provenance;

  @Field(() => Int, { description: REVISION })
  revision!: number;
}

export const ForecastConnection = connectionOf(Forecast);

@ArgsType()
export class TimePhasedArgs {
  @Field(() => DateScalar, { description: 'First day, in the calendar of the location.' })
  from!: string;

  @Field(() => DateScalar, { description: 'Not included: buckets share a day with [from, to).' })
  to!: string;

  @Field(() => Granularity, {
    defaultValue: Granularity.WEEK,
    description: 'Length of the buckets that are answered, whatever those of the series.',
  })
  granularity!: keyof typeof Granularity;

  @Field(() => ForecastMeasure, {
    defaultValue: ForecastMeasure.TOTAL,
    description: 'What of the forecast is answered.',
  })
  measure!: keyof typeof ForecastMeasure;

  @Field(() => Int, {
    defaultValue: 0,
    description: 'CONSUMED and NET: calendar days that an order may reach back when its own bucket is consumed.',
  })
  backwardConsumptionDays!: number;

  @Field(() => Int, { defaultValue: 0, description: 'CONSUMED and NET: days that it may then reach forward.' })
  forwardConsumptionDays!: number;
}

@InputType({ description: FILTER })
export class ForecastFilter {
  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
  sku?: string[] | null;

  @Field(() => [String], { nullable: true })
  location?: string[] | null;

  @Field(() => [ID], { nullable: true })
  customer?: string[] | null;

  @Field(() => [ForecastStatus], { nullable: true })
  status?: (keyof typeof ForecastStatus)[] | null;
}

@InputType({ description: 'What forecast series are sorted by, and which way.' })
export class ForecastSort {
  @Field(() => ForecastSortField)
  field!: keyof typeof ForecastSortField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC })
  direction!: keyof typeof OrderDirection;
}

@InputType({ description: 'What is planned for in one bucket instead of the baseline.' })
export class OverrideBucketInput {
  @Field(() => DateScalar, { description: 'First day of the bucket.' })
  start!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'In the unit of the series; null takes the override back.',
  })
  quantity?: string | null;
}

@InputType({ description: 'A planner’s word against the statistics.' })
export class OverrideForecastInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'Why, for whoever reads the forecast later.' })
  reason!: string;

  @Field(() => [OverrideBucketInput])
  buckets!: OverrideBucketInput[];
}

@InputType({ description: 'The series is no longer to be planned for.' })
export class WithdrawForecastInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'Why, for whoever reads the forecast later.' })
  reason!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'The forecast was overridden or withdrawn as asked, and is this now.',
})
export class ForecastAccepted {
  @Field(() => Forecast)
  forecast!: Forecast;
}

export const ForecastResult = createUnionType({
  name: 'ForecastResult',
  description: 'What became of a command on a forecast series.',
  types: () => [ForecastAccepted, CommandRefused, RevisionConflict] as const,
  resolveType: (value) => value.constructor.name,
});

@ObjectType({ simpleResolvers: true, description: 'What was planned for in one bucket, and what is now.' })
export class RevisedBucket {
  @Field(() => DateScalar, { description: 'First day of the bucket.' })
  bucketStart!: string;

  @Field(() => Quantity, { nullable: true, description: 'Null: there was none.' })
  prior!: Quantity | null;

  @Field(() => Quantity, { nullable: true, description: 'Null: there is none any more.' })
  quantity!: Quantity | null;
}

@ObjectType({ simpleResolvers: true, description: 'A forecast series is not what it was.' })
export class ForecastRevised extends LiveChange {
  @Field(() => Forecast, { description: 'As it is now.' })
  forecast!: Forecast;

  @Field(() => String, { description: 'The planning cycle that it comes from.' })
  version!: string;

  @Field(() => String, { nullable: true, description: 'What it is compared with; null for a new series.' })
  priorVersion!: string | null;

  @Field(() => Boolean, { description: 'It is no longer to be planned for.' })
  withdrawn!: boolean;

  @Field(() => String, { nullable: true, description: 'What the planner said who overrode or withdrew it.' })
  reason!: string | null;

  @Field(() => [RevisedBucket], {
    description: 'Buckets in which what is planned for changed; none if the change is of another kind.',
  })
  buckets!: readonly RevisedBucket[];
}
