import { DAY_MS, toLocalDate } from './local-date.ts';
import { offsetAt } from './zone.ts';

/** The date on which an RFC 3339 instant falls in a time zone. Throws a RangeError for an unknown zone. */
export function localDateAt(timeZone: string, instant: string): string {
  const milliseconds = Date.parse(instant);
  return toLocalDate(Math.floor((milliseconds + offsetAt(timeZone, milliseconds)) / DAY_MS));
}
