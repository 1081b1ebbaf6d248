import { WEEKDAYS } from '@takt/planning-time';
import {
  CommandRefused,
  connectionOf,
  DateTimeScalar,
  DecimalScalar,
  enumOf,
  LiveChange,
  OrderDirection,
  Provenance,
  RevisionConflict,
  FILTER,
  PROVENANCE,
  REVISION,
} from '@takt/subgraph-server';
import { createUnionType, Directive, Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { EQUIPMENT_LEVELS, WORK_CENTER_STATES, WORK_CENTER_TYPES } from './work-center.ts';

const EquipmentLevel = enumOf(
  'EquipmentLevel',
  EQUIPMENT_LEVELS,
  'Level in the equipment hierarchy of ISA-95 part 1.',
  {
    AREA: 'A part of a site that holds work centers.',
    WORK_CENTER: 'A group of equipment that is planned as one.',
    WORK_UNIT: 'A single machine or station of a work center.',
  },
);
const WorkCenterType = enumOf('WorkCenterType', WORK_CENTER_TYPES, 'What does the work.', {
  MACHINE: 'A machine or a group of like machines.',
  LINE: 'Machines in a row, planned as one.',
  LABOR: 'People.',
  SUBCONTRACT: 'Somebody else’s.',
});
const WorkCenterState = enumOf('WorkCenterState', WORK_CENTER_STATES, 'What a work center is doing.', {
  DOWN: 'It cannot work, against the plan.',
  MAINTENANCE: 'It stands still for maintenance.',
  RUNNING: 'It works.',
  IDLE: 'It could work, and has nothing to do.',
  SETUP: 'It is being made ready for the next work.',
});
const Weekday = enumOf('Weekday', WEEKDAYS, 'Day of the week.');
const WorkCenterSortField = enumOf(
  'WorkCenterSortField',
  ['CODE', 'NAME', 'LOCATION'],
  'What work centers can be sorted by.',
);

@Directive('@key(fields: "code")')
@ObjectType({ simpleResolvers: true })
export class Location {
  @Field(() => String)
  code!: string;
}

@Directive('@key(fields: "code")')
@ObjectType({ simpleResolvers: true })
class Calendar {
  @Field(() => String)
  code!: string;
}

@Directive('@shareable')
@ObjectType({ simpleResolvers: true, description: 'One shift of a weekly pattern.' })
class Shift {
  @Field(() => String)
  name!: string;

  @Field(() => [Weekday], { description: 'On which it starts.' })
  days!: readonly (keyof typeof Weekday)[];

  @Field(() => String, { description: 'Local `HH:MM` or `HH:MM:SS`.' })
  startTime!: string;

  @Field(() => String, { description: 'Local; not after `startTime`: on the next day.' })
  endTime!: string;

  @Field(() => Int, { description: 'Crews that work in parallel.' })
  crews!: number;
}

@ObjectType({ simpleResolvers: true, description: 'What the people or the machine can do.' })
class Skill {
  @Field(() => String)
  name!: string;

  @Field(() => Int, { nullable: true, description: 'The lowest number is preferred.' })
  priority?: number;
}

@ObjectType({ simpleResolvers: true, description: 'A time in which a work center stood still.' })
class Downtime {
  @Field(() => WorkCenterState)
  state!: keyof typeof WorkCenterState;

  @Field(() => String, { nullable: true, description: 'Why, in the plant’s words; null if nobody said.' })
  reason?: string;

  @Field(() => DateTimeScalar)
  from!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null while it lasts.' })
  to?: string;
}

@Directive('@key(fields: "code")')
@ObjectType({
  simpleResolvers: true,
  description:
    'A machine, a line or a group of people. One that others refer to and no source has reported has a code only.',
})
export class WorkCenter {
  @Field(() => String, { description: 'What the work center is called throughout the graph.' })
  code!: string;

  @Field(() => String, { nullable: true })
  name?: string;

  @Field(() => String, { nullable: true })
  description?: string;

  @Field(() => Location, { nullable: true })
  location!: Location | null;

  @Field(() => EquipmentLevel, { nullable: true })
  level?: keyof typeof EquipmentLevel;

  @Field(() => WorkCenter, { nullable: true, description: 'The work center above it.' })
  parent!: (() => Promise<WorkCenter>) | null;

  @Field(() => WorkCenterType, { nullable: true })
  type?: keyof typeof WorkCenterType;

  @Field(() => String, { nullable: true, description: 'The source’s own classification, first level.' })
  category?: string;

  @Field(() => String, { nullable: true, description: 'The source’s own classification, second level.' })
  subcategory?: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'How much it can do at once, in `capacityUnit`s: multiplies its working time.',
  })
  capacity?: string;

  @Field(() => String, { nullable: true, description: 'E.g. machines or people.' })
  capacityUnit?: string;

  @Field(() => Float, { description: 'Of the standard times; 100 where the source says nothing.' })
  efficiencyPercent!: number;

  @Field(() => Calendar, { nullable: true, description: 'Its working time; null: always.' })
  calendar!: Calendar | null;

  @Field(() => Calendar, { nullable: true, description: 'Its capacity over time, where it varies.' })
  capacityCalendar!: Calendar | null;

  @Field(() => [Shift], { description: 'None: all day.' })
  shifts!: readonly Shift[];

  @Field(() => String, { nullable: true, description: 'IANA time zone of its shifts.' })
  timeZone?: string;

  @Field(() => Boolean, { description: 'Whether it limits what the plant can make.' })
  constrained!: boolean;

  @Field(() => Float, { description: 'Utilization above which it is critical.' })
  criticalLoadPercent!: number;

  @Field(() => [WorkCenter], { description: 'What can do its work instead.' })
  alternates!: () => Promise<WorkCenter[]>;

  @Field(() => [Skill])
  skills!: readonly Skill[];

  @Field(() => WorkCenterState, { nullable: true, description: 'Null until somebody has reported it.' })
  state!: keyof typeof WorkCenterState | null;

  @Field(() => String, { nullable: true, description: 'Why it is in this state, in the plant’s words.' })
  stateReason!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null until somebody has reported its state.' })
  stateSince!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it is expected to leave this state.' })
  expectedEnd!: string | null;

  @Field(() => [Downtime], { description: 'The latest times that it was down or in maintenance, newest first.' })
  downtimes!: readonly Downtime[];

  @Field(() => Int, { nullable: true, description: REVISION })
  revision?: number;

  @Field(() => Provenance, { nullable: true, description: PROVENANCE })
  provenance!: Provenance | null;
}

export const WorkCenterConnection = connectionOf(WorkCenter);

@InputType({ description: FILTER })
export class LocationWorkCenterFilter {
  @Field(() => [WorkCenterType], { nullable: true })
  type?: (keyof typeof WorkCenterType)[] | null;

  @Field(() => [WorkCenterState], { nullable: true })
  state?: (keyof typeof WorkCenterState)[] | null;

  @Field(() => Boolean, { nullable: true })
  constrained?: boolean | null;
}

@InputType({ description: FILTER })
export class WorkCenterFilter extends LocationWorkCenterFilter {
  @Field(() => [String], { nullable: true })
  location?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Codes of the work centers right above.' })
  parent?: string[] | null;
}

@InputType({ description: 'What work centers are sorted by, and which way.' })
export class WorkCenterSort {
  @Field(() => WorkCenterSortField)
  field!: keyof typeof WorkCenterSortField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC })
  direction!: keyof typeof OrderDirection;
}

@InputType({ description: 'What a work center does from now on.' })
export class ReportWorkCenterStateInput {
  @Field(() => String)
  code!: string;

  @Field(() => WorkCenterState)
  state!: keyof typeof WorkCenterState;

  @Field(() => String, { nullable: true, description: 'Why, in the plant’s words.' })
  reason?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it is expected to leave this state; null if nobody knows.',
  })
  expectedEnd?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'The state was recorded; the work center is this now.' })
export class WorkCenterAccepted {
  @Field(() => WorkCenter)
  workCenter!: WorkCenter;
}

export const WorkCenterResult = createUnionType({
  name: 'WorkCenterResult',
  description: 'What became of a command on a work center.',
  types: () => [WorkCenterAccepted, CommandRefused, RevisionConflict] as const,
  resolveType: (value) => value.constructor.name,
});

@ObjectType({ simpleResolvers: true, description: 'A work center is not what it was, or does not do what it did.' })
export class WorkCenterChanged extends LiveChange {
  @Field(() => WorkCenter)
  workCenter!: WorkCenter;

  @Field(() => [String], { description: 'Fields of its record that differ; none if only its state changed.' })
  changed!: readonly string[];

  @Field(() => WorkCenterState, { nullable: true, description: 'Null if its state did not change, or was not known.' })
  stateBefore!: keyof typeof WorkCenterState | null;

  @Field(() => WorkCenterState, { nullable: true, description: 'Null if its state did not change.' })
  stateAfter!: keyof typeof WorkCenterState | null;

  @Field(() => String, { nullable: true, description: 'Why it is in the new state.' })
  reason!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it is expected to leave the new state.' })
  expectedEnd!: string | null;
}
