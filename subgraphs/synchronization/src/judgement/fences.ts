import { addWorkingDays, NoWorkingTimeError, type PlanningCalendar } from '@takt/planning-time';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { timeZoneOf } from '../supply-demand/demand.ts';

/**
 * First days behind the demand time fence and the planning time fence. Counted in working days of the location's calendar,
 * today included: of a fence of five working days the first day behind it is the fifth working day after today. A location
 * without a calendar works from Monday to Friday; one that does not work any more has nothing before `otherwise`.
 */
export function fencesOf(
  facts: UnitFacts,
  today: string,
  otherwise: string,
): { readonly frozenUntil: string; readonly slushyUntil: string } {
  const { itemLocation, calendar = weekdaysOnly(timeZoneOf(facts)) } = facts;
  const frozenUntil = behindFence(calendar, today, itemLocation?.demandTimeFenceDays ?? 0, otherwise);
  const slushyUntil = behindFence(calendar, today, itemLocation?.planningTimeFenceDays ?? 0, otherwise);
  return { frozenUntil, slushyUntil: slushyUntil < frozenUntil ? frozenUntil : slushyUntil };
}

function behindFence(calendar: PlanningCalendar, today: string, days: number, otherwise: string): string {
  try {
    return addWorkingDays(calendar, today, days);
  } catch (error) {
    if (error instanceof NoWorkingTimeError) return otherwise;
    throw error;
  }
}

function weekdaysOnly(timeZone: string): PlanningCalendar {
  const days = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'] as const;
  return { code: 'weekdays', timeZone, defaultValue: 0, periods: [{ days: [...days], value: 1, priority: 1 }] };
}
