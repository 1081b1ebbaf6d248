import { GraphQLError } from 'graphql';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { FieldShape, RuntimeType, SelectionShape, ValueShape } from './response-shape.ts';

/**
 * An error with its path in the client's names, cut where it leaves what the client selected: a fetch also asks for
 * keys and for inputs of `@requires`, whose names are none of the client's business. What a subgraph says there is not
 * told to clients of a contract, which may not have what it speaks of.
 */
export function clientPath(
  error: GraphQLError,
  rootType: RuntimeType,
  shape: SelectionShape,
  { contract }: Pick<Supergraph, 'contract'>,
): GraphQLError {
  const { path } = error;
  if (!path) return error;
  const selected = selectedPath(path, rootType, shape);
  const { code, service } = error.extensions;
  const isHidden = contract !== undefined && selected.length < path.length;
  return new GraphQLError(
    isHidden ? `Subgraph "${String(service)}" failed to give what an answer needs.` : error.message,
    {
      path: selected.length > 0 ? selected : null,
      extensions: isHidden ? { code, service } : error.extensions,
      originalError: error.originalError ?? null,
    },
  );
}

function selectedPath(
  fetched: readonly (string | number)[],
  rootType: RuntimeType,
  rootShape: SelectionShape,
): (string | number)[] {
  const path: (string | number)[] = [];
  let within: readonly FieldShape[] = rootShape.fieldsOf(rootType);
  for (const step of fetched) {
    if (typeof step === 'number') {
      path.push(step);
      continue;
    }
    const fields = within.filter(({ fetchedName }) => fetchedName === step);
    const [field] = fields;
    if (!field) break;
    path.push(field.responseName);
    within = fields.flatMap(({ value }) => fieldsBelow(value));
  }
  return path;
}

function fieldsBelow(value: ValueShape): readonly FieldShape[] {
  if (value.kind === 'nonNull' || value.kind === 'list') return fieldsBelow(value.of);
  return value.kind === 'object' ? value.possible.flatMap((type) => value.selection.fieldsOf(type)) : [];
}
