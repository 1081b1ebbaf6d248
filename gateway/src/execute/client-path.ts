import { GraphQLError } from 'graphql';
import type { RuntimeType, SelectionShape, ValueShape } from './response-shape.ts';

/**
 * Cuts an error's path where it leaves what the client selected: a fetch also asks for keys and for inputs of
 * `@requires`, whose names are none of the client's business.
 */
export function clientPath(error: GraphQLError, rootType: RuntimeType, shape: SelectionShape): GraphQLError {
  const { path } = error;
  if (!path) return error;
  const kept = lengthWithin(path, 0, [rootType], shape);
  if (kept === path.length) return error;
  return new GraphQLError(error.message, {
    path: kept > 0 ? path.slice(0, kept) : null,
    extensions: error.extensions,
    originalError: error.originalError ?? null,
  });
}

function lengthWithin(
  path: readonly (string | number)[],
  from: number,
  types: readonly RuntimeType[],
  shape: SelectionShape,
): number {
  const name = path[from];
  if (name === undefined) return from;
  for (const type of types) {
    const field = shape.fieldsOf(type).find((candidate) => candidate.responseName === name);
    if (!field) continue;
    let next = from + 1;
    while (typeof path[next] === 'number') next++;
    const target = innermost(field.value);
    if (target.kind !== 'object') return next;
    return lengthWithin(path, next, target.possible, target.selection);
  }
  return from;
}

function innermost(value: ValueShape): Exclude<ValueShape, { kind: 'nonNull' } | { kind: 'list' }> {
  return value.kind === 'nonNull' || value.kind === 'list' ? innermost(value.of) : value;
}
