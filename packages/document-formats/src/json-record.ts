import { FORBIDDEN_NAME, LIMITS } from './limits.ts';
import type { Row } from './row.ts';

type Content =
  { readonly data: Readonly<Record<string, unknown>> } | { readonly fault: { code: string; reason: string } };

/**
 * A record of JSON text. Undefined if it is no JSON. Faults: `NOT_AN_OBJECT`; `FORBIDDEN` (a member called `__proto__`);
 * `TOO_LARGE` (a text); `TOO_DEEP`; `INEXACT`, a number with more digits than could be kept: as text it would keep them.
 */
export function recordOf(text: string): Content | undefined {
  const value = parse(text);
  return value === undefined ? undefined : contentOf(value, text);
}

export function contentOf(value: unknown, text: string): Content {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { fault: { code: 'NOT_AN_OBJECT', reason: 'It is no JSON object.' } };
  }
  const fault = faultIn(value, 1) ?? inexactNumber(text);
  return fault ? { fault } : { data: value as Record<string, unknown> };
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A row as it is told. */
export function rowAt(place: string, content: Content): Row {
  return { place, ...content };
}

function faultIn(value: object, depth: number): { code: string; reason: string } | undefined {
  if (depth > LIMITS.depth) return { code: 'TOO_DEEP', reason: `More than ${LIMITS.depth} levels within each other.` };
  if (Object.hasOwn(value, FORBIDDEN_NAME)) {
    return { code: 'FORBIDDEN', reason: `No member may be called ${FORBIDDEN_NAME}.` };
  }
  for (const part of Object.values(value) as unknown[]) {
    if (typeof part === 'string' && part.length > LIMITS.field) {
      return { code: 'TOO_LARGE', reason: `A text has more than ${LIMITS.field} characters.` };
    }
    const fault = typeof part === 'object' && part !== null ? faultIn(part, depth + 1) : undefined;
    if (fault) return fault;
  }
  return undefined;
}

function inexactNumber(text: string): { code: string; reason: string } | undefined {
  // Nearly no record has as many digits in a row: the rest is spared.
  if (!/\d[\d.]{15}/.test(text)) return undefined;
  for (const [number] of text.replace(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/-?\d[\d.]{15,}(?:[eE][+-]?\d+)?/g)) {
    if (digitsOf(number) !== digitsOf(String(Number(number)))) {
      return { code: 'INEXACT', reason: `${number.slice(0, 60)} has more digits than a JSON number keeps.` };
    }
  }
  return undefined;
}

function digitsOf(number: string): string {
  return number
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
}
