import { Kind, parse, print, visit } from 'graphql';
import type { ArgumentNode, DocumentNode, FieldNode, OperationDefinitionNode } from 'graphql';
import type { BoundOperation } from '../execute/executor.ts';
import { variablesOf } from '../execute/fetch.ts';
import { getOwn, isResponseObject } from '../execute/own-properties.ts';
import type { PlannedOperation } from '../plan/operation-planner.ts';
import type { SubgraphResult } from '../transports/transport.ts';
import type { ResumableFields, ResumeConvention } from './resumable-fields.ts';

/** What is asked of the subgraph that has the events of a subscription. */
export interface UpstreamOperation {
  readonly serviceName: string;
  readonly query: string;
  readonly operationName: string | undefined;
  /** Undefined if the subscription cannot be resumed. */
  readonly resume: Resume | undefined;
}

/** Works out what a plan of a subscription asks of the subgraph; with the event's cursor, if it has one. */
export function upstreamOf(
  planned: PlannedOperation,
  fields: ResumableFields,
  convention: ResumeConvention,
): UpstreamOperation {
  const { serviceName, operation: query, operationName } = primaryOf(planned);
  const plain = { serviceName, query, operationName, resume: undefined };
  const document = parse(query, { noLocation: true });
  const field = onlyField(document);
  if (!field?.selectionSet || !fields.get(field.name.value)?.has(serviceName)) return plain;
  const initial = field.arguments?.find(({ name }) => name.value === convention.argument)?.value;
  const selected = field.selectionSet.selections.some(
    (node) =>
      node.kind === Kind.FIELD && node.name.value === convention.field && !node.alias && !node.directives?.length,
  );
  const resume: Resume = {
    variable: unusedName('resume_after', query),
    payload: (field.alias ?? field.name).value,
    responseName: selected ? convention.field : unusedName('resume_cursor', query),
    isAdded: !selected,
    initial,
  };
  return { ...plain, query: print(resumable(document, field, resume, convention)), resume };
}

/** The variables of the upstream that begins right behind `cursor`; from now on, if that is undefined. */
export function upstreamVariables(
  { resume }: UpstreamOperation,
  { planned, variables }: BoundOperation,
  cursor: string | undefined,
): Record<string, unknown> {
  const given = variablesOf({ operation: planned, variables }, primaryOf(planned));
  return resume && cursor !== undefined ? { ...given, [resume.variable]: cursor } : given;
}

/** Where the client wants to begin; undefined for from now on. */
export function initialCursor({ resume }: UpstreamOperation, bound: BoundOperation): string | undefined {
  const value = resume?.initial;
  const cursor =
    value?.kind === Kind.VARIABLE
      ? getOwn(bound.coercedVariables, bound.planned.names.clientVariable(value.name.value))
      : value?.kind === Kind.STRING
        ? value.value
        : undefined;
  return typeof cursor === 'string' ? cursor : undefined;
}

/** Takes the cursor out of an event: what the client did not ask for does not stay. */
export function takeCursor(resume: Resume, { data }: SubgraphResult): string | undefined {
  const payload = data ? getOwn(data, resume.payload) : undefined;
  if (!isResponseObject(payload)) return undefined;
  const cursor = getOwn(payload, resume.responseName);
  if (resume.isAdded) Reflect.deleteProperty(payload, resume.responseName);
  return typeof cursor === 'string' ? cursor : undefined;
}

/** The place to resume from that a subgraph tells instead of an event. */
export function placeOf({ data, errors, extensions }: SubgraphResult): string | undefined {
  if (data !== undefined || errors !== undefined || !isResponseObject(extensions)) return undefined;
  const place = getOwn(extensions, 'place');
  return typeof place === 'string' ? place : undefined;
}

function primaryOf({ plan: { node } }: PlannedOperation) {
  if (node?.kind !== 'Subscription') throw new Error('not the plan of a subscription');
  return node.primary;
}

/** The only field of a subscription, if it is always asked for. */
function onlyField(document: DocumentNode): FieldNode | undefined {
  const [field, ...others] = operationOf(document)?.selectionSet.selections ?? [];
  return others.length === 0 && field?.kind === Kind.FIELD && !field.directives?.length ? field : undefined;
}

function operationOf(document: DocumentNode): OperationDefinitionNode | undefined {
  return document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
}

/** The document with its field's place to begin in a variable of ours, and with the payload's cursor. */
function resumable(
  document: DocumentNode,
  field: FieldNode,
  resume: Resume,
  convention: ResumeConvention,
): DocumentNode {
  const name = (value: string) => ({ kind: Kind.NAME, value }) as const;
  const variable = { kind: Kind.VARIABLE, name: name(resume.variable) } as const;
  const after: ArgumentNode = { kind: Kind.ARGUMENT, name: name(convention.argument), value: variable };
  const cursor: FieldNode = { kind: Kind.FIELD, alias: name(resume.responseName), name: name(convention.field) };
  const others = field.arguments?.filter((argument) => argument.name.value !== convention.argument) ?? [];
  const changed: FieldNode = {
    ...field,
    arguments: [...others, after],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [...(field.selectionSet?.selections ?? []), ...(resume.isAdded ? [cursor] : [])],
    },
  };
  const rewritten = visit(document, { Field: (node) => (node === field ? changed : undefined) });
  const used = new Set<string>();
  visit(rewritten, {
    VariableDefinition: () => false,
    Variable: (node) => void used.add(node.name.value),
  });
  return visit(rewritten, {
    OperationDefinition: (node) => ({
      ...node,
      variableDefinitions: [
        ...(node.variableDefinitions ?? []).filter((definition) => used.has(definition.variable.name.value)),
        {
          kind: Kind.VARIABLE_DEFINITION,
          variable,
          type: { kind: Kind.NAMED_TYPE, name: name('String') },
        },
      ],
    }),
  });
}

function unusedName(name: string, text: string): string {
  return text.includes(name) ? unusedName(`${name}_`, text) : name;
}

export interface Resume {
  /** Of the upstream operation: the cursor to go on behind. */
  readonly variable: string;
  /** Response name of the subscription's field. */
  readonly payload: string;
  /** Response name of the payload's cursor. */
  readonly responseName: string;
  /** Whether the gateway asks for the cursor on its own account. */
  readonly isAdded: boolean;
  /** What the client's operation says about the place to begin. */
  readonly initial: ArgumentNode['value'] | undefined;
}
