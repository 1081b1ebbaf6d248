import { GraphQLError, Kind, OperationTypeNode, visit } from 'graphql';
import type {
  ArgumentNode,
  ConstDirectiveNode,
  DirectiveNode,
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  InlineFragmentNode,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';
import { gatewayError, OperationRefused } from '../errors.ts';

/** An operation in which every deferred fragment has a label of its own, and what the client called it. */
export interface LabelledOperation {
  readonly operation: OperationDefinitionNode;
  /** By the labels of the operation; undefined where the client gave none. Undefined if nothing is deferred. */
  readonly deferLabels: ReadonlyMap<string, string | undefined> | undefined;
}

/**
 * Tells deferred fragments apart. Plans name them by label, and a named fragment may be spread in many places: those
 * that defer something are written out. Throws {@link OperationRefused} for what cannot be deferred.
 */
export function labelDefers(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): LabelledOperation {
  if (!hasDefers(document)) return { operation, deferLabels: undefined };
  const errors = labelErrors(document);
  if (errors.length > 0) throw new OperationRefused(errors);

  const deferring = deferringFragments(fragments);
  const deferLabels = new Map<string, string | undefined>();
  const conditions = new Set<string>();

  const writtenOut = (selectionSet: SelectionSetNode, isRoot: boolean): SelectionSetNode => ({
    ...selectionSet,
    selections: selectionSet.selections.map((selection) => selectionOf(selection, isRoot)),
  });
  const selectionOf = (selection: SelectionNode, isRoot: boolean): SelectionNode => {
    if (selection.kind === Kind.FIELD) {
      if (!selection.selectionSet) return selection;
      if (isIntrospection(selection)) return withoutDefers(selection);
      return { ...selection, selectionSet: writtenOut(selection.selectionSet, false) };
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const directives = labelled(selection.directives, selection.selectionSet, isRoot);
      return { ...selection, directives, selectionSet: writtenOut(selection.selectionSet, isRoot) };
    }
    const fragment = fragments.get(selection.name.value);
    const isDeferred = selection.directives?.some(isDefer) ?? false;
    if (!fragment || (!isDeferred && !deferring.has(selection.name.value))) return selection;
    return {
      kind: Kind.INLINE_FRAGMENT,
      ...(selection.loc && { loc: selection.loc }),
      typeCondition: fragment.typeCondition,
      directives: labelled(selection.directives, fragment.selectionSet, isRoot),
      selectionSet: writtenOut(fragment.selectionSet, isRoot),
    } satisfies InlineFragmentNode;
  };
  const labelled = (
    directives: readonly DirectiveNode[] = [],
    selectionSet: SelectionSetNode,
    isRoot: boolean,
  ): DirectiveNode[] =>
    directives.flatMap((directive) => {
      if (!isDefer(directive)) return [directive];
      // What the gateway knows by itself is not worth deferring, and cannot be planned.
      if (isRoot && asksForSchema(selectionSet, fragments)) return [];
      const condition = argumentOf(directive, 'if');
      if (condition?.value.kind === Kind.BOOLEAN && !condition.value.value) return [];
      if (
        operation.operation === OperationTypeNode.SUBSCRIPTION ||
        (isRoot && operation.operation === OperationTypeNode.MUTATION)
      ) {
        throw refused(
          'OPERATION_NOT_SUPPORTED',
          'Nothing can be deferred at the root of a mutation, or within a subscription.',
          directive,
        );
      }
      const isVariable = condition?.value.kind === Kind.VARIABLE;
      if (condition?.value.kind === Kind.VARIABLE) conditions.add(condition.value.name.value);
      const label = `defer_${deferLabels.size}`;
      deferLabels.set(label, clientLabel(directive));
      if (deferLabels.size > maxDeferred || conditions.size > maxConditions) {
        const message = `At most ${maxDeferred} fragments can be deferred, under at most ${maxConditions} variables.`;
        throw refused('OPERATION_TOO_LARGE', message, directive);
      }
      return [{ ...directive, arguments: [labelArgument(label), ...(isVariable ? [condition] : [])] }];
    });

  const labelledOperation = { ...operation, selectionSet: writtenOut(operation.selectionSet, true) };
  return deferLabels.size > 0
    ? { operation: labelledOperation, deferLabels }
    : { operation: labelledOperation, deferLabels: undefined };
}

export function isDefer(directive: DirectiveNode | ConstDirectiveNode): boolean {
  return directive.name.value === 'defer';
}

/** The gateway's own label of a deferred fragment. */
export function labelOf(directive: DirectiveNode): string {
  const label = clientLabel(directive);
  if (label === undefined) throw new Error('a deferred fragment without a label');
  return label;
}

/** Each may hold a fragment back, for which the operation is planned with and without: two to their number. */
const maxConditions = 4;
const maxDeferred = 100;

function hasDefers(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Directive(directive) {
      if (isDefer(directive)) found = true;
    },
  });
  return found;
}

function labelErrors(document: DocumentNode): GraphQLError[] {
  const errors: GraphQLError[] = [];
  const labels = new Set<string>();
  visit(document, {
    Directive(directive) {
      if (!isDefer(directive)) return;
      const value = argumentOf(directive, 'label')?.value;
      if (!value || value.kind === Kind.NULL) return;
      if (value.kind !== Kind.STRING) errors.push(invalid('The label of @defer must be written out.', directive));
      else if (labels.has(value.value)) errors.push(invalid(`Two fragments are labelled "${value.value}".`, directive));
      else labels.add(value.value);
    },
  });
  return errors;
}

/** Names of fragments that defer something, themselves or through others. Validation has refused cycles. */
function deferringFragments(fragments: ReadonlyMap<string, FragmentDefinitionNode>): ReadonlySet<string> {
  const known = new Map<string, boolean>();
  const defers = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    known.set(name, false);
    let found = false;
    const fragment = fragments.get(name);
    if (fragment) {
      visit(fragment, {
        Directive(directive) {
          if (isDefer(directive)) found = true;
        },
        FragmentSpread(spread) {
          if (defers(spread.name.value)) found = true;
        },
      });
    }
    known.set(name, found);
    return found;
  };
  return new Set([...fragments.keys()].filter(defers));
}

function isIntrospection({ name }: FieldNode): boolean {
  return name.value === '__schema' || name.value === '__type';
}

function asksForSchema(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): boolean {
  return selections.some((selection) => {
    if (selection.kind === Kind.FIELD) return isIntrospection(selection);
    const { selectionSet } =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : (fragments.get(selection.name.value) ?? {});
    return selectionSet !== undefined && asksForSchema(selectionSet, fragments);
  });
}

function withoutDefers(field: FieldNode): FieldNode {
  return visit(field, { Directive: (directive) => (isDefer(directive) ? null : undefined) });
}

function argumentOf(directive: DirectiveNode, name: string): ArgumentNode | undefined {
  return directive.arguments?.find((argument) => argument.name.value === name);
}

function clientLabel(directive: DirectiveNode): string | undefined {
  const value = argumentOf(directive, 'label')?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function labelArgument(label: string): ArgumentNode {
  return {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: 'label' },
    value: { kind: Kind.STRING, value: label },
  };
}

function invalid(message: string, node: DirectiveNode): GraphQLError {
  return gatewayError('GRAPHQL_VALIDATION_FAILED', message, { nodes: node });
}

function refused(
  code: 'OPERATION_NOT_SUPPORTED' | 'OPERATION_TOO_LARGE',
  message: string,
  node: DirectiveNode,
): OperationRefused {
  return new OperationRefused([gatewayError(code, message, { nodes: node })]);
}
