import {
  connectionOf,
  DateScalar,
  DateTimeScalar,
  DecimalScalar,
  enumOf,
  LiveChange,
  FILTER,
} from '@takt/subgraph-server';
import { Directive, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { MEASURES, OUTCOMES } from '../judgement/decision.ts';
import { ItemLocation } from './references.ts';
import { HorizonZone } from './zone.ts';

export const DecisionOutcome = enumOf('DecisionOutcome', OUTCOMES, 'What becomes of a change, the weakest first.', {
  SUPPRESS: 'Nothing is done; it counts towards what comes next.',
  RECALCULATE: 'The schedule follows by itself.',
  PROPOSE: 'A schedule is proposed, and a planner approves it.',
  PROCUREMENT_ALERT: 'A buyer has to act.',
  EXCEPTION: 'A planner has to decide.',
});

export const DecisionMeasure = enumOf('DecisionMeasure', MEASURES, 'What has changed of a week.', {
  DEMAND: 'What is needed.',
  SHORTAGE: 'What of it is not met.',
  CAPACITY: 'Minutes by which orders end late where they are made.',
});

@ObjectType({
  simpleResolvers: true,
  description: 'One measure of one week that is other than what was propagated last.',
})
export class DecisionLine {
  @Field(() => DateScalar, { description: 'The Monday.' })
  week!: string;

  @Field(() => DecisionMeasure)
  measure!: keyof typeof DecisionMeasure;

  @Field(() => HorizonZone, { description: 'By the first day of the week that is not over.' })
  zone!: keyof typeof HorizonZone;

  @Field(() => DecimalScalar, {
    description: 'As it was propagated last; in the decision’s unit, of CAPACITY in minutes.',
  })
  baseline!: string;

  @Field(() => DecimalScalar, { description: 'As it is now, in the same unit.' })
  now!: string;

  @Field(() => DecimalScalar, { description: '`now` less `baseline`.' })
  change!: string;

  @Field(() => Float, { nullable: true, description: 'Null if the baseline is zero.' })
  changePercent!: number | null;

  @Field(() => Float, { nullable: true, description: 'Of the work center that the week loads most.' })
  utilizationPercent?: number | undefined;

  @Field(() => Int, { nullable: true, description: 'The most important of customers that wait for it.' })
  customerPriority?: number | undefined;

  @Field(() => DecisionOutcome, { description: 'What becomes of this change.' })
  outcome!: keyof typeof DecisionOutcome;

  @Field(() => String, { nullable: true, description: 'The rule of the policy that applied.' })
  rule?: string | undefined;

  @Field(() => [String], { description: 'What the rule asks for; without one, what the nearest rules ask for.' })
  thresholds!: readonly string[];

  @Field(() => String, { nullable: true, description: 'Why the outcome is not the rule’s.' })
  because?: string | undefined;
}

@ObjectType({ simpleResolvers: true, description: 'What told that something may have changed.' })
export class DecisionTrigger {
  @Field(() => String, { description: 'Name of the domain that told it.' })
  domain!: string;

  @Field(() => String, { description: 'Type of the event, e.g. `InventoryChanged`.' })
  type!: string;

  @Field(() => String, { description: 'Id of what it is about.' })
  subject!: string;

  @Field(() => String)
  correlationId!: string;

  @Field(() => DateTimeScalar)
  occurredAt!: string;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'What was made of the changes of one item at a location, and why.' })
export class Decision {
  @Field(() => ID)
  id!: string;

  @Field(() => ItemLocation, { description: 'The planning unit that it belongs to: its item at its location.' })
  itemLocation!: ItemLocation;

  @Field(() => DecisionOutcome, { description: 'The strongest of its lines.' })
  outcome!: keyof typeof DecisionOutcome;

  @Field(() => [DecisionLine], { description: 'The nearest week first.' })
  lines!: readonly DecisionLine[];

  @Field(() => [String], { description: 'Why, as a planner would tell a colleague: the whole, then each line.' })
  explanation!: () => string[];

  @Field(() => String, { description: 'Unit of measure of quantities.' })
  unit!: string;

  @Field(() => ID, { description: 'Id of the policy that decided it.' })
  policyId!: string;

  @Field(() => Int, { description: 'Version of its decision table.' })
  policyVersion!: number;

  @Field(() => [DecisionTrigger], { description: 'The first few of what was judged together.' })
  triggers!: readonly DecisionTrigger[];

  @Field(() => String, { nullable: true, description: 'Why it is not acted on yet.' })
  deferred!: string | null;

  @Field(() => ID, { nullable: true, description: 'The decision that waited, and in whose place it is.' })
  supersedes!: string | null;

  @Field(() => ID, { nullable: true, description: 'The decision that is in its place, as it waited.' })
  supersededBy!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it was never acted on.' })
  dropped!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When what cools down is judged again.' })
  againAt!: string | null;

  @Field(() => DateTimeScalar)
  decidedAt!: string;

  @Field(() => String, { nullable: true, description: 'Product family of the item; null if it has none.' })
  family!: string | null;

  @Field(() => String, { nullable: true, description: 'Region of the location; null if it has none.' })
  region!: string | null;

  @Field(() => String, { description: 'The same for everything that one story caused, in every domain.' })
  correlationId!: string;
}

export const DecisionConnection = connectionOf(Decision);

@InputType({ description: FILTER })
export class DecisionFilter {
  @Field(() => [String], { nullable: true })
  location?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
  sku?: string[] | null;

  @Field(() => [DecisionOutcome], { nullable: true })
  outcome?: (keyof typeof DecisionOutcome)[] | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Decided then or later.' })
  from?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Decided before.' })
  to?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'One place in which a decision made again is not what it was.' })
export class ReplayDifference {
  @Field(() => String, { description: 'Where, as a JSON pointer into the decision.' })
  path!: string;

  @Field(() => String, { nullable: true, description: 'As JSON; null if there was nothing.' })
  decided?: string | undefined;

  @Field(() => String, { nullable: true, description: 'As JSON; null if there is nothing.' })
  replayed?: string | undefined;
}

@ObjectType({ simpleResolvers: true, description: 'A decision made again of what it was made of.' })
export class DecisionReplay {
  @Field(() => Boolean, { description: 'It is decided now as it was then.' })
  isSame!: boolean;

  @Field(() => [ReplayDifference], { description: 'Where it is not; empty if it is the same.' })
  differences!: readonly ReplayDifference[];

  @Field(() => [String], { description: 'Why it is decided so now.' })
  explanation!: string[];
}

@ObjectType({ simpleResolvers: true, description: 'A change was judged.' })
export class DecisionMade extends LiveChange {
  @Field(() => Decision)
  decision!: Decision;
}
