import {
  CommandRefused,
  DateTimeScalar,
  connectionOf,
  Provenance,
  RevisionConflict,
  PROVENANCE,
  REVISION,
} from '@takt/subgraph-server';
import { createUnionType, Directive, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { DecisionLine, DecisionOutcome } from './decision.ts';
import { ItemLocation } from './references.ts';

@ObjectType({ simpleResolvers: true, description: 'One line of a decision table.' })
export class PolicyRule {
  @Field(() => String, { description: 'Unique within its table.' })
  id!: string;

  @Field(() => String)
  description!: string;

  @Field(() => [String], {
    description: 'What a change has to be, all of it; nothing if the rule applies to every change.',
  })
  conditions!: string[];

  @Field(() => DecisionOutcome)
  outcome!: keyof typeof DecisionOutcome;
}

@ObjectType({ simpleResolvers: true, description: 'A decision table as it was published; it never changes.' })
export class PolicyVersion {
  @Field(() => Int, { description: 'Counts from 1.' })
  version!: number;

  @Field(() => String)
  name!: string;

  @Field(() => String, { description: 'Who answers for it.' })
  owner!: string;

  @Field(() => String, { nullable: true })
  description!: string | null;

  @Field(() => [String], { nullable: true, description: 'Plants that it is for; null: all of them.' })
  locations!: readonly string[] | null;

  @Field(() => DateTimeScalar, { description: 'First instant at which it holds.' })
  validFrom!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The first instant at which it no longer holds.' })
  validTo!: string | null;

  @Field(() => Int, { description: 'How long a week is left alone after the schedule was made to follow it.' })
  coolDownMinutes!: number;

  @Field(() => Float, { description: 'By how many percent a change back has to exceed what a rule says.' })
  hysteresisPercent!: number;

  @Field(() => [PolicyRule], { description: 'The first that applies decides; if none does, nothing is done.' })
  rules!: PolicyRule[];

  @Field(() => [String], { description: 'The whole table as sentences for a planner, one a line.' })
  inWords!: () => string[];

  @Field(() => [String], { description: 'What its owner hardly wants, with rule and field.' })
  warnings!: () => readonly string[];

  @Field(() => String, { description: 'The table as JSON, to be changed and published again.' })
  text!: () => string;

  @Field(() => DateTimeScalar, { description: 'When it was published.' })
  publishedAt!: string;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'Which changes deserve action: a decision table with its history.' })
export class Policy {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => PolicyVersion, { description: 'What was published last, whether or not it holds now.' })
  latest!: PolicyVersion;

  @Field(() => [PolicyVersion], { description: 'Oldest first; at most 200.' })
  versions!: PolicyVersion[];

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when none of its versions holds.' })
  retiredAt!: string | null;

  @Field(() => String, { nullable: true, description: 'Null while it is in force.' })
  retiredBecause!: string | null;

  @Field(() => Provenance, { description: PROVENANCE })
  provenance!: Provenance;

  @Field(() => Int, { description: REVISION })
  revision!: number;
}

export const PolicyConnection = connectionOf(Policy);

@ObjectType({ simpleResolvers: true, description: 'The version of a policy that holds.' })
export class PolicyInForce {
  @Field(() => Policy)
  policy!: Policy;

  @Field(() => PolicyVersion)
  version!: PolicyVersion;
}

@ObjectType({ simpleResolvers: true, description: 'The policy was changed as asked, and is this now.' })
export class PolicyAccepted {
  @Field(() => Policy)
  policy!: Policy;
}

export const PolicyResult = createUnionType({
  name: 'PolicyResult',
  description: 'What became of a command on a policy.',
  types: () => [PolicyAccepted, CommandRefused, RevisionConflict] as const,
  resolveType: (value) => value.constructor.name,
});

@ObjectType({ simpleResolvers: true, description: 'How often one outcome was decided, and would have been.' })
export class SimulatedOutcome {
  @Field(() => DecisionOutcome, { description: 'What becomes of a change.' })
  outcome!: keyof typeof DecisionOutcome;

  @Field(() => Int, { description: 'Changes of one measure of one week that ended so under the draft.' })
  simulatedChanges!: number;

  @Field(() => Int, { description: 'And under the policies of then.' })
  decidedChanges!: number;

  @Field(() => Int, {
    description: 'Weeks of items at locations, by the strongest outcome of their changes, under the draft.',
  })
  simulatedBuckets!: number;

  @Field(() => Int, { description: 'And under the policies of then.' })
  decidedBuckets!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A change that ends otherwise under the draft.' })
export class SimulatedDifference {
  @Field(() => ItemLocation, { description: 'The planning unit that it belongs to: its item at its location.' })
  itemLocation!: ItemLocation;

  @Field(() => ID, { description: 'The decision that was made when this was observed.' })
  decisionId!: string;

  @Field(() => DateTimeScalar)
  observedAt!: string;

  @Field(() => DecisionLine, { nullable: true, description: 'Null if nothing differed from what had been propagated.' })
  decided!: DecisionLine | null;

  @Field(() => DecisionLine, {
    nullable: true,
    description: 'Null if nothing would differ from what would be propagated.',
  })
  simulated!: DecisionLine | null;
}

@ObjectType({ simpleResolvers: true, description: 'What a draft would have made of a past window.' })
export class PolicySimulation {
  @Field(() => [String], { description: 'The draft as sentences for a planner.' })
  inWords!: string[];

  @Field(() => [String], { description: 'What its owner hardly wants, with rule and field.' })
  warnings!: readonly string[];

  @Field(() => Int, { description: 'Observations with anything new in them.' })
  observations!: number;

  @Field(() => [SimulatedOutcome], { description: 'One for each outcome.' })
  outcomes!: SimulatedOutcome[];

  @Field(() => [SimulatedDifference], { description: 'At most 200.' })
  differences!: SimulatedDifference[];

  @Field(() => Boolean, { description: 'There are more than are listed.' })
  hasMoreDifferences!: boolean;

  @Field(() => Boolean, { description: 'False if the window has more decisions than one simulation looks at.' })
  isComplete!: boolean;
}
