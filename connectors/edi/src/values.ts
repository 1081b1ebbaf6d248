import { decimal } from '@takt/quantity';
import { ProblemError, type Line, type LineData, type Problem } from './record.ts';
import type { Segment } from './segment.ts';

/** Undefined if there is nothing. */
export function text(segment: Segment, element: number, component = 1): string | undefined {
  const value = segment.value(element, component).trim();
  return value === '' ? undefined : value;
}

/** Throws ProblemError. */
export function required(segment: Segment, element: number, component = 1): string {
  return text(segment, element, component) ?? fail(segment, 'MISSING_ELEMENT', 'It is missing', element, component);
}

/** Canonical decimal, undefined if there is nothing. A comma is a decimal mark as well (ISO 9735). Throws ProblemError. */
export function amount(segment: Segment, element: number, component = 1): string | undefined {
  const told = text(segment, element, component);
  if (told === undefined) return undefined;
  const plain = told.replace(',', '.');
  if (plain.length <= 20 && PLAIN.test(plain)) return decimal(plain);
  return fail(segment, 'BAD_NUMBER', `${quoted(told)} is no number`, element, component);
}

const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)$/;

/** As amount; neither missing nor negative. */
export function requiredAmount(segment: Segment, element: number, component = 1): string {
  required(segment, element, component);
  const value = amount(segment, element, component) ?? '0';
  if (value.startsWith('-')) fail(segment, 'BAD_NUMBER', `${value} is negative`, element, component);
  return value;
}

/** ISO date of CCYYMMDD or YYMMDD, undefined if there is nothing. Throws ProblemError. */
export function date(segment: Segment, element: number, component = 1): string | undefined {
  const told = text(segment, element, component);
  if (told === undefined) return undefined;
  return isoDate(told) ?? fail(segment, 'BAD_DATE', `${quoted(told)} is no date`, element, component);
}

/** Of CCYYMMDD, YYMMDD (of this century), or either with a time behind it that does not count. */
export function isoDate(told: string): string | undefined {
  const digits = /^\d{6}$/.test(told) ? `20${told}` : told;
  const found = /^(\d{4})(\d\d)(\d\d)(\d{4}(\d\d)?)?$/.exec(digits);
  if (!found) return undefined;
  const [, year = '', month = '', day = ''] = found;
  const iso = `${year}-${month}-${day}`;
  const parsed = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(iso) ? iso : undefined;
}

export function fail(
  segment: Segment,
  kind: Problem['kind'],
  what: string,
  element?: number,
  component?: number,
): never {
  const composite = component !== undefined && component > 1 ? `-${component}` : '';
  const name = element === undefined ? segment.tag : `${segment.tag}${String(element).padStart(2, '0')}${composite}`;
  throw new ProblemError({ segment, element, component, kind, reason: `${name}: ${what}.` });
}

export function quoted(told: string): string {
  return JSON.stringify(told.length > 40 ? `${told.slice(0, 40)}…` : told);
}

/** The segments before the first of a tag, and those from each of them up to the next. */
export function sections(segments: readonly Segment[], tag: string, ends: readonly string[]) {
  const head: Segment[] = [];
  const parts: Segment[][] = [];
  for (const segment of segments) {
    if (ends.includes(segment.tag)) break;
    if (segment.tag === tag) parts.push([segment]);
    else (parts.at(-1) ?? head).push(segment);
  }
  return { head, parts };
}

/** Each part by itself: one that cannot be read leaves the others alone. */
export function readLines(parts: readonly Segment[][], read: (part: Segment[], first: Segment) => LineData): Line[] {
  return parts.flatMap((part): Line[] => {
    const [segment] = part;
    if (segment === undefined) return [];
    try {
      return [{ segment, data: read(part, segment) }];
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return [{ segment, problem: error.problem }];
    }
  });
}
