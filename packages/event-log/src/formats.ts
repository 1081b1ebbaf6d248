import { FormatRegistry } from '@sinclair/typebox';

/** Registers the string formats that message and event schemas use. Registering again changes nothing. */
export function registerFormats(): void {
  FormatRegistry.Set('date', isDate);
  FormatRegistry.Set('time', (text) => TIME.test(text));
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

function isDateTime(text: string): boolean {
  return text[10] === 'T' && isDate(text.slice(0, 10)) && TIME.test(text.slice(11));
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
/** RFC 3339 `full-time` in upper case, with its offset; no leap seconds, as JavaScript's dates have none. */
const TIME = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
