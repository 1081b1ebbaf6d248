import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parse } from 'yaml';

const Text = Type.String({ minLength: 1 });
const strict = { additionalProperties: false };

const StyleException = Type.Object(
  {
    rule: Type.String({ minLength: 1, description: 'As in the report, e.g. `graphql/relay-connection-types`.' }),
    element: Type.String({ minLength: 1, description: 'Coordinate, e.g. `DeadLetterConnection` or `Query.product`.' }),
    reason: Text,
  },
  strict,
);

const RulesFile = Type.Object({ exceptions: Type.Array(StyleException) }, strict);

/** An element that a rule does not hold for, and why. */
export type StyleException = Static<typeof StyleException>;

/** Reads `schema/rules.yml`. Throws Error with what is wrong. */
export function parseStyleExceptions(text: string): readonly StyleException[] {
  const rules: unknown = parse(text);
  if (Value.Check(RulesFile, rules)) return rules.exceptions;
  const first = Value.Errors(RulesFile, rules).First();
  throw new Error(`${first?.path || '/'}: ${first?.message ?? 'wrong'}`);
}
