import { DateScalar, DateTimeScalar, DecimalScalar, enumOf, fault } from '@takt/subgraph-server';
import { ArgsType, Field, Float, Int, ObjectType } from 'type-graphql';
import { RELATIVE_ERROR } from '../measures/digest.ts';
import { EXCEPTION_GROUPINGS } from '../measures/exception-measures.ts';
import { PROMISED_SECONDS } from '../measures/judgement-day.ts';
import type { PlantMeasures } from '../measures/measures-store.ts';
import { WEIGHT_PER_WEEK } from '../measures/order-measures.ts';
import { ExceptionKind, ExceptionSeverity } from './exception.ts';

const WITHIN = `All but counts and maxima are within ${RELATIVE_ERROR * 100} %; what takes less than a second is told as at most one.`;

export const ExceptionGrouping = enumOf(
  'ExceptionGrouping',
  EXCEPTION_GROUPINGS,
  'What open exceptions can be counted by.',
  {
    PLANT: 'Code of the location.',
    FAMILY: 'Product family.',
    REGION: 'Region of the location.',
    OWNER: 'Who has to see to it.',
    SEVERITY: 'How bad it is.',
    KIND: 'Why somebody has to look.',
  },
);

@ObjectType({ simpleResolvers: true, description: 'So many of so many.' })
export class MeasuredShare {
  @Field(() => Int, { description: 'The numerator.' })
  part!: number;

  @Field(() => Int, { description: 'The denominator; more than 0.' })
  whole!: number;

  @Field(() => Float, { description: '`part` of `whole`, in percent.' })
  percent!: number;
}

@ObjectType({ simpleResolvers: true, description: `How long something took. ${WITHIN}` })
export class MeasuredLatency {
  @Field(() => Int, { description: 'How often it was measured.' })
  count!: number;

  @Field(() => Float, { description: 'Half of them took no longer.' })
  p50Seconds!: number;

  @Field(() => Float, { description: '95 % of them took no longer.' })
  p95Seconds!: number;

  @Field(() => Float, { description: 'The longest.' })
  maxSeconds!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'How long changes take to reach the schedule; each is null if nothing got so far in the period.',
})
export class ScheduleUpdateLatency {
  @Field(() => MeasuredLatency, {
    nullable: true,
    description:
      'To the decision, of decisions made in the period, whatever they are. A decision counts once, from the earliest of the changes that led to it.',
  })
  toDecision!: MeasuredLatency | null;

  @Field(() => MeasuredLatency, {
    nullable: true,
    description:
      'To the revision of an order that follows from the decision, of revisions of the period: approval by a planner, where it takes one, is included.',
  })
  toCommand!: MeasuredLatency | null;

  @Field(() => MeasuredLatency, {
    nullable: true,
    description:
      'To the word of the system that owns the order that the revision is applied, of revisions of the period that are. An order that no system owns is revised and applied in one.',
  })
  toApplied!: MeasuredLatency | null;
}

@ObjectType({ simpleResolvers: true, description: 'How restless the schedule is.' })
export class ScheduleNervousness {
  @Field(() => Int, { description: 'Orders that were open in the period, for a part of it at least.' })
  orders!: number;

  @Field(() => Int, {
    description: 'Revisions of their schedules made in the period; those that were rejected do not count.',
  })
  revisions!: number;

  @Field(() => Float, { description: 'The same, each with its weight.' })
  weightedRevisions!: number;

  @Field(() => Float, { description: '`weightedRevisions` over `orders`.' })
  perOrder!: number;
}

@ObjectType({ simpleResolvers: true, description: 'What was wanted while nothing was available.' })
export class Stockouts {
  @Field(() => Int, { description: 'Items that had at least one such day.' })
  itemLocations!: number;

  @Field(() => Int, { description: 'Such days, one per item and day.' })
  itemDays!: number;
}

@ObjectType({ simpleResolvers: true, description: 'How often stock is used up and replaced.' })
export class InventoryTurns {
  @Field(() => Int, {
    description:
      'Days of the period of which stock is known: not those to come, nor those before the first was heard of.',
  })
  days!: number;

  @Field(() => DecimalScalar, { description: 'Of these days, in the plant’s currency.' })
  issuesValue!: string;

  @Field(() => DecimalScalar, { description: 'Mean of the values at the end of each of these days.' })
  averageStockValue!: string;

  @Field(() => DecimalScalar, { description: 'A year’s, at the pace of these days.' })
  turns!: string;
}

@ObjectType({ simpleResolvers: true, description: `How long exceptions stay open. ${WITHIN}` })
export class ExceptionResolution {
  @Field(() => Int, { description: 'How many were closed in the period.' })
  closed!: number;

  @Field(() => Float, { description: 'Half of them were open no longer.' })
  medianSeconds!: number;

  @Field(() => Float, { description: '90 % of them were open no longer.' })
  p90Seconds!: number;
}

@ObjectType({
  description:
    'How well planning follows what changes, and how well a plant follows planning, over days of its calendar (in its time zone; UTC if none is known). Each measure is null if there was nothing to measure.',
})
export class PlanningMeasures {
  @Field(() => String, { description: 'Code of the location.' })
  plant!: string;

  @Field(() => DateScalar, { description: 'First day of the period.' })
  from!: string;

  @Field(() => DateScalar, { description: 'The first day that is not in it.' })
  to!: string;

  @Field(() => String, { nullable: true, description: 'Null: all product families.' })
  family!: string | null;

  /** Not a field: what the fields are read from. */
  readonly measures!: PlantMeasures;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Exceptions that are open or snoozed now and have in common what they are grouped by. What they are not grouped by is null, and so is what they say nothing of.',
})
export class OpenExceptionGroup {
  @Field(() => String, { nullable: true, description: 'Code of the location.' })
  plant!: string | null;

  @Field(() => String, { nullable: true })
  family!: string | null;

  @Field(() => String, { nullable: true })
  region!: string | null;

  @Field(() => String, { nullable: true, description: 'Who has to see to them.' })
  owner!: string | null;

  @Field(() => ExceptionSeverity, { nullable: true })
  severity!: keyof typeof ExceptionSeverity | null;

  @Field(() => ExceptionKind, { nullable: true })
  kind!: keyof typeof ExceptionKind | null;

  @Field(() => Int, { description: 'How many they are.' })
  open!: number;

  @Field(() => Int, { description: 'Those whose due time is past.' })
  overdue!: number;

  @Field(() => DateTimeScalar)
  oldestRaisedAt!: string;

  @Field(() => Float, { description: `Since they were raised; within ${RELATIVE_ERROR * 100} %.` })
  medianAgeSeconds!: number;

  @Field(() => Float, { description: 'Of the oldest.' })
  maxAgeSeconds!: number;
}

/** Longest period: as long as figures have to be compared with those of a year ago. */
const MAX_DAYS = 400;

@ArgsType()
export class PlanningMeasuresArgs {
  @Field(() => String, { description: 'Code of the location.' })
  plant!: string;

  @Field(() => DateScalar, { description: 'First day.' })
  from!: string;

  @Field(() => DateScalar, { description: `The first day that is not in it: at most ${MAX_DAYS} days after \`from\`.` })
  to!: string;

  @Field(() => String, { nullable: true, description: 'Of one product family alone.' })
  family?: string | null;
}

/** Throws BAD_USER_INPUT for a period that is none, or too long. */
export function checkPeriod({ from, to }: PlanningMeasuresArgs): void {
  const days = (Date.parse(to) - Date.parse(from)) / (24 * 60 * 60 * 1000);
  if (days < 1 || days > MAX_DAYS) {
    throw fault('BAD_USER_INPUT', `to must be 1 to ${MAX_DAYS} days after from, got ${days}.`);
  }
}

/** What each measure is, for whoever reads the contract. */
export const MEASURE_DESCRIPTIONS = {
  scheduleUpdateLatency:
    'How long a change takes from when it was true in its source until it is judged, commanded and applied. Window: what was decided, or revised, in the period. Own definition.',
  forecastSynchronization: `Forecast revisions that were judged as soon as was promised: within ${PROMISED_SECONDS.CRITICAL} seconds of their publication for items of refresh class CRITICAL, within ${PROMISED_SECONDS.STABLE / 3600} hours for STABLE ones, which are judged once a day. Numerator: those in time; denominator: all that led to a decision, the first ten of each; a revision that changes nothing of an item’s weeks leads to none. Window: decisions made in the period. Own definition.`,
  orderConfirmationCompleteness:
    'Operations with a final confirmation that was not reversed, of all operations that are not cancelled, of orders finished in the period (an order without operations counts as one). An order that a source calls finished without confirmations lowers it; one that comes later still counts. Own definition over the confirmations of ISA-95 (IEC 62264).',
  suppressionRate:
    'Changes that the policy did not act on, of all changes that were judged; a change is one measure of one week of one item, and one that was suppressed counts again with each later decision on its item for as long as it stands. Window: decisions made in the period; what was put off because a system was away counts when it is judged again. Own definition.',
  scheduleNervousness: `Revisions of orders’ schedules, weighted by how near they are: ${WEIGHT_PER_WEEK} to the power of the whole weeks from the revision to the order’s start (of the one before and the one after, the nearer), so that a revision within a week of the start counts 1, within the next week ${WEIGHT_PER_WEEK}. Numerator: weighted revisions made in the period, by whomever; denominator: orders open in the period. Of an order the latest 200 revisions are known. After Sridharan, Berry and Udayabhanu, Measuring Master Production Schedule Stability under Rolling Planning Horizons, Decision Sciences 19 (1988): weights that fall by a constant factor per period.`,
  scheduleAdherence:
    'Orders finished no more than `toleranceDays` days before or after the day promised at release, of all orders finished in the period that were released before. The promise is the scheduled end when the order was first heard of as released; later revisions do not move it. Days are calendar days. In the sense of SCOR’s schedule achievement, counted in orders.',
  stockouts:
    'Item-locations and item-days with a demand and, for a part of the day at least, no available stock (unrestricted less what is promised). A demand is a customer’s order due that day, a production order that needs the item and starts that day, a transfer that leaves that day, or a forecast bucket above zero that contains the day. Window: days of the period up to today; items of which stock was ever heard; of an item the latest 100 times without stock. Own definition, of the out-of-stock days of APICS.',
  inventoryTurns:
    'Value of goods issued over the average value of stock, annualised (times 365 over the days). Issues: movements of type ISSUE from stock that is ours, those to other plants included, less what was reversed. Values at the standard cost that was known when an item moved; items without one are left out: `itemsWithoutCost`. In the sense of ISO 22400-2, inventory turns, in values; APICS, inventory turnover.',
  itemsWithoutCost:
    'Items with a stock record whose cost, or whose unit in terms of the product’s base unit, is not known: they are not in `inventoryTurns`.',
  exceptionResolutionTime:
    'From when an exception was raised until nobody had to decide it any more: approved, rejected, or settled by what happened meanwhile. Window: exceptions closed in the period, by their closing. Own definition.',
} as const;
