import { operationFromDocument } from '@apollo/federation-internals';
import type { QueryPlan } from '@apollo/query-planner';
import { GraphQLError, Kind, parse, validate, visit } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import { BoundedCache } from '../bounded-cache.ts';
import { gatewayError, OperationRefused } from '../errors.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { labelDefers } from './deferred-fragments.ts';
import { extentOf } from './operation-extent.ts';
import type { Extent } from './operation-extent.ts';
import { plannedNames } from './planned-names.ts';
import type { PlannedNames } from './planned-names.ts';

/** What an executor needs to run an operation any number of times, with any variables. */
export interface PlannedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly plan: QueryPlan;
  readonly names: PlannedNames;
  /** The client's labels by those of the plan, if anything is deferred. */
  readonly deferLabels?: ReadonlyMap<string, string | undefined> | undefined;
}

export interface PlanningLimits {
  /** Lexical tokens of a document. */
  readonly maxTokens: number;
  /** Selections of an operation after its fragments are written out. */
  readonly maxExpandedFields: number;
  /** Selections within selections, likewise. */
  readonly maxDepth: number;
  /** Characters of documents whose plans are kept. */
  readonly planCacheCharacters: number;
}

export const defaultPlanningLimits: PlanningLimits = {
  maxTokens: 10_000,
  maxExpandedFields: 2_000,
  maxDepth: 200,
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
): OperationPlanner {
  const cache = new BoundedCache<PlannedOperation>(limits.planCacheCharacters);
  return {
    plan: (query, operationName) =>
      new Promise((resolve) => {
        const key = `${operationName ?? ''}\n${query}`;
        let planned = cache.get(key);
        if (!planned) {
          planned = planOperation(supergraph, limits, query, operationName);
          cache.set(key, planned, key.length);
        }
        resolve(planned);
      }),
  };
}

function planOperation(
  supergraph: Supergraph,
  limits: PlanningLimits,
  query: string,
  operationName: string | undefined,
): PlannedOperation {
  const document = parseBounded(query, limits);
  refuseUnsupported(document, supergraph);
  const errors = validate(supergraph.apiSchema, document, undefined, { maxErrors: 20 });
  if (errors.length > 0)
    throw new OperationRefused(errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')));
  const named = operationNamed(document, operationName);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const { operation, deferLabels } = labelDefers(document, named, fragments);
  const names = plannedNames(document, supergraph.joinedNames);
  const planned = names.rename({ kind: Kind.DOCUMENT, definitions: [operation, ...fragments.values()] });
  try {
    const plan = supergraph.planner.buildQueryPlan(
      operationFromDocument(supergraph.federatedApiSchema, planned, { validate: false }),
    );
    return { document, operation, fragments, plan, names, deferLabels };
  } catch (error) {
    throw new OperationRefused([
      gatewayError('OPERATION_NOT_PLANNED', `The operation cannot be planned: ${messageOf(error)}`),
    ]);
  }
}

function parseBounded(query: string, limits: PlanningLimits): DocumentNode {
  let document: DocumentNode;
  let extent: Extent;
  try {
    document = parse(query, { maxTokens: limits.maxTokens });
    extent = extentOf(document);
  } catch (error) {
    if (error instanceof GraphQLError) throw new OperationRefused([withCode(error, 'GRAPHQL_PARSE_FAILED')]);
    // What else parsing throws is the end of the stack.
    throw tooLarge('The document is nested too deeply.');
  }
  const { selections, depth } = extent;
  const { maxExpandedFields, maxDepth } = limits;
  const writtenOut = 'when its fragments are written out';
  if (selections > maxExpandedFields) {
    throw tooLarge(
      `The operation selects ${selections} fields ${writtenOut}; at most ${maxExpandedFields} are allowed.`,
    );
  }
  if (depth > maxDepth) {
    throw tooLarge(`The operation is ${depth} levels deep ${writtenOut}; at most ${maxDepth} are allowed.`);
  }
  return document;
}

function tooLarge(message: string): OperationRefused {
  return new OperationRefused([gatewayError('OPERATION_TOO_LARGE', message)]);
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

function withCode(error: GraphQLError, code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED'): GraphQLError {
  return gatewayError(code, error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
