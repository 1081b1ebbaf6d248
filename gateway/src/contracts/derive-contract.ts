import {
  buildASTSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
  validateSchema,
} from 'graphql';
import type { GraphQLArgument, GraphQLSchema } from 'graphql';
import type { Contract } from './contract.ts';
import type { Audience } from './contract-list.ts';
import { contractPart } from './contract-part.ts';
import type { ContractPart } from './contract-part.ts';
import type { GraphSource } from './graph-source.ts';

/**
 * Derives the API schema that a version shows, of the whole graph or to an audience. Throws Error with a line for each
 * reason if that would be no valid schema.
 */
export function deriveSchema(source: GraphSource, version: string, audience?: Audience): GraphQLSchema {
  const { document, faults, shownAs, lives } = contractPart(source, version, audience);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  const errors = validateSchema(schema);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  annotate(schema, lives, shownAs);
  return schema;
}

/** The SDL of a contract, in alphabetical order, with `@deprecated`. */
export function contractSdl({ schema }: Pick<Contract, 'schema'>): string {
  return printSchema(lexicographicSortSchema(schema));
}

function annotate(schema: GraphQLSchema, lives: ContractPart['lives'], shownAs: ContractPart['shownAs']): void {
  const note = (element: { extensions: Readonly<Record<string, unknown>> }, coordinate: string): void => {
    const lifecycle = lives.get(coordinate);
    if (lifecycle) element.extensions = { ...element.extensions, lifecycle };
  };
  for (const type of Object.values(schema.getTypeMap())) {
    note(type, type.name);
    if (isEnumType(type)) {
      const mapped = shownAs.get(type.name);
      if (mapped) type.extensions = { ...type.extensions, shownAs: mapped };
      for (const value of type.getValues()) note(value, `${type.name}.${value.name}`);
    } else if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) note(field, `${type.name}.${field.name}`);
    } else if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        note(field, `${type.name}.${field.name}`);
        for (const argument of field.args as GraphQLArgument[]) {
          note(argument, `${type.name}.${field.name}(${argument.name}:)`);
        }
      }
    }
  }
}
