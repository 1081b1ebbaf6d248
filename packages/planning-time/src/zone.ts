import { Temporal } from 'temporal-polyfill';

/** A stretch of time during which a zone keeps one offset from UTC; all in milliseconds, half-open. */
export interface OffsetSpan {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** The offsets of a zone over [from, to), without gap or overlap. Throws a RangeError for an unknown zone. */
export function offsetSpans(timeZone: string, from: number, to: number): OffsetSpan[] {
  const spans: OffsetSpan[] = [];
  for (let year = yearOf(from); from < to && year <= yearOf(to - 1); year++) {
    for (const span of spansOfYear(timeZone, year)) {
      const start = Math.max(span.start, from);
      const end = Math.min(span.end, to);
      if (start < end) spans.push({ start, end, offset: span.offset });
    }
  }
  return spans;
}

/** Offset from UTC at an instant, in milliseconds. */
export function offsetAt(timeZone: string, instant: number): number {
  const span = spansOfYear(timeZone, yearOf(instant)).find(({ end }) => instant < end);
  return span?.offset ?? 0;
}

const years = new Map<string, readonly OffsetSpan[]>();
const MOST_YEARS = 2000;

/** Asking Temporal for a transition costs about a millisecond, so each year of a zone is asked for once. */
function spansOfYear(timeZone: string, year: number): readonly OffsetSpan[] {
  const key = `${timeZone} ${String(year)}`;
  const known = years.get(key);
  if (known !== undefined) return known;
  const spans = computeYear(timeZone, startOfYear(year), startOfYear(year + 1));
  if (years.size >= MOST_YEARS) years.clear();
  years.set(key, spans);
  return spans;
}

function computeYear(timeZone: string, yearStart: number, yearEnd: number): OffsetSpan[] {
  const spans: OffsetSpan[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(yearStart).toZonedDateTimeISO(timeZone);
  for (let start = yearStart; start < yearEnd; start = at.epochMilliseconds) {
    const offset = at.offsetNanoseconds / 1e6;
    const next = at.getTimeZoneTransition('next');
    const end = Math.min(next?.epochMilliseconds ?? yearEnd, yearEnd);
    spans.push({ start, end, offset });
    if (next === null) break;
    at = next;
  }
  return spans;
}

function yearOf(instant: number): number {
  return new Date(instant).getUTCFullYear();
}

function startOfYear(year: number): number {
  return new Date(0).setUTCFullYear(year);
}
