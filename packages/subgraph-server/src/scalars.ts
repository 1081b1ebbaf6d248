import { decimal } from '@takt/quantity';
import { GraphQLScalarType, Kind } from 'graphql';
import { fault } from './errors.ts';

/** `YYYY-MM-DD` in the calendar of the location that it is about. */
export const DateScalar = stringScalar(
  'Date',
  'A calendar day, `YYYY-MM-DD`, in the time zone of the location that it is about.',
  'https://datatracker.ietf.org/doc/html/rfc3339#section-5.6',
  (text) => {
    const parsed = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
    if (!parsed || Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== text) {
      throw new TypeError('must be a day of the calendar, written YYYY-MM-DD');
    }
    return text;
  },
);

/** RFC 3339, always given in UTC. */
export const DateTimeScalar = stringScalar(
  'DateTime',
  'An instant, RFC 3339, e.g. `2026-11-23T08:00:00Z`.',
  'https://datatracker.ietf.org/doc/html/rfc3339#section-5.6',
  (text) => {
    const parsed = new Date(text);
    if (
      !/^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.test(text) ||
      Number.isNaN(parsed.getTime())
    ) {
      throw new TypeError('must be an instant with its offset from UTC, e.g. 2026-11-23T08:00:00Z');
    }
    if (DateScalar.parseValue(text.slice(0, 10)) !== text.slice(0, 10))
      throw new TypeError('must be a day of the calendar');
    return parsed.toISOString();
  },
);

/** An exact decimal number as a string, so that no client rounds it unawares. */
export const DecimalScalar = stringScalar(
  'Decimal',
  'An exact decimal number, written as a string without exponent, e.g. `"12.5"`.',
  undefined,
  (text) => decimal(text),
);

function stringScalar(
  name: string,
  description: string,
  specifiedByURL: string | undefined,
  parse: (text: string) => string,
): GraphQLScalarType<string, string> {
  const parseValue = (value: unknown): string => {
    if (typeof value !== 'string' && !(name === 'Decimal' && typeof value === 'number')) {
      throw fault('BAD_USER_INPUT', `${name} must be a string, got ${typeof value}.`);
    }
    try {
      return parse(String(value));
    } catch (error) {
      throw fault('BAD_USER_INPUT', `${name} ${JSON.stringify(value)} ${(error as Error).message}`);
    }
  };
  return new GraphQLScalarType({
    name,
    description,
    specifiedByURL: specifiedByURL ?? null,
    serialize: (value) => String(value),
    parseValue,
    parseLiteral: (node) => {
      const literal =
        node.kind === Kind.STRING || (name === 'Decimal' && (node.kind === Kind.INT || node.kind === Kind.FLOAT));
      if (!literal) throw fault('BAD_USER_INPUT', `${name} must be a string.`);
      return parseValue(node.value);
    },
  });
}
