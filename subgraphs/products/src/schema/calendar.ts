import { WEEKDAYS } from '@takt/planning-time';
import { connectionOf, enumOf, Provenance, FILTER, PROVENANCE, REVISION } from '@takt/subgraph-server';
import { Directive, Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { orderByOf } from './order-by.ts';

const Weekday = enumOf('Weekday', WEEKDAYS, 'Day of the week.');

@Directive('@shareable')
@ObjectType({ simpleResolvers: true, description: 'A value that a calendar takes at certain days and hours.' })
class CalendarPeriod {
  @Field(() => String, { nullable: true, description: 'Local day or time, inclusive; null: always was.' })
  from?: string;

  @Field(() => String, { nullable: true, description: 'Local day or time, exclusive; null: for ever.' })
  to?: string;

  @Field(() => [Weekday], { description: 'Days of the week on which it applies.' })
  days!: readonly (keyof typeof Weekday)[];

  @Field(() => String, { nullable: true, description: 'Local `HH:MM` or `HH:MM:SS`; null: from midnight.' })
  startTime?: string;

  @Field(() => String, {
    nullable: true,
    description: 'Local; null: until midnight. Not after `startTime`: on the next day.',
  })
  endTime?: string;

  @Field(() => Float, { description: 'Capacity or availability; 0 is not working.' })
  value!: number;

  @Field(() => Int, { description: 'Where periods overlap, the lowest number wins.' })
  priority!: number;
}

@Directive('@key(fields: "code")')
@ObjectType({
  simpleResolvers: true,
  description:
    'Working time or capacity over time. One that others refer to and no source has reported has a code only.',
})
export class Calendar {
  @Field(() => String)
  code!: string;

  @Field(() => String, { nullable: true, description: 'IANA time zone of its periods.' })
  timeZone?: string;

  @Field(() => Float, { nullable: true, description: 'Its value where no period says another.' })
  defaultValue?: number;

  @Field(() => [CalendarPeriod], { description: 'When it has another value than the default.' })
  periods!: readonly CalendarPeriod[];

  @Field(() => Int, { nullable: true, description: REVISION })
  revision?: number;

  @Field(() => Provenance, { nullable: true, description: PROVENANCE })
  provenance!: Provenance | null;
}

export const CalendarConnection = connectionOf(Calendar);
export const CalendarSort = orderByOf('Calendar', ['CODE'], 'What calendars can be sorted by.');

@InputType({ description: FILTER })
export class CalendarFilter {
  @Field(() => [String], { nullable: true })
  code?: string[] | null;
}
