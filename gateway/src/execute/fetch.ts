import type { FetchNode } from '@apollo/query-planner';
import { isObjectType, OperationTypeNode } from 'graphql';
import type { SubgraphReportedError, SubgraphResult } from '../transports/transport.ts';
import { groupByContext } from './contexts.ts';
import { entitiesFault, failedFetch, subgraphError } from './fetch-errors.ts';
import { fixedPart, objectsAt, pathsAt } from './flatten-path.ts';
import type { FlattenPath, ResponsePath } from './flatten-path.ts';
import { getOwn, isResponseObject, mergeInto } from './own-properties.ts';
import type { ResponseObject } from './own-properties.ts';
import { representationsOf } from './representations.ts';
import { applyRewrites, rewritePath } from './rewrites.ts';
import { rootFieldsOf } from './root-fields.ts';
import type { PlanRun } from './run-plan.ts';

/** Runs one fetch of a plan for the objects at a path, and adds what it finds to the run's data and errors. */
export async function runFetch(run: PlanRun, fetch: FetchNode, path: FlattenPath): Promise<void> {
  const objects: ResponseObject[] = [];
  objectsAt(run.data, path, (object) => objects.push(object));
  if (objects.length === 0) return;
  if (fetch.contextRewrites && fetch.requires) {
    const groups = groupByContext(run.supergraph.fullSchema, run.data, path, fetch.contextRewrites);
    await Promise.all(groups.map((group) => fetchEntities(run, fetch, path, group.objects, group.variables)));
  } else if (fetch.requires) await fetchEntities(run, fetch, path, objects, {});
  else await fetchFields(run, fetch, path, objects);
}

/** Adds the result of a root operation of a subgraph to the objects at a path; also for an event of a subscription. */
export function addFields(run: PlanRun, fetch: FetchNode, path: FlattenPath, result: SubgraphResult): void {
  const objects: ResponseObject[] = [];
  objectsAt(run.data, path, (object) => objects.push(object));
  mergeFields(run, fetch, path, objects, result);
}

async function fetchFields(
  run: PlanRun,
  fetch: FetchNode,
  path: FlattenPath,
  objects: ResponseObject[],
): Promise<void> {
  const result = await send(run, fetch, path, variablesOf(run, fetch));
  if (result) mergeFields(run, fetch, path, objects, result);
}

function mergeFields(
  run: PlanRun,
  fetch: FetchNode,
  path: FlattenPath,
  objects: readonly ResponseObject[],
  { data, errors = [] }: SubgraphResult,
): void {
  if (data) {
    if (fetch.outputRewrites) applyRewrites(run.supergraph.fullSchema, fetch.outputRewrites, data);
    for (const object of objects) mergeInto(object, data, run.supergraph.interfaceObjects);
  }
  if (errors.length === 0) return;
  const prefixes = pathsAt(run.data, path);
  for (const error of errors) {
    const below = pathBelow(fetch, error.path ?? []);
    for (const prefix of error.path ? prefixes : data ? [fixedPart(path)] : nulledBy(run, fetch, path)) {
      run.errors.push(subgraphError(fetch.serviceName, error, nonEmpty([...prefix, ...below])));
    }
  }
}

async function fetchEntities(
  run: PlanRun,
  fetch: FetchNode,
  path: FlattenPath,
  objects: readonly (ResponseObject | undefined)[],
  contextVariables: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { fullSchema } = run.supergraph;
  const { distinct, positions } = representationsOf(
    fullSchema,
    objects,
    fetch.requires ?? [],
    fetch.inputRewrites ?? [],
  );
  if (distinct.length === 0) return;
  const result = await send(run, fetch, path, {
    ...variablesOf(run, fetch),
    ...contextVariables,
    representations: distinct,
  });
  if (!result) return;
  const { errors = [] } = result;
  for (const error of errors) addEntityError(run, fetch, path, positions, error);
  const entities = result.data && getOwn(result.data, '_entities');
  if (!Array.isArray(entities) || entities.length !== distinct.length) {
    if (errors.length === 0) {
      const failure = entitiesFault(fetch.serviceName);
      run.errors.push(failedFetch(fetch.serviceName, failure, nonEmpty(fixedPart(path))));
    }
    return;
  }
  for (const entity of entities) {
    if (!isResponseObject(entity)) continue;
    if (fetch.outputRewrites) applyRewrites(fullSchema, fetch.outputRewrites, entity);
    if (!isObjectType(fullSchema.getType(String(getOwn(entity, '__typename'))))) delete entity['__typename'];
  }
  objects.forEach((object, index) => {
    const entity: unknown = entities[positions[index] ?? -1];
    if (object && isResponseObject(entity)) mergeInto(object, entity, run.supergraph.interfaceObjects);
  });
}

function addEntityError(
  run: PlanRun,
  fetch: FetchNode,
  path: FlattenPath,
  positions: readonly number[],
  error: SubgraphReportedError,
): void {
  const [root, position, ...rest] = error.path ?? [];
  if (root !== '_entities' || typeof position !== 'number') {
    run.errors.push(subgraphError(fetch.serviceName, error, nonEmpty(fixedPart(path))));
    return;
  }
  const below = pathBelow(fetch, rest);
  pathsAt(run.data, path).forEach((prefix, index) => {
    if (positions[index] === position) {
      run.errors.push(subgraphError(fetch.serviceName, error, [...prefix, ...below]));
    }
  });
}

async function send(
  run: PlanRun,
  fetch: FetchNode,
  path: FlattenPath,
  variables: Record<string, unknown>,
): Promise<SubgraphResult | undefined> {
  run.signal.throwIfAborted();
  const transport = run.transports.get(fetch.serviceName);
  try {
    if (!transport) throw new Error(`no transport for subgraph "${fetch.serviceName}"`);
    return await transport.execute({
      query: fetch.operation,
      variables,
      operationName: fetch.operationName,
      idempotent: fetch.operationKind !== OperationTypeNode.MUTATION,
      signal: run.signal,
      ...(run.headers && { headers: run.headers }),
      asker: run.asker,
    });
  } catch (error) {
    run.signal.throwIfAborted();
    for (const place of nulledBy(run, fetch, path)) {
      run.errors.push(failedFetch(fetch.serviceName, error, nonEmpty(place)));
    }
    return undefined;
  }
}

/** What is null because a fetch gave nothing at all: each of its root fields, or all that lies at its path. */
function nulledBy(run: PlanRun, fetch: FetchNode, path: FlattenPath): readonly ResponsePath[] {
  if (path.length > 0) return [fixedPart(path)];
  const { names } = run.operation;
  const holds = (variable: string) => getOwn(run.coercedVariables, names.clientVariable(variable)) === true;
  const fields = rootFieldsOf(fetch.operation, holds);
  return fields.length > 0 ? fields.map((field) => pathBelow(fetch, [field])) : [[]];
}

/** The client's variables that a fetch uses, as the client gave them: defaults are in the fetch's own text. */
export function variablesOf(run: Pick<PlanRun, 'operation' | 'variables'>, fetch: FetchNode): Record<string, unknown> {
  const variables: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const name of fetch.variableUsages ?? []) {
    const value = getOwn(run.variables, run.operation.names.clientVariable(name));
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}

function pathBelow(fetch: FetchNode, path: ResponsePath): ResponsePath {
  return fetch.outputRewrites ? rewritePath(fetch.outputRewrites, path) : path;
}

function nonEmpty(path: ResponsePath): ResponsePath | undefined {
  return path.length > 0 ? path : undefined;
}
