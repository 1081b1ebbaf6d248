import { Kind, parse, validate } from 'graphql';
import type { GraphQLSchema } from 'graphql';

/** An operation that shows consumers how something is asked. */
export interface Example {
  /** Of its file, without the ending. */
  readonly name: string;
  readonly title: string;
  /** Plain text, a paragraph each. */
  readonly explanation: readonly string[];
  readonly query: string;
  /** Dates may be `TODAY` and so many days before or after it, e.g. `TODAY+28`: see {@link variablesOn}. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Reads an example: comments first, of which the first line is the title, and one that begins with `variables:` has
 * those as JSON; then one operation. Throws an Error that names what is wrong.
 */
export function readExample(name: string, text: string): Example {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  const [title, ...comments] = lines.slice(0, end).map((line) => line.slice(1).trim());
  if (!title) throw new Error(`The example ${name} does not begin with "# TITLE".`);
  const given = comments.find((line) => line.startsWith('variables:'));
  const explanation = comments.filter((line) => line !== given).join('\n');
  const query = lines.slice(end).join('\n').trim();
  const operations = parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operations.length !== 1) throw new Error(`The example ${name} must have one operation.`);
  return {
    name,
    title,
    explanation: explanation.split(/\n{2,}/).flatMap((paragraph) => paragraph.replace(/\n/g, ' ').trim() || []),
    query,
    variables: given === undefined ? {} : variablesOf(name, given.slice('variables:'.length)),
  };
}

/** An example is one of a contract in which it is valid. */
export function isExampleOf(example: Example, schema: GraphQLSchema): boolean {
  return validate(schema, parse(example.query)).length === 0;
}

/** The variables of an example as they are on a day, `YYYY-MM-DD`. */
export function variablesOn({ variables }: Example, today: string): Readonly<Record<string, unknown>> {
  const dated = (_key: string, value: unknown): unknown => {
    const found = typeof value === 'string' ? /^TODAY([+-]\d+)?$/.exec(value) : null;
    if (!found) return value;
    const [, days = '0'] = found;
    return new Date(Date.parse(today) + Number(days) * dayMs).toISOString().slice(0, 10);
  };
  return JSON.parse(JSON.stringify(variables), dated) as Readonly<Record<string, unknown>>;
}

const dayMs = 24 * 60 * 60 * 1000;

function variablesOf(name: string, json: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(json) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new Error(`The variables of the example ${name} are not JSON.`, { cause: error });
  }
}
