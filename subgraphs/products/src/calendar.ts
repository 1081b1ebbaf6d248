import type { Static } from '@sinclair/typebox';
import { defineMasterRecord } from '@takt/intake';
import { PlanningCalendarSchema } from '@takt/planning-time';

/** Data of `CalendarReported`: working time or capacity over time, as {@link PlanningCalendarSchema} describes it. */
export const CalendarRecord = PlanningCalendarSchema;
export type CalendarRecord = Static<typeof CalendarRecord>;

export const calendar = defineMasterRecord({
  noun: 'Calendar',
  collection: { name: 'calendars', indexes: [['code']] },
  key: (record: CalendarRecord) => record.code,
  data: CalendarRecord,
});
