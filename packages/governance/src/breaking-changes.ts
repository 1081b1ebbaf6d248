import { type Change, ChangeType, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { isDeprecated, isOnlyUsedWhereDeprecated } from './deprecated-elements.ts';
import type { Finding } from './finding.ts';

/** A live version as its consumers see it. */
export interface LiveVersion {
  readonly version: string;
  readonly sdl: string;
}

/**
 * What the coming version (`nextSdl`) takes from consumers who move on to it without having told them. `live`: the oldest
 * first; the last is the stable one, whose own changes against older ones were judged when it was released.
 */
export async function checkBreakingChanges(live: readonly LiveVersion[], nextSdl: string): Promise<Finding[]> {
  const next = buildSchema(nextSdl);
  const versions = live.map(({ version, sdl }) => ({ version, schema: buildSchema(sdl) }));
  const stable = versions.at(-1);
  if (!stable) return [];
  const findings: Finding[] = [];
  const told = new Set<string>();
  for (const { version, schema } of versions.toReversed()) {
    const settled = schema === stable.schema ? [] : await breaking(schema, stable.schema);
    for (const change of settled) told.add(keyOf(change));
    for (const change of await breaking(schema, next)) {
      if (told.has(keyOf(change)) || isAnnounced(change, [schema, stable.schema])) continue;
      told.add(keyOf(change));
      findings.push({
        check: 'breaking changes',
        severity: 'error',
        where: change.path ?? 'schema',
        message: `${change.message} (${version} → next)`,
        whatToDo: remedy(change),
      });
    }
  }
  return findings;
}

/** Its generic parameter is `any` unless given. */
type GivenChange = Change<(typeof ChangeType)[keyof typeof ChangeType]>;

async function breaking(from: GraphQLSchema, to: GraphQLSchema): Promise<GivenChange[]> {
  const changes = (await diff(from, to)) as GivenChange[];
  return changes.filter(({ type, criticality }) => criticality.level === CriticalityLevel.Breaking || JOINS.has(type));
}

/** Consumers’ exhaustive switches over the members of a union do not know a new one. */
const JOINS: ReadonlySet<string> = new Set([ChangeType.UnionMemberAdded, ChangeType.ObjectTypeInterfaceAdded]);

const REMOVALS: ReadonlySet<string> = new Set([
  ChangeType.FieldRemoved,
  ChangeType.FieldArgumentRemoved,
  ChangeType.InputFieldRemoved,
  ChangeType.EnumValueRemoved,
]);

function isAnnounced({ type, path = '' }: GivenChange, versions: readonly GraphQLSchema[]): boolean {
  if (REMOVALS.has(type)) return versions.some((schema) => isDeprecated(schema, path));
  if (type === ChangeType.TypeRemoved || type === ChangeType.UnionMemberRemoved) {
    const [typeName = ''] = path.split('.');
    return versions.some((schema) => isOnlyUsedWhereDeprecated(schema, typeName));
  }
  return false;
}

function remedy({ type }: GivenChange): string {
  if (REMOVALS.has(type) || type === ChangeType.TypeRemoved || type === ChangeType.UnionMemberRemoved) {
    return 'Announce it first: let a released version have it @lifecycle(deprecated: "…", removed: "…", replacement: "…"), and remove it in a later one.';
  }
  if (JOINS.has(type)) return 'Consumers switch over the types they know: give the new type a field of its own.';
  if (type === ChangeType.FieldArgumentAdded || type === ChangeType.InputFieldAdded) {
    return 'Make it optional, or give it a default value.';
  }
  return 'Leave it as it is, add an element with another name @lifecycle(since: "…"), and deprecate this one in its favour.';
}

function keyOf({ type, path = '', message }: GivenChange): string {
  return `${type} ${path} ${message}`;
}
