import { isEnumType } from 'graphql';
import type { GraphQLLeafType } from 'graphql';

/** Sources of regular expressions, each for exactly one JSON value without white space around or inside. */

/** Characters of one regular expression, about; the engine needs stack and time for long ones. */
export const maxPatternLength = 8_000;

const string = String.raw`"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"`;
const integer = String.raw`(?:0|-?[1-9]\d{0,14})`;
/** Of a magnitude that a double holds. */
const float = String.raw`-?(?:0|[1-9]\d{0,19})(?:\.\d+)?(?:[eE][+-]?\d{1,2})?`;
const number = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`;
const scalar = `(?:${string}|${number}|true|false)`;

/** A value that a client may be given for a leaf type. `depth`: how deep the value of a custom scalar may nest. */
export function leafPattern(type: GraphQLLeafType, depth: number): string {
  if (isEnumType(type))
    return `"(?:${type
      .getValues()
      .map(({ name }) => name)
      .join('|')})"`;
  switch (type.name) {
    case 'Int':
      return integer;
    case 'Float':
      return float;
    case 'String':
      return string;
    case 'Boolean':
      return '(?:true|false)';
    case 'ID':
      return `(?:${string}|${integer})`;
    default:
      return customPattern(depth);
  }
}

/** Any JSON value but null that nests no deeper. */
export function customPattern(depth: number): string {
  if (depth === 0) return scalar;
  const inner = nullablePattern(customPattern(depth - 1));
  return `(?:${scalar}|${listPattern(inner)}|${String.raw`\{(?:${string}:${inner}(?:,${string}:${inner})*)?\}`})`;
}

export function listPattern(element: string): string {
  return String.raw`\[(?:${element}(?:,${element})*)?\]`;
}

export function nullablePattern(pattern: string): string {
  return `(?:${pattern}|null)`;
}

export function objectPattern(fields: readonly (readonly [name: string, pattern: string])[]): string {
  return String.raw`\{${fieldsPattern(fields)}\}`;
}

function fieldsPattern(fields: readonly (readonly [name: string, pattern: string])[]): string {
  return fields.map(([name, pattern]) => `"${name}":${pattern}`).join(',');
}
