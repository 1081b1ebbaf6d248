import {
  getNamedType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import type {
  DirectiveNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLInterfaceType,
  GraphQLLeafType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
  InlineFragmentNode,
  SelectionNode,
  SelectionSetNode,
  ValueNode,
} from 'graphql';
import { isDefer, labelOf } from '../plan/deferred-fragments.ts';
import { getOwn } from './own-properties.ts';

/** What the client's selections ask of an object, by the object's type; worked out when first needed. */
export interface SelectionShape {
  fieldsOf(type: RuntimeType): readonly FieldShape[];
  /** The fragments that are left for later parts of the response. */
  deferredOf(type: RuntimeType): readonly DeferredShape[];
}

export interface DeferredShape {
  readonly label: string;
  /** The type that an object must turn out to have, where that is not known yet: see {@link RuntimeType}. */
  readonly condition: string | undefined;
  readonly selection: SelectionShape;
}

export interface FieldShape {
  readonly responseName: string;
  /** The name under which the plan fetches it. */
  readonly fetchedName: string;
  readonly parentType: RuntimeType;
  readonly fieldName: string;
  /** `typename` and `introspection` are answered by the gateway itself. */
  readonly kind: 'value' | 'typename' | 'introspection';
  readonly value: ValueShape;
  readonly nodes: readonly FieldNode[];
}

export type ValueShape =
  | { readonly kind: 'nonNull'; readonly of: ValueShape; readonly typeName: string }
  | { readonly kind: 'list'; readonly of: ValueShape; readonly typeName: string }
  | {
      readonly kind: 'leaf';
      readonly type: GraphQLLeafType;
      readonly typeName: string;
      readonly shownAs: ShownAs | undefined;
    }
  | {
      readonly kind: 'object';
      readonly type: RuntimeType | undefined;
      readonly selection: SelectionShape;
      readonly typeName: string;
      /** The type that every such object has; undefined where the object's own `__typename` decides. */
      readonly only: GraphQLObjectType | undefined;
      /** All types that such an object may have. */
      readonly possible: readonly GraphQLObjectType[];
    };

/** Usually an object type; an interface where a subgraph with `@interfaceObject` knows no more and the client asked no more. */
export type RuntimeType = GraphQLObjectType | GraphQLInterfaceType;

/**
 * Works out the response of an operation against the API schema, for one set of values of its conditions: all of it in
 * one, or, `inParts`, with `@defer` observed.
 */
export function responseShape(
  schema: GraphQLSchema,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  selectionSet: SelectionSetNode,
  variables: Readonly<Record<string, unknown>>,
  fetchedName: (node: FieldNode) => string,
  inParts = false,
): SelectionShape {
  return selectionShape({ schema, fragments, variables, fetchedName, inParts }, [selectionSet]);
}

/** The variables that decide `@skip`, `@include` and `@defer` in an operation or its fragments. */
export function conditionVariables(roots: Iterable<SelectionSetNode>): string[] {
  const names = new Set<string>();
  const walk = (selectionSet: SelectionSetNode): void => {
    for (const selection of selectionSet.selections) {
      for (const directive of selection.directives ?? []) {
        const value = isCondition(directive) || isDefer(directive) ? conditionOf(directive) : undefined;
        if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet) walk(selection.selectionSet);
    }
  };
  for (const root of roots) walk(root);
  return [...names].sort();
}

interface ShapeContext {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly fetchedName: (node: FieldNode) => string;
  readonly inParts: boolean;
}

interface CollectedFields {
  readonly fields: readonly FieldShape[];
  readonly deferred: readonly DeferredShape[];
}

function selectionShape(context: ShapeContext, selectionSets: readonly SelectionSetNode[]): SelectionShape {
  const known = new Map<string, CollectedFields>();
  const collected = (type: RuntimeType): CollectedFields => {
    let fields = known.get(type.name);
    if (!fields) known.set(type.name, (fields = collectFields(context, type, selectionSets)));
    return fields;
  };
  return { fieldsOf: (type) => collected(type).fields, deferredOf: (type) => collected(type).deferred };
}

function collectFields(
  context: ShapeContext,
  type: RuntimeType,
  selectionSets: readonly SelectionSetNode[],
): CollectedFields {
  const collected = new Map<string, [FieldNode, ...FieldNode[]]>();
  const deferred: DeferredShape[] = [];
  const spread = new Set<string>();
  const collect = (selectionSet: SelectionSetNode): void => {
    for (const selection of selectionSet.selections) {
      if (!isIncluded(context, selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        const nodes = collected.get(name);
        if (nodes) nodes.push(selection);
        else collected.set(name, [selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        const belongs = condition === undefined || belongsTo(context.schema, type, condition);
        const label = deferredLabel(context, selection);
        if (label === undefined) {
          if (belongs) collect(selection.selectionSet);
        } else if (belongs || isInterfaceType(type)) {
          deferred.push({ label, condition, selection: selectionShape(context, [selection.selectionSet]) });
        }
      } else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        const fragment = context.fragments.get(selection.name.value);
        if (fragment && belongsTo(context.schema, type, fragment.typeCondition.name.value)) {
          collect(fragment.selectionSet);
        }
      }
    }
  };
  for (const selectionSet of selectionSets) collect(selectionSet);
  const fields = [...collected].map(([responseName, nodes]) => fieldShape(context, type, responseName, nodes));
  return { fields, deferred };
}

function fieldShape(
  context: ShapeContext,
  parentType: RuntimeType,
  responseName: string,
  nodes: readonly [FieldNode, ...FieldNode[]],
): FieldShape {
  const [first] = nodes;
  const fieldName = first.name.value;
  const definition = metaFields.find(({ name }) => name === fieldName) ?? parentType.getFields()[fieldName];
  if (!definition) throw new Error(`${parentType.name}.${fieldName} is not in the API schema`);
  const kind = fieldName === '__typename' ? 'typename' : fieldName.startsWith('__') ? 'introspection' : 'value';
  const isComposite = isCompositeType(getNamedType(definition.type));
  const selection = isComposite
    ? selectionShape(
        context,
        nodes.flatMap((node) => node.selectionSet ?? []),
      )
    : undefined;
  return {
    responseName,
    fetchedName: context.fetchedName(first),
    parentType,
    fieldName,
    kind,
    value: valueShape(context.schema, definition.type, selection),
    nodes,
  };
}

const metaFields = [TypeNameMetaFieldDef, SchemaMetaFieldDef, TypeMetaFieldDef];

function valueShape(schema: GraphQLSchema, type: GraphQLOutputType, selection: SelectionShape | undefined): ValueShape {
  const typeName = String(type);
  if (isNonNullType(type)) return { kind: 'nonNull', of: valueShape(schema, type.ofType, selection), typeName };
  if (isListType(type)) return { kind: 'list', of: valueShape(schema, type.ofType, selection), typeName };
  if (isLeafType(type)) return { kind: 'leaf', type, typeName, shownAs: shownAsOf(type) };
  if (!selection) throw new Error(`${typeName} without a selection`);
  return {
    kind: 'object',
    type: isObjectType(type) || isInterfaceType(type) ? type : undefined,
    only: isObjectType(type) ? type : undefined,
    possible: isObjectType(type) ? [type] : schema.getPossibleTypes(type),
    selection,
    typeName,
  };
}

/** Whether an object of a type is one of another, named. */
export function belongsTo(schema: GraphQLSchema, type: RuntimeType, condition: string): boolean {
  if (type.name === condition) return true;
  const conditionType = schema.getType(condition);
  return (
    conditionType !== undefined &&
    isCompositeType(conditionType) &&
    !isObjectType(conditionType) &&
    schema.isSubType(conditionType, type)
  );
}

function isIncluded({ variables }: ShapeContext, { directives = [] }: SelectionNode): boolean {
  return isIncludedBy(directives, (variable) => getOwn(variables, variable) === true);
}

/** What `@skip` and `@include` say, given which variables are true. */
export function isIncludedBy(directives: readonly DirectiveNode[], holds: (variable: string) => boolean): boolean {
  return directives.every((directive) => {
    if (!isCondition(directive)) return true;
    return isTrue(conditionOf(directive), holds) === (directive.name.value === GraphQLIncludeDirective.name);
  });
}

/** The label of a fragment that is left for a later part; named fragments that defer something are written out. */
function deferredLabel(context: ShapeContext, { directives = [] }: InlineFragmentNode): string | undefined {
  const directive = context.inParts ? directives.find(isDefer) : undefined;
  if (!directive) return undefined;
  const condition = conditionOf(directive);
  const holds = (variable: string) => getOwn(context.variables, variable) === true;
  return condition === undefined || isTrue(condition, holds) ? labelOf(directive) : undefined;
}

function conditionOf(directive: DirectiveNode): ValueNode | undefined {
  return directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
}

function isTrue(value: ValueNode | undefined, holds: (variable: string) => boolean): boolean {
  if (value?.kind === Kind.VARIABLE) return holds(value.name.value);
  return value?.kind === Kind.BOOLEAN && value.value;
}

function isCondition(directive: DirectiveNode): boolean {
  return directive.name.value === GraphQLSkipDirective.name || directive.name.value === GraphQLIncludeDirective.name;
}

/** Values that an enum shows in the place of values that the graph answers, by the latter. */
export type ShownAs = Readonly<Record<string, string>>;

/** Undefined if values are shown as they are. */
export function shownAsOf(type: GraphQLLeafType): ShownAs | undefined {
  return isEnumType(type) ? (type.extensions['shownAs'] as ShownAs | undefined) : undefined;
}

/** Whether a value may be given to clients for a leaf type. Custom scalars are the subgraphs' business. */
export function isLeafValue(type: GraphQLLeafType, value: unknown): boolean {
  if (isEnumType(type)) return typeof value === 'string' && type.getValue(value) !== undefined;
  switch (type.name) {
    case 'Int':
      return Number.isInteger(value);
    case 'Float':
      return typeof value === 'number' && Number.isFinite(value);
    case 'String':
      return typeof value === 'string';
    case 'Boolean':
      return typeof value === 'boolean';
    case 'ID':
      return typeof value === 'string' || Number.isInteger(value);
    default:
      return true;
  }
}
