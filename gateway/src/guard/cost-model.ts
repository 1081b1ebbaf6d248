import { costIdentity } from '@apollo/federation-internals';
import type { InterfaceType, ObjectType, Schema, SchemaElement } from '@apollo/federation-internals';

/** What a supergraph says of the cost of its fields, by `@cost` and `@listSize` of IBM's specification. */
export interface CostModel {
  /** By coordinate: `Type`, `Type.field`, `Type.field(argument:)`, `Input.field`. */
  readonly weights: ReadonlyMap<string, number>;
  /** By `Type.field`, of object types; an interface's holds for the types that say nothing themselves. */
  readonly listSizes: ReadonlyMap<string, ListSize>;
}

/** How long the list is that a field returns, or the lists in the fields of what it returns. */
export interface ListSize {
  /** Where no slicing argument is given. */
  readonly assumedSize: number | undefined;
  /** The largest of these that is given. */
  readonly slicingArguments: readonly string[];
  /** Fields of what is returned that are as long; the field itself if there are none. */
  readonly sizedFields: readonly string[];
  readonly requireOneSlicingArgument: boolean;
}

/** Reads the directives under whatever name the supergraph gives them. */
export function costModel(schema: Schema): CostModel {
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSize>();
  const feature = schema.coreFeatures?.getByIdentity(costIdentity);
  if (!feature) return { weights, listSizes };
  const cost = feature.directiveNameInSchema('cost');
  const listSize = feature.directiveNameInSchema('listSize');

  const weigh = (element: { readonly coordinate: string }): void => {
    const weight = argumentsOf(element, cost)?.['weight'];
    if (weight !== undefined) weights.set(element.coordinate, Number(weight));
  };
  const sizeOf = (name: string, types: readonly (ObjectType | InterfaceType)[]): ListSize | undefined => {
    for (const type of types) {
      const field = type.field(name);
      const said = field && argumentsOf(field, listSize);
      if (said) {
        return {
          assumedSize: said['assumedSize'] as number | undefined,
          slicingArguments: (said['slicingArguments'] as string[] | undefined) ?? [],
          sizedFields: (said['sizedFields'] as string[] | undefined) ?? [],
          requireOneSlicingArgument: said['requireOneSlicingArgument'] !== false,
        };
      }
    }
    return undefined;
  };

  for (const type of schema.types()) weigh(type);
  for (const type of schema.inputTypes()) type.fields().forEach(weigh);
  for (const type of schema.objectTypes()) {
    for (const field of type.fields()) {
      weigh(field);
      field.arguments().forEach(weigh);
      const size = sizeOf(field.name, [type, ...type.interfaces()]);
      if (size) listSizes.set(field.coordinate, size);
    }
  }
  return { weights, listSizes };
}

function argumentsOf(element: object, directive: string): Readonly<Record<string, unknown>> | undefined {
  const [applied] = (element as SchemaElement<never, never>).appliedDirectivesOf(directive);
  return applied?.arguments();
}
