import { operationFromDocument } from '@apollo/federation-internals';
import type { QueryPlan } from '@apollo/query-planner';
import { Kind, validate, visit } from 'graphql';
import type { DocumentNode, GraphQLError, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import { BoundedCache } from '../bounded-cache.ts';
import { gatewayError, OperationRefused } from '../errors.ts';
import { limitGuard } from '../guard/limit-guard.ts';
import type { LimitGuard } from '../guard/limit-guard.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { plannedNames } from './planned-names.ts';
import type { PlannedNames } from './planned-names.ts';

/** What an executor needs to run an operation any number of times, with any variables. */
export interface PlannedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly plan: QueryPlan;
  readonly names: PlannedNames;
}

export interface PlanningLimits {
  /** Characters of documents whose plans are kept. */
  readonly planCacheCharacters: number;
}

export const defaultPlanningLimits: PlanningLimits = {
  planCacheCharacters: 4_000_000,
};

export interface OperationPlanner {
  /** Rejects with {@link OperationRefused} a document that is not served. */
  plan(query: string, operationName: string | undefined): Promise<PlannedOperation>;
}

/** Parses, bounds, validates and plans operations on one version of the graph, and keeps what was used last. */
export function createOperationPlanner(
  supergraph: Supergraph,
  limits: PlanningLimits = defaultPlanningLimits,
  guard: LimitGuard = limitGuard(),
): OperationPlanner {
  const cache = new BoundedCache<PlannedOperation>(limits.planCacheCharacters);
  return {
    plan: (query, operationName) =>
      new Promise((resolve) => {
        const key = `${operationName ?? ''}\n${query}`;
        let planned = cache.get(key);
        if (!planned) {
          planned = planOperation(supergraph, guard, query, operationName);
          cache.set(key, planned, key.length);
        }
        resolve(planned);
      }),
  };
}

function planOperation(
  supergraph: Supergraph,
  guard: LimitGuard,
  query: string,
  operationName: string | undefined,
): PlannedOperation {
  const document = guard.parse(query);
  refuseUnsupported(document, supergraph);
  const errors = validate(supergraph.apiSchema, document, undefined, { maxErrors: 20 });
  if (errors.length > 0) throw new OperationRefused(errors.map((error) => invalid(error)));
  const operation = operationNamed(document, operationName);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const names = plannedNames(document, supergraph.joinedNames);
  const planned = names.rename({ kind: Kind.DOCUMENT, definitions: [operation, ...fragments.values()] });
  try {
    const plan = supergraph.planner.buildQueryPlan(
      operationFromDocument(supergraph.federatedApiSchema, planned, { validate: false }),
    );
    return { document, operation, fragments, plan, names };
  } catch (error) {
    throw new OperationRefused([
      gatewayError('OPERATION_NOT_PLANNED', `The operation cannot be planned: ${messageOf(error)}`),
    ]);
  }
}

/** Refuses incremental delivery, and aliases that would pass for the type name that joins rely on. */
function refuseUnsupported(document: DocumentNode, supergraph: Supergraph): void {
  const errors: GraphQLError[] = [];
  visit(document, {
    Directive(node) {
      const { value: name } = node.name;
      if ((name === 'defer' || name === 'stream') && !supergraph.apiSchema.getDirective(name)) {
        errors.push(gatewayError('OPERATION_NOT_SUPPORTED', `This gateway does not offer @${name}.`, { nodes: node }));
      }
    },
    Field(node) {
      if (node.alias?.value === '__typename' && node.name.value !== '__typename') {
        errors.push(
          gatewayError('OPERATION_NOT_SUPPORTED', 'Only the field __typename may be called "__typename".', {
            nodes: node,
          }),
        );
      }
    },
  });
  if (errors.length > 0) throw new OperationRefused(errors);
}

function operationNamed(document: DocumentNode, operationName: string | undefined): OperationDefinitionNode {
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

function invalid(error: GraphQLError): GraphQLError {
  return gatewayError('GRAPHQL_VALIDATION_FAILED', error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
