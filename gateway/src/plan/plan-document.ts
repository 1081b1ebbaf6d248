import { operationFromDocument } from '@apollo/federation-internals';
import type { QueryPlan } from '@apollo/query-planner';
import { GraphQLError, isInterfaceType, isObjectType, Kind, validate } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import { gatewayError, OperationRefused } from '../errors.ts';
import type { GatewayErrorCode } from '../errors.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { withoutConditions } from './conditions.ts';
import { labelDefers } from './deferred-fragments.ts';
import { unresolvableFetch } from './entity-keys.ts';
import { withInputArguments } from './input-arguments.ts';
import { withObjectTypesOnly, withoutEmptyObjects } from './planned-document.ts';
import { fieldWithoutInputs } from './required-fields.ts';
import type { PlanVariant } from './plan-key.ts';
import { plannedNames } from './planned-names.ts';

/**
 * Validates a document and plans one of its operations: the part of preparing an operation whose time its size does not
 * bound. The plan is plain data. Throws {@link OperationRefused}.
 */
export function planDocument(
  supergraph: Supergraph,
  document: DocumentNode,
  operationName: string | undefined,
  { overrideLabels, conditions }: PlanVariant = { overrideLabels: [], conditions: {} },
): QueryPlan {
  const errors = validationErrors(supergraph, document);
  if (errors.some(({ message }) => message === comparisonsUsedUp)) {
    const message = 'Too many fields of the operation share a response name: it is not worked out whether they fit.';
    throw new OperationRefused([gatewayError('OPERATION_TOO_LARGE', message)]);
  }
  if (errors.length > 0) {
    throw new OperationRefused(errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')));
  }
  const fragments = fragmentsOf(document);
  const { operation } = labelDefers(document, operationNamed(document, operationName), fragments);
  const names = plannedNames(document, supergraph.joinedNames);
  const planned = withoutEmptyObjects(
    withoutConditions(
      names.rename({ kind: Kind.DOCUMENT, definitions: [operation, ...fragments.values()] }),
      (variable) => conditions[names.clientVariable(variable)],
    ),
  );
  const overrideConditions = new Map(overrideLabels.map((label) => [label, true]));
  const plan = (written: DocumentNode): QueryPlan => {
    const made = supergraph.planner.buildQueryPlan(
      operationFromDocument(supergraph.federatedApiSchema, written, { validate: false }),
      { overrideConditions },
    );
    const lost = unresolvableFetch(made, supergraph.resolvableKeys, (typeName) => interfacesOf(supergraph, typeName));
    if (lost !== undefined) throw new Error(`no key leads to ${lost}`);
    const uncomputable = fieldWithoutInputs(made, supergraph);
    if (uncomputable !== undefined) throw new Error(`what it requires does not get to ${uncomputable}`);
    return withInputArguments(made, supergraph.requiredInputs);
  };
  try {
    return plan(planned);
  } catch {
    // Said in another way it may be planned.
  }
  try {
    return plan(withObjectTypesOnly(planned, supergraph.apiSchema));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperationRefused([gatewayError('OPERATION_NOT_PLANNED', `The operation cannot be planned: ${reason}`)]);
  }
}

function interfacesOf({ fullSchema }: Supergraph, typeName: string): readonly string[] {
  const type = fullSchema.getType(typeName);
  return isObjectType(type) || isInterfaceType(type) ? type.getInterfaces().map(({ name }) => name) : [];
}

function validationErrors(supergraph: Supergraph, document: DocumentNode): readonly GraphQLError[] {
  try {
    return validate(supergraph.apiSchema, document, undefined, { maxErrors: 20 });
  } catch (error) {
    // The rule for subscriptions decides conditions on variables without knowing them, and throws.
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}
/** What graphql-js says when it ends the comparing of fields with each other, whose number is quadratic. */
const comparisonsUsedUp = 'Validation aborted.';

/** Throws {@link OperationRefused} if the name, or its absence, does not decide. */
export function operationNamed(document: DocumentNode, operationName: string | undefined): OperationDefinitionNode {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [first] = operations;
  if (operationName === undefined && first && operations.length === 1) return first;
  const named = operations.find((operation) => operation.name?.value === operationName);
  if (operationName !== undefined && named) return named;
  const reason =
    operationName === undefined
      ? 'The document has several operations: say which one to run with operationName.'
      : `The document has no operation "${operationName}".`;
  throw new OperationRefused([gatewayError('GRAPHQL_VALIDATION_FAILED', reason)]);
}

export function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return fragments;
}

/** The error, at the same place, with a code. */
function withCode(error: GraphQLError, code: GatewayErrorCode): GraphQLError {
  return gatewayError(code, error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
  });
}
