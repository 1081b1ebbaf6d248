import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { NotCompilable } from './fetch-graph.ts';
import type { Need } from './object-plan.ts';
import { neededFields } from './source-fields.ts';

/** Only what one fetch needs of what all of them need, if it is there when that fetch starts. */
export function narrowedNeed(
  schema: GraphQLSchema,
  need: Need,
  selections: readonly QueryPlanSelectionNode[] | undefined,
  before: ReadonlySet<number>,
): Need {
  if (need.kind === 'typename') return need;
  if (!before.has(need.fetch)) throw new NotCompilable('a value that comes later');
  if (need.kind === 'text' || !selections) return need;
  const byName = new Map(need.fields.map((each) => [each.name, each]));
  const fields = [...neededFields(schema, selections, need.typeName)].map(([name, inner]) => {
    const field = byName.get(name);
    if (!field) throw new NotCompilable(`no source of ${need.typeName}.${name}`);
    return narrowedNeed(schema, field, inner, before);
  });
  return { ...need, fields };
}
