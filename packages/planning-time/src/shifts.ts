import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import type { CalendarPeriod } from './calendar.ts';
import { LocalTimeSchema, WeekdaysSchema } from './calendar.ts';

/** One shift of a weekly pattern. If `endTime` is not after `startTime`, it runs across midnight into the next day. */
export type Shift = Static<typeof ShiftSchema>;

export const ShiftSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 60 }),
    days: WeekdaysSchema,
    startTime: LocalTimeSchema,
    endTime: LocalTimeSchema,
    crews: Type.Optional(Type.Integer({ minimum: 1, description: 'Crews that work in parallel; 1 unless said.' })),
  },
  { additionalProperties: false },
);

/**
 * The periods of a calendar that a weekly pattern makes; the value is the number of crews. Where shifts overlap, as at
 * a handover, the larger crew counts, not the sum of both.
 *
 * Priorities start at `priority` (100 unless said) and grow with each smaller crew, so that holidays and overtime
 * below it win. `from` and `to` bound the pattern, as in {@link CalendarPeriod}.
 */
export function shiftPeriods(
  shifts: readonly Shift[],
  { priority = 100, ...bounds }: { from?: string; to?: string; priority?: number } = {},
): CalendarPeriod[] {
  const crewSizes = [...new Set(shifts.map(({ crews = 1 }) => crews))].sort((a, b) => b - a);
  return shifts.map(({ days, startTime, endTime, crews = 1 }) => ({
    ...bounds,
    days,
    startTime,
    endTime,
    value: crews,
    priority: priority + crewSizes.indexOf(crews),
  }));
}
