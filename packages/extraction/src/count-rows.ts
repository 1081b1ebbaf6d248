import type { Graph } from './graph.ts';
import { FIRST, ROWS } from './pageable-query.ts';
import type { Extraction } from './job.ts';

/** About how many rows there are; undefined if that cannot be said. */
export async function countRows(
  graph: Graph,
  { countQuery, variables, asker }: Pick<Extraction, 'countQuery' | 'variables' | 'asker'>,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (countQuery === undefined) return undefined;
  const answer = await graph.run({ query: countQuery, variables: { ...variables, [FIRST]: 1 }, asker }, signal);
  if ('refused' in answer) return undefined;
  const { totalCount } = (answer.data?.[ROWS] ?? {}) as { totalCount?: unknown };
  return typeof totalCount === 'number' ? totalCount : undefined;
}
