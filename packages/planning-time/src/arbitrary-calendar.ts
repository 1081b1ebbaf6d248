import fc from 'fast-check';
import type { CalendarPeriod, PlanningCalendar } from './calendar.ts';
import { WEEKDAYS } from './calendar.ts';

/** Zones of every temper: none, whole hours, a half-hour DST shift, a change at midnight, an odd offset. */
const anyTimeZone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Havana',
  'Asia/Kathmandu',
  'Africa/Cairo',
  '+05:45',
);

const twoDigits = (value: number): string => String(value).padStart(2, '0');
const anyTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 59))
  .map(([hours, minutes]) => `${twoDigits(hours)}:${twoDigits(minutes)}`);

/** A local date or date-time within the fortnight around a date. */
const anyLocal = (around: string): fc.Arbitrary<string> =>
  fc.tuple(fc.integer({ min: -7, max: 7 }), fc.option(anyTime, { nil: undefined })).map(([days, time]) => {
    const date = new Date(Date.parse(`${around}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
    return time === undefined ? date : `${date}T${time}`;
  });

const anyPeriod = (around: string): fc.Arbitrary<CalendarPeriod> =>
  fc
    .record(
      {
        from: anyLocal(around),
        to: anyLocal(around),
        days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
        startTime: anyTime,
        endTime: anyTime,
        value: fc.integer({ min: 0, max: 3 }),
        priority: fc.integer({ min: 0, max: 3 }),
      },
      { requiredKeys: ['days', 'value', 'priority'] },
    )
    .filter(({ from, to }) => from === undefined || to === undefined || dateTime(from) <= dateTime(to));

export const anyCalendar = (around: string): fc.Arbitrary<PlanningCalendar> =>
  fc.record({
    code: fc.constantFrom('PLANT', 'MACHINE'),
    timeZone: anyTimeZone,
    defaultValue: fc.constantFrom(0, 0, 1),
    periods: fc.array(anyPeriod(around), { maxLength: 5 }),
  });

/** `YYYY-MM-DDTHH:MM`, so that local dates and date-times compare as strings. */
export function dateTime(text: string): string {
  return text.includes('T') ? text.slice(0, 16) : `${text}T00:00`;
}
