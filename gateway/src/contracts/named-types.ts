import { Kind, specifiedScalarTypes } from 'graphql';
import type { TypeNode } from 'graphql';

/** The name of the type that lists and non-nulls are of. */
export function typeNameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : typeNameOf(type.type);
}

/** Scalars that every schema has without a definition. */
export const builtInTypes: ReadonlySet<string> = new Set(specifiedScalarTypes.map(({ name }) => name));
