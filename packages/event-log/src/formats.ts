import { FormatRegistry } from '@sinclair/typebox';

/** Registers the string formats that message and event schemas use. Registering again changes nothing. */
export function registerFormats(): void {
  FormatRegistry.Set('date', isDate);
  FormatRegistry.Set('time', isTime);
  FormatRegistry.Set('date-time', isDateTime);
  FormatRegistry.Set('uuid', (text) => UUID.test(text));
}

/** RFC 3339 `full-date` that exists in the calendar: not 2026-02-30. */
function isDate(text: string): boolean {
  const parts = DATE.exec(text);
  if (!parts) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

/** RFC 3339 `full-time`, with its offset, in upper case; leap seconds are refused because JavaScript's dates have none. */
function isTime(text: string): boolean {
  const parts = TIME.exec(text);
  if (!parts) return false;
  const [hour, minute, second, offsetHour = 0, offsetMinute = 0] = parts.slice(1).map(Number);
  return Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60 && offsetHour < 24 && offsetMinute < 60;
}

function isDateTime(text: string): boolean {
  return text[10] === 'T' && isDate(text.slice(0, 10)) && isTime(text.slice(11));
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:Z|[+-](\d{2}):(\d{2}))$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
