import { getNamedType, isInputObjectType, Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import type { FragmentDefinitionNode, GraphQLInputType, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Lifecycle } from '../contracts/lifecycle.ts';

/** That an operation uses what its contract warns of: the earliest of the dates of all such elements, `YYYY-MM` each. */
export interface Deprecations {
  readonly deprecated: string;
  /** Undefined if none of them is known to go. */
  readonly removed: string | undefined;
}

/**
 * What an operation uses that is deprecated in the contract whose schema this is, and whose life says since when: fields,
 * arguments, and what its text names of input fields and enum values. Undefined if it uses nothing of that kind.
 */
export function deprecationsOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Deprecations | undefined {
  let found: Deprecations | undefined;
  const note = (element: Deprecatable | null | undefined): void => {
    if (element?.deprecationReason == null) return;
    const { deprecated, removed } = (element.extensions['lifecycle'] ?? {}) as Lifecycle;
    if (deprecated === undefined) return;
    found = {
      deprecated: earliest(found?.deprecated, deprecated) ?? deprecated,
      removed: earliest(found?.removed, removed),
    };
  };
  const pending: (OperationDefinitionNode | FragmentDefinitionNode)[] = [operation];
  const seen = new Set<string>();
  for (let node = pending.pop(); node; node = pending.pop()) {
    const types = new TypeInfo(schema);
    visit(
      node,
      visitWithTypeInfo(types, {
        enter(within) {
          if (within.kind === Kind.FIELD) note(types.getFieldDef());
          else if (within.kind === Kind.ARGUMENT) note(types.getArgument());
          else if (within.kind === Kind.OBJECT_FIELD) note(inputFieldOf(types.getParentInputType(), within.name.value));
          else if (within.kind === Kind.ENUM) note(types.getEnumValue());
          else if (within.kind === Kind.FRAGMENT_SPREAD && !seen.has(within.name.value)) {
            seen.add(within.name.value);
            const fragment = fragments.get(within.name.value);
            if (fragment) pending.push(fragment);
          }
        },
      }),
    );
  }
  return found;
}

function inputFieldOf(type: GraphQLInputType | null | undefined, name: string): Deprecatable | undefined {
  const named = getNamedType(type);
  return isInputObjectType(named) ? named.getFields()[name] : undefined;
}

interface Deprecatable {
  readonly deprecationReason?: string | null | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
}

function earliest(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}
