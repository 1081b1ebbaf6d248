import {
  getNamedType,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  OperationTypeNode,
  Kind,
  valueFromASTUntyped,
  visit,
  BREAK,
} from 'graphql';
import type {
  ArgumentNode,
  DirectiveNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
  ValueNode,
} from 'graphql';
import { getOwn } from '../execute/own-properties.ts';
import type { CostModel, ListSize } from './cost-model.ts';
import { inputCost, valueCost } from './field-cost.ts';

/** What an operation costs at most with these variables. */
export type CostEstimate = (variables: Variables) => EstimatedCost;

interface EstimatedCost {
  readonly cost: number;
  /** Fields of which the cost cannot be told, and why. */
  readonly faults: readonly string[];
}

/**
 * Works out what depends on no variable once. Takes time linear in the document for each type that its selections may
 * meet, here and for each estimate; fields that are selected twice count twice, of alternatives the dearest one.
 */
export function compileEstimate(
  schema: GraphQLSchema,
  model: CostModel,
  assumedListSize: number,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): CostEstimate {
  const compiler = new EstimateCompiler(schema, model, assumedListSize, fragments);
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) throw new Error(`no ${operation.operation} type`);
  const base = operation.operation === OperationTypeNode.MUTATION ? mutationCost : 0;
  const term = compiler.selections(operation.selectionSet, rootType, undefined);
  return (variables) => {
    const scope: Scope = { variables, memo: [], faults: [] };
    return { cost: base + valueOf(term, scope), faults: scope.faults };
  };
}

const mutationCost = 10;

type Variables = Readonly<Record<string, unknown>>;

/** What is known when the operation is compiled, or a function of what is known when it is asked for. */
type Term = number | ((scope: Scope) => number);

interface Scope {
  readonly variables: Variables;
  readonly memo: (number | undefined)[];
  readonly faults: string[];
}

/** The length of the lists in some fields, as the field around them says. */
interface Sized {
  readonly fields: readonly string[];
  readonly size: Term;
}

class EstimateCompiler {
  readonly #known = new Map<SelectionSetNode, Map<Sized | undefined, Map<GraphQLObjectType, Term>>>();
  #memoized = 0;

  constructor(
    readonly schema: GraphQLSchema,
    readonly model: CostModel,
    readonly assumedListSize: number,
    readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ) {}

  selections(selectionSet: SelectionSetNode, type: GraphQLObjectType, sized: Sized | undefined): Term {
    const bySized = getOrSet(
      this.#known,
      selectionSet,
      () => new Map<Sized | undefined, Map<GraphQLObjectType, Term>>(),
    );
    const byType = getOrSet(bySized, sized, () => new Map<GraphQLObjectType, Term>());
    let term = byType.get(type);
    if (term === undefined) {
      const terms = selectionSet.selections.map((selection) => this.#selection(selection, type, sized));
      term = this.#memo(combined(terms, plus, 0));
      byType.set(type, term);
    }
    return term;
  }

  #selection(selection: SelectionNode, type: GraphQLObjectType, sized: Sized | undefined): Term {
    let term: Term = 0;
    if (selection.kind === Kind.FIELD) term = this.#field(selection, type, sized);
    else {
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
      const condition = fragment?.typeCondition && this.schema.getType(fragment.typeCondition.name.value);
      const applies =
        !condition || condition === type || (isAbstractType(condition) && this.schema.isSubType(condition, type));
      if (fragment && applies) term = this.selections(fragment.selectionSet, type, sized);
    }
    return (selection.directives ?? []).reduce(included, term);
  }

  #field(node: FieldNode, parent: GraphQLObjectType, sized: Sized | undefined): Term {
    const name = node.name.value;
    const field = Object.hasOwn(parent.getFields(), name) ? parent.getFields()[name] : undefined;
    // Types' names and introspection are answered without any subgraph.
    if (!field) return 0;
    const listSize = this.model.listSizes.get(`${parent.name}.${name}`);
    const size = listSize && this.#size(listSize, node, parent, field);
    const sizesFields = listSize !== undefined && listSize.sizedFields.length > 0;
    const below = sizesFields && size !== undefined ? { fields: listSize.sizedFields, size } : undefined;
    const own = sized?.fields.includes(name) ? sized.size : sizesFields ? undefined : size;
    const levels = listLevels(field.type);
    const count: Term =
      levels === 0 ? 1 : combined([own ?? this.assumedListSize, this.assumedListSize ** (levels - 1)], times, 1);
    const once = this.#value(node, parent, field, below);
    const argumentTerms = (node.arguments ?? []).map((argument) => this.#argument(argument, parent, field));
    const all = combined([count, once], times, 1);
    return combined([all, ...argumentTerms], plus, 0);
  }

  #value(node: FieldNode, parent: GraphQLObjectType, field: AnyField, sized: Sized | undefined): Term {
    const { selectionSet } = node;
    const type = getNamedType(field.type);
    if (!selectionSet) return valueCost(this.model, parent, field.name, type);
    const possible = isObjectType(type) ? [type] : isAbstractType(type) ? this.schema.getPossibleTypes(type) : [];
    const terms = possible.map((each) =>
      combined([valueCost(this.model, parent, field.name, each), this.selections(selectionSet, each, sized)], plus, 0),
    );
    return combined(terms, Math.max, 0);
  }

  #argument({ name, value }: ArgumentNode, parent: GraphQLObjectType, field: AnyField): Term {
    const argument = field.args.find((each) => each.name === name.value);
    if (!argument) return 0;
    const coordinate = `${parent.name}.${field.name}(${argument.name}:)`;
    return fromValue(value, (given) => inputCost(this.model, coordinate, argument.type, given));
  }

  #size(listSize: ListSize, node: FieldNode, parent: GraphQLObjectType, field: AnyField): Term {
    const { assumedSize, requireOneSlicingArgument } = listSize;
    // A contract may show some of them only.
    const slicingArguments = listSize.slicingArguments.filter((name) => field.args.some((each) => each.name === name));
    const given = slicingArguments.map((name): Term => {
      const argument = node.arguments?.find((each) => each.name.value === name);
      const byDefault = lengthOf(field.args.find((each) => each.name === name)?.defaultValue);
      if (!argument) return byDefault;
      if (argument.value.kind !== Kind.VARIABLE) return fromValue(argument.value, lengthOf);
      const variable = argument.value.name.value;
      return ({ variables }) => {
        const value = getOwn(variables, variable);
        return value === undefined ? byDefault : lengthOf(value);
      };
    });
    const otherwise = assumedSize ?? this.assumedListSize;
    const size: Term = (scope) => {
      const lengths = given.map((term) => valueOf(term, scope)).filter((length) => !Number.isNaN(length));
      if (requireOneSlicingArgument && slicingArguments.length > 0 && lengths.length !== 1) {
        scope.faults.push(`${parent.name}.${field.name} needs exactly one of: ${slicingArguments.join(', ')}`);
      }
      return lengths.length > 0 ? Math.max(...lengths) : otherwise;
    };
    if (given.some((term) => typeof term !== 'number')) return this.#memo(size);
    const now: Scope = { variables: {}, memo: [], faults: [] };
    const known = size(now);
    return now.faults.length > 0 ? this.#memo(size) : known;
  }

  /** Works out a function once for each estimate. */
  #memo(term: Term): Term {
    if (typeof term === 'number') return term;
    const index = this.#memoized++;
    return (scope) => (scope.memo[index] ??= term(scope));
  }
}

type AnyField = GraphQLField<unknown, unknown>;

function valueOf(term: Term, scope: Scope): number {
  return typeof term === 'number' ? term : term(scope);
}

function combined(terms: readonly Term[], combine: (one: number, other: number) => number, start: number): Term {
  let known = start;
  const unknown: ((scope: Scope) => number)[] = [];
  for (const term of terms) {
    if (typeof term === 'number') known = combine(known, term);
    else unknown.push(term);
  }
  if (unknown.length === 0) return known;
  return (scope) => unknown.reduce((value, term) => combine(value, term(scope)), known);
}

function plus(one: number, other: number): number {
  return one + other;
}

/** Nothing of the dearest is nothing. */
function times(one: number, other: number): number {
  return one === 0 || other === 0 ? 0 : one * other;
}

function included(term: Term, directive: DirectiveNode): Term {
  const { value: name } = directive.name;
  const value = directive.arguments?.[0]?.value;
  if ((name !== 'skip' && name !== 'include') || !value) return term;
  const wanted = name === 'include';
  const condition = fromValue(value, (given) => ((given === true) === wanted ? 1 : 0));
  if (typeof condition === 'number') return condition === 1 ? term : 0;
  return (scope) => (condition(scope) === 1 ? valueOf(term, scope) : 0);
}

function fromValue(node: ValueNode, use: (value: unknown) => number): Term {
  if (!hasVariable(node)) return use(valueFromASTUntyped(node));
  return ({ variables }) => use(valueFromASTUntyped(node, variables));
}

function hasVariable(node: ValueNode): boolean {
  let found = false;
  visit(node, {
    Variable() {
      found = true;
      return BREAK;
    },
  });
  return found;
}

/** NaN for what is no length. */
function lengthOf(value: unknown): number {
  return typeof value === 'number' ? Math.max(0, value) : NaN;
}

function listLevels(type: GraphQLOutputType): number {
  if (isNonNullType(type)) return listLevels(type.ofType);
  return isListType(type) ? 1 + listLevels(type.ofType) : 0;
}

function getOrSet<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
