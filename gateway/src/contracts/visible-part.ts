import { isTypeDefinitionNode, isTypeExtensionNode, Kind } from 'graphql';
import type {
  DefinitionNode,
  DocumentNode,
  EnumValueDefinitionNode,
  FieldDefinitionNode,
  InputValueDefinitionNode,
  TypeDefinitionNode,
  TypeNode,
} from 'graphql';
import { builtInTypes, typeNameOf } from './named-types.ts';
import { reachableTypes } from './reachable-types.ts';
import { withShownDefaults } from './shown-defaults.ts';

/** What decides which part of a graph is shown. */
export interface Selection {
  /** Of types, fields, arguments, input fields and enum values. */
  isShown(coordinate: string, type: TypeDefinitionNode): boolean;
  /** What an enum shows in the place of a value that is not shown, e.g. in defaults. */
  shownAs(enumName: string, value: string): string | undefined;
  /** Whether a field that leads to nothing that is shown is left out; otherwise it is a fault. */
  readonly leavesOutDeadEnds: boolean;
}

/** What is shown of a graph and can be reached from its root types; with a line for each reason why that is no whole schema. */
export function visiblePart(api: DocumentNode, roots: readonly string[], selection: Selection): VisiblePart {
  const types = new Map<string, TypeDefinitionNode>();
  for (const definition of api.definitions) {
    if (!isTypeDefinitionNode(definition) || !selection.isShown(definition.name.value, definition)) continue;
    const shown = selectMembers(definition, selection);
    if (shown) types.set(definition.name.value, shown);
  }
  if (selection.leavesOutDeadEnds) leaveOutDeadEnds(types);
  const faults = new Set<string>();
  const reached = reachableTypes(types, roots, api, (fault) => faults.add(fault));
  const isThere = (name: string) => reached.has(name);
  const [queryRoot] = roots;
  if (queryRoot !== undefined && !types.has(queryRoot)) faults.add(`nothing of ${queryRoot} is shown`);
  return {
    document: {
      ...api,
      definitions: api.definitions.flatMap((definition): DefinitionNode[] => {
        if (isTypeDefinitionNode(definition)) {
          const shown = isThere(definition.name.value) ? types.get(definition.name.value) : undefined;
          return shown ? [withoutReferences(withShownDefaults(shown, types, selection, faults), isThere)] : [];
        }
        if (definition.kind !== Kind.SCHEMA_DEFINITION) return isTypeExtensionNode(definition) ? [] : [definition];
        return [
          { ...definition, operationTypes: definition.operationTypes.filter(({ type }) => isThere(type.name.value)) },
        ];
      }),
    },
    faults: [...faults],
  };
}

export interface VisiblePart {
  readonly document: DocumentNode;
  readonly faults: readonly string[];
}

/** A type with those of its members that are shown; undefined where a member that every caller must give is not. */
function selectMembers(type: TypeDefinitionNode, selection: Selection): TypeDefinitionNode | undefined {
  const name = type.name.value;
  const select = <Node extends FieldDefinitionNode | InputValueDefinitionNode | EnumValueDefinitionNode>(
    nodes: readonly Node[] | undefined,
    coordinateOf: (node: Node) => string,
  ): Node[] => (nodes ?? []).filter((node) => selection.isShown(coordinateOf(node), type));
  switch (type.kind) {
    case Kind.ENUM_TYPE_DEFINITION:
      return { ...type, values: select(type.values, (value) => `${name}.${value.name.value}`) };
    case Kind.INPUT_OBJECT_TYPE_DEFINITION: {
      const fields = select(type.fields, (field) => `${name}.${field.name.value}`);
      return hasAllRequired(type.fields, fields) ? { ...type, fields } : undefined;
    }
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION: {
      const fields = select(type.fields, (field) => `${name}.${field.name.value}`);
      return {
        ...type,
        fields: fields.flatMap((field) => {
          const given = select(field.arguments, (each) => `${name}.${field.name.value}(${each.name.value}:)`);
          return hasAllRequired(field.arguments, given) ? [{ ...field, arguments: given }] : [];
        }),
      };
    }
    default:
      return type;
  }
}

/** Leaves out, until nothing more is to be left out, what is of a type that is not shown, and types of which nothing is. */
function leaveOutDeadEnds(types: Map<string, TypeDefinitionNode>): void {
  const leads = ({ type }: { readonly type: TypeNode }) =>
    builtInTypes.has(typeNameOf(type)) || types.has(typeNameOf(type));
  for (let settled = false; !settled;) {
    settled = true;
    for (const [name, type] of types) {
      const left = withoutDeadEnds(type, leads, (other) => types.has(other));
      if (left === type) continue;
      settled = false;
      if (left) types.set(name, left);
      else types.delete(name);
    }
  }
}

/** The type itself if nothing was left out; undefined if nothing is left. */
function withoutDeadEnds(
  type: TypeDefinitionNode,
  leads: (of: { readonly type: TypeNode }) => boolean,
  isShown: (name: string) => boolean,
): TypeDefinitionNode | undefined {
  switch (type.kind) {
    case Kind.SCALAR_TYPE_DEFINITION:
      return type;
    case Kind.ENUM_TYPE_DEFINITION:
      return type.values?.length ? type : undefined;
    case Kind.UNION_TYPE_DEFINITION:
      return type.types?.some((member) => isShown(member.name.value)) ? type : undefined;
    case Kind.INPUT_OBJECT_TYPE_DEFINITION: {
      const fields = (type.fields ?? []).filter(leads);
      if (fields.length === 0 || !hasAllRequired(type.fields, fields)) return undefined;
      return fields.length === type.fields?.length ? type : { ...type, fields };
    }
    default: {
      let isWhole = true;
      const fields = (type.fields ?? []).flatMap((field) => {
        const given = (field.arguments ?? []).filter(leads);
        if (!leads(field) || !hasAllRequired(field.arguments, given)) {
          isWhole = false;
          return [];
        }
        if (given.length === (field.arguments?.length ?? 0)) return [field];
        isWhole = false;
        return [{ ...field, arguments: given }];
      });
      if (fields.length === 0) return undefined;
      return isWhole ? type : { ...type, fields };
    }
  }
}

/** Without what the type implements or unites that is not there. */
function withoutReferences(type: TypeDefinitionNode, isThere: (name: string) => boolean): TypeDefinitionNode {
  if (type.kind === Kind.UNION_TYPE_DEFINITION) {
    return { ...type, types: (type.types ?? []).filter(({ name }) => isThere(name.value)) };
  }
  if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) return type;
  return { ...type, interfaces: (type.interfaces ?? []).filter(({ name }) => isThere(name.value)) };
}

/** Whether an argument or input field has to be given. */
export function isRequired({ type, defaultValue }: InputValueDefinitionNode): boolean {
  return type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined;
}

function hasAllRequired(
  all: readonly InputValueDefinitionNode[] | undefined,
  kept: readonly InputValueDefinitionNode[],
): boolean {
  return (all ?? []).every((each) => !isRequired(each) || kept.some(({ name }) => name.value === each.name.value));
}
