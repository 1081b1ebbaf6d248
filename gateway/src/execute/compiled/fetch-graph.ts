import type { FetchNode, PlanNode, QueryPlanSelectionNode, SubscriptionNode } from '@apollo/query-planner';
import { Kind, parse } from 'graphql';
import type { OperationDefinitionNode } from 'graphql';
import type { FlattenPath } from '../flatten-path.ts';

/** A fetch of a plan, freed from the plan's tree: it may start once all of `after` have ended. */
export interface PlannedFetch {
  readonly id: number;
  readonly service: string;
  readonly operation: OperationDefinitionNode;
  /** Ids of fetches. */
  readonly after: readonly number[];
  /** What an entity fetch sends of each object; undefined for a fetch of root fields. */
  readonly requires: readonly QueryPlanSelectionNode[] | undefined;
  /** Where the objects of an entity fetch are; identical fetches at several places are one. */
  readonly paths: readonly FlattenPath[];
}

/** The plan holds something that is left to the interpreter. The message says what. */
export class NotCompilable extends Error {}

/**
 * The fetches of a plan in an order in which each comes after those that it waits for, with conditions decided.
 * Identical entity fetches that can run at the same time become one, unless its key is in `apart`.
 * Throws {@link NotCompilable}.
 */
export function fetchGraph(
  root: PlanNode | SubscriptionNode | undefined,
  holds: (condition: string) => boolean,
  apart: ReadonlySet<string>,
): PlannedFetch[] {
  const single: Draft[] = [];
  const depthOf = (after: readonly number[]) =>
    after.reduce((depth, id) => Math.max(depth, (single[id]?.depth ?? 0) + 1), 0);

  const add = (node: FetchNode, path: FlattenPath, after: readonly number[]): number[] => {
    if (node.contextRewrites?.length || node.inputRewrites?.length || node.outputRewrites?.length) {
      throw new NotCompilable('rewrites');
    }
    if (!node.requires && path.length > 0) throw new NotCompilable('root fields below the root');
    const id = single.length;
    const depth = depthOf(after);
    const key = node.requires ? JSON.stringify([depth, node.serviceName, node.operation, node.requires]) : `root ${id}`;
    single.push({ id, node, path, after, depth, key });
    return [id];
  };

  const walk = (node: PlanNode, path: FlattenPath, after: readonly number[]): readonly number[] => {
    switch (node.kind) {
      case 'Fetch':
        return add(node, path, after);
      case 'Flatten':
        return walk(node.node, [...path, ...node.path], after);
      case 'Sequence':
        return node.nodes.reduce<readonly number[]>((before, next) => walk(next, path, before), after);
      case 'Parallel':
        return [...new Set(node.nodes.flatMap((next) => walk(next, path, after)))];
      case 'Condition': {
        const branch = holds(node.condition) ? node.ifClause : node.elseClause;
        return branch ? walk(branch, path, after) : after;
      }
      case 'Defer':
        throw new NotCompilable('@defer');
    }
  };
  if (root?.kind === 'Subscription') throw new NotCompilable('a subscription');
  if (root) walk(root, [], []);
  return merged(single, apart);
}

/** The key by which a fetch of the graph can be kept apart. */
export function keyOf(fetch: Pick<PlannedFetch, 'service' | 'operation' | 'requires'>): string {
  return JSON.stringify([fetch.service, fetch.operation.loc?.source.body, fetch.requires]);
}

function merged(single: readonly Draft[], apart: ReadonlySet<string>): PlannedFetch[] {
  const byKey = new Map<string, PlannedFetch & { paths: FlattenPath[]; after: number[] }>();
  const newIds = new Map<number, number>();
  const byDepth = [...single].sort((a, b) => a.depth - b.depth);
  for (const { id, node, path, after, key } of byDepth) {
    const afterNew = [...new Set(after.map((old) => newIds.get(old) ?? -1))];
    const known = byKey.get(key);
    if (known && !apart.has(keyOf(known))) {
      known.paths.push(path);
      known.after.push(...afterNew.filter((each) => !known.after.includes(each)));
      newIds.set(id, known.id);
      continue;
    }
    const fetch = {
      id: byKey.size,
      service: node.serviceName,
      operation: operationOf(node),
      requires: node.requires,
      paths: [path],
      after: afterNew,
    };
    newIds.set(id, fetch.id);
    byKey.set(known ? `${key} ${id}` : key, fetch);
  }
  return [...byKey.values()];
}

function operationOf(node: FetchNode): OperationDefinitionNode {
  const [operation, ...more] = parse(node.operation).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION || more.length > 0) throw new NotCompilable('fragments');
  return operation;
}

interface Draft {
  readonly id: number;
  readonly node: FetchNode;
  readonly path: FlattenPath;
  readonly after: readonly number[];
  readonly depth: number;
  readonly key: string;
}
