import { GraphQLError, visit } from 'graphql';
import type { DocumentNode } from 'graphql';
import { gatewayError } from '../errors.ts';

/** An error for each field that asks for the schema. The name of an object's type, `__typename`, is no such field. */
export function introspectionErrors(document: DocumentNode): readonly GraphQLError[] {
  const known = knownErrors.get(document);
  if (known) return known;
  const errors: GraphQLError[] = [];
  visit(document, {
    Field(nodes) {
      const { value: name } = nodes.name;
      if (name !== '__schema' && name !== '__type') return;
      errors.push(gatewayError('INTROSPECTION_DISABLED', `This gateway does not tell its schema: ${name}.`, { nodes }));
    },
  });
  knownErrors.set(document, errors);
  return errors;
}

/** The documents of operations that are kept come back with every request. */
const knownErrors = new WeakMap<DocumentNode, readonly GraphQLError[]>();

/** The same error without the names of the schema that graphql-js suggests for those that do not exist. */
export function withoutSuggestions(error: GraphQLError): GraphQLError {
  const message = error.message.replace(/ Did you mean [^]*\?$/, '');
  if (message === error.message) return error;
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions: error.extensions,
  });
}
