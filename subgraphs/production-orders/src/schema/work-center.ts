import { WEEKDAYS } from '@takt/planning-time';
import { DecimalScalar, enumOf } from '@takt/subgraph-server';
import { Directive, Field, Float, Int, ObjectType } from 'type-graphql';

/** What utilization requires of other subgraphs: work-centers tells the first level, products the calendars. */
const Weekday = enumOf('Weekday', WEEKDAYS, 'Day of the week.');

@Directive('@external')
@ObjectType({ simpleResolvers: true })
class Shift {
  @Field(() => String)
  name!: string;

  @Field(() => [Weekday])
  days!: (keyof typeof Weekday)[];

  @Field(() => String)
  startTime!: string;

  @Field(() => String)
  endTime!: string;

  @Field(() => Int)
  crews!: number;
}

@Directive('@external')
@ObjectType({ simpleResolvers: true })
class CalendarPeriod {
  @Field(() => String, { nullable: true })
  from!: string | null;

  @Field(() => String, { nullable: true })
  to!: string | null;

  @Field(() => [Weekday])
  days!: (keyof typeof Weekday)[];

  @Field(() => String, { nullable: true })
  startTime!: string | null;

  @Field(() => String, { nullable: true })
  endTime!: string | null;

  @Field(() => Float)
  value!: number;

  @Field(() => Int)
  priority!: number;
}

@Directive('@key(fields: "code")')
@ObjectType({ simpleResolvers: true })
export class Calendar {
  @Field(() => String)
  code!: string;

  @Directive('@external')
  @Field(() => String, { nullable: true })
  timeZone?: string | null;

  @Directive('@external')
  @Field(() => Float, { nullable: true })
  defaultValue?: number | null;

  @Directive('@external')
  @Field(() => [CalendarPeriod], { description: 'When it has another value than the default.' })
  periods?: CalendarPeriod[];
}

@Directive('@key(fields: "code")')
@ObjectType({ simpleResolvers: true })
export class WorkCenter {
  @Field(() => String)
  code!: string;

  @Directive('@external')
  @Field(() => String, { nullable: true })
  timeZone?: string | null;

  @Directive('@external')
  @Field(() => DecimalScalar, { nullable: true })
  capacity?: string | null;

  @Directive('@external')
  @Field(() => Float)
  efficiencyPercent?: number | null;

  @Directive('@external')
  @Field(() => [Shift])
  shifts?: Shift[];

  @Directive('@external')
  @Field(() => Calendar, { nullable: true })
  calendar?: Calendar | null;

  @Directive('@external')
  @Field(() => Calendar, { nullable: true })
  capacityCalendar?: Calendar | null;
}

const CALENDAR = '{ code timeZone defaultValue periods { from to days startTime endTime value priority } }';

/** The argument of `@requires` on what is measured against a work center's capacity. */
export const CAPACITY_FIELDS = `timeZone capacity efficiencyPercent shifts { name days startTime endTime crews } calendar ${CALENDAR} capacityCalendar ${CALENDAR}`;
