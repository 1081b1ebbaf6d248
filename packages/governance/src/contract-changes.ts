import { type Change, type ChangeType, CriticalityLevel, diff } from '@graphql-inspector/core';
import type { Lifecycle } from '@takt/gateway';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { coordinatesOf, elementAt, hasElement, ownerOf } from './schema-coordinates.ts';

/** An element that comes, goes or is warned of, with its life. */
export interface ChangedElement extends Pick<Lifecycle, 'removed' | 'reason' | 'replacement'> {
  readonly coordinate: string;
  readonly description: string | undefined;
  /** The later version that brings the replacement; undefined where that is there already. */
  readonly replacementComesIn: string | undefined;
}

/** What a version is to its consumers after the one before it. */
export interface ContractChanges {
  readonly before: GraphQLSchema;
  readonly after: GraphQLSchema;
  readonly gone: readonly ChangedElement[];
  /** Enum values that are called otherwise now. */
  readonly renamedValues: readonly { readonly enumName: string; readonly was: string; readonly is: string }[];
  readonly deprecated: readonly ChangedElement[];
  readonly added: readonly ChangedElement[];
  /** What else may break a consumer, in graphql-inspector’s words. */
  readonly other: readonly string[];
}

/** Of what belongs to something that comes or goes as a whole, only that is told. */
export async function contractChanges(
  beforeSdl: string,
  afterSdl: string,
  lives: ReadonlyMap<string, Lifecycle>,
): Promise<ContractChanges> {
  const [before, after] = [buildSchema(beforeSdl), buildSchema(afterSdl)];
  const [had, has] = [coordinatesOf(before), coordinatesOf(after)];
  const [hadAlready, hasStill] = [new Set(had), new Set(has)];
  const lost = had.filter((coordinate) => !hasStill.has(coordinate));
  const gained = has.filter((coordinate) => !hadAlready.has(coordinate));
  const renamedValues = gained.flatMap((coordinate) => {
    const [enumName = '', is = ''] = coordinate.split('.');
    const was = lives.get(coordinate)?.formerly;
    return was !== undefined && lost.includes(`${enumName}.${was}`) ? [{ enumName, was, is }] : [];
  });
  const renamed = new Set(
    renamedValues.flatMap(({ enumName, was, is }) => [`${enumName}.${was}`, `${enumName}.${is}`]),
  );
  const changed = (schema: GraphQLSchema, coordinates: readonly string[]) =>
    outermost(coordinates)
      .filter((coordinate) => !renamed.has(coordinate))
      .map((coordinate): ChangedElement => {
        const { removed, reason, replacement } = lives.get(coordinate) ?? {};
        const description = elementAt(schema, coordinate)?.description ?? undefined;
        const isToCome = replacement !== undefined && !hasElement(after, replacement);
        const replacementComesIn = isToCome ? comesIn(replacement, lives) : undefined;
        return { coordinate, description, removed, reason, replacement, replacementComesIn };
      });
  return {
    before,
    after,
    gone: changed(before, lost),
    renamedValues,
    deprecated: changed(
      after,
      has.filter((coordinate) => isDeprecated(after, coordinate) && !isDeprecated(before, coordinate)),
    ),
    added: changed(after, gained),
    other: ((await diff(before, after)) as Parameters<typeof isOther>[0][])
      .filter(isOther)
      .map(({ message }) => message),
  };
}

/** The version from which on an element and what it belongs to are there. */
function comesIn(coordinate: string, lives: ReadonlyMap<string, Lifecycle>): string | undefined {
  const owner = ownerOf(coordinate);
  const dates = [lives.get(coordinate)?.since, owner === undefined ? undefined : comesIn(owner, lives)];
  return dates
    .filter((date) => date !== undefined)
    .toSorted()
    .at(-1);
}

function outermost(coordinates: readonly string[]): string[] {
  const all = new Set(coordinates);
  return coordinates.filter((coordinate) => {
    for (let owner = ownerOf(coordinate); owner !== undefined; owner = ownerOf(owner)) if (all.has(owner)) return false;
    return true;
  });
}

function isDeprecated(schema: GraphQLSchema, coordinate: string): boolean {
  return elementAt(schema, coordinate)?.deprecationReason != null;
}

/** Everything that is added, removed or deprecated is told from the lives already. */
function isOther({ type, criticality }: Change<(typeof ChangeType)[keyof typeof ChangeType]>): boolean {
  return criticality.level !== CriticalityLevel.NonBreaking && !/_(ADDED|REMOVED)$/.test(type);
}
