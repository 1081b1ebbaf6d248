import { valueFromASTUntyped } from 'graphql';
import type { ConstDirectiveNode } from 'graphql';

/** What a directive is given, by name; an object without a prototype. */
export function directiveArguments(directive: ConstDirectiveNode): Record<string, unknown> {
  const given = Object.create(null) as Record<string, unknown>;
  for (const { name, value } of directive.arguments ?? []) given[name.value] = valueFromASTUntyped(value);
  return given;
}
