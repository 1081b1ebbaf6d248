/** An entity as it goes over the wire. */
export type Wire = Readonly<Record<string, unknown>>;

/**
 * Reads a `$filter` of comparisons with and, or and parentheses
 * (https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html#sec_SystemQueryOptionfilter).
 * Throws RangeError for anything else.
 */
export function readFilter(text: string): (entity: Wire) => boolean {
  const tokens = text.match(TOKENS)?.filter((token) => token.trim() !== '') ?? [];
  let at = 0;
  const next = () => tokens[at++] ?? fail(text);
  const either = (): Test => {
    const tests = [both()];
    for (; tokens[at] === 'or'; tests.push(both())) at += 1;
    return (entity) => tests.some((test) => test(entity));
  };
  const both = (): Test => {
    const tests = [one()];
    for (; tokens[at] === 'and'; tests.push(one())) at += 1;
    return (entity) => tests.every((test) => test(entity));
  };
  const one = (): Test => {
    const token = next();
    if (token === '(') {
      const test = either();
      if (next() !== ')') fail(text);
      return test;
    }
    const compare = COMPARISONS[next()] ?? fail(text);
    const literal = readLiteral(next(), text);
    return (entity) => compare(order(comparable(entity[token]), literal));
  };
  const test = either();
  if (at < tokens.length) fail(text);
  return test;
}

type Test = (entity: Wire) => boolean;

const TOKENS = /(?:datetimeoffset|datetime|guid)?'(?:[^']|'')*'|[()]|[^\s()']+|\s+/g;

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (result) => result === 0,
  ne: (result) => result !== 0,
  gt: (result) => result > 0,
  ge: (result) => result >= 0,
  lt: (result) => result < 0,
  le: (result) => result <= 0,
};

function readLiteral(token: string, filter: string): string | number | boolean {
  const [, type, text] = /^(datetimeoffset|datetime|guid)?'([\s\S]*)'$/.exec(token) ?? [];
  if (text !== undefined) {
    if (type === 'datetimeoffset') return Date.parse(text);
    if (type === 'datetime') return Date.parse(`${text}Z`);
    return text.replaceAll("''", "'");
  }
  if (token === 'true' || token === 'false') return token === 'true';
  if (/^\d{4}-\d{2}-\d{2}/.test(token)) return Date.parse(token);
  return /^-?\d+(\.\d+)?$/.test(token) ? Number(token) : fail(filter);
}

function comparable(value: unknown): unknown {
  const [, ms] = /^\/Date\((-?\d+)/.exec(String(value)) ?? [];
  return ms === undefined ? value : Number(ms);
}

function order(value: unknown, literal: string | number | boolean): number {
  const left = typeof literal === 'number' && typeof value === 'string' ? timeOrNumber(value) : value;
  if (left === literal) return 0;
  return (left as string) < (literal as string) ? -1 : 1;
}

function timeOrNumber(text: string): number {
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number(text);
}

function fail(filter: string): never {
  throw new RangeError(`Invalid filter: ${filter}`);
}
