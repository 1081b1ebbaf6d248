import { Kind, parse } from 'graphql';
import type { Finding } from './finding.ts';
import { type OwnersFile, parseOwnersFile } from './owners-file.ts';

/** A subgraph as it describes itself. */
export interface SubgraphText {
  readonly name: string;
  readonly sdl: string;
}

interface Ownership {
  readonly owner: string;
  /** Which system’s word counts about it. */
  readonly systemOfRecord: string;
}

/** Whether every type has an owner and a system of record, and `schema/owners.yml` names nothing that does not exist. */
export function checkOwnership(ownersText: string, subgraphs: readonly SubgraphText[]): Finding[] {
  let owners;
  try {
    owners = parseOwnersFile(ownersText);
  } catch (error) {
    return [fault('the file', error instanceof Error ? error.message : String(error))];
  }
  const typesOf = new Map(subgraphs.map(({ name, sdl }) => [name, new Set(typesDeclaredBy(sdl))]));
  return [...unowned(owners, typesOf), ...homeless(owners, typesOf), ...unknownNames(owners, typesOf)];
}

/** Who answers for a type as this subgraph has it; undefined if nobody does. */
function ownershipOf(owners: OwnersFile, subgraph: string, type: string): Ownership | undefined {
  if (owners.shared.types.includes(type)) return owners.shared;
  const of = owners.subgraphs[subgraph];
  return of && { owner: of.owner, systemOfRecord: of.systemOfRecord, ...of.types?.[type] };
}

type TypesOf = ReadonlyMap<string, ReadonlySet<string>>;

function unowned(owners: OwnersFile, typesOf: TypesOf): Finding[] {
  return [...typesOf].flatMap(([subgraph, types]) =>
    [...types]
      .filter((type) => !ownershipOf(owners, subgraph, type))
      .map((type) => fault(type, `has no owner and no system of record in ${subgraph}`)),
  );
}

function homeless(owners: OwnersFile, typesOf: TypesOf): Finding[] {
  const all = new Set([...typesOf.values()].flatMap((types) => [...types]));
  return [...all].flatMap((type) => {
    const homes = [...typesOf].filter(([, types]) => types.has(type)).map(([subgraph]) => subgraph);
    const home = owners.homes[type];
    if (home !== undefined) {
      return homes.includes(home) ? [] : [fault(type, `its home is ${home}, which does not declare it`)];
    }
    if (homes.length < 2 || owners.shared.types.includes(type)) return [];
    return [fault(type, `is in ${homes.join(' and ')}, and has no home that answers for it as a whole`)];
  });
}

function unknownNames(owners: OwnersFile, typesOf: TypesOf): Finding[] {
  const claims = [
    { of: 'shared', ...owners.shared },
    ...Object.entries(owners.subgraphs).flatMap(([subgraph, { types = {}, ...own }]) => [
      { of: subgraph, ...own },
      ...Object.entries(types).map(([type, claim]) => ({ of: type, ...claim })),
    ]),
  ];
  const all = new Set([...typesOf.values()].flatMap((types) => [...types]));
  const given = Object.entries(owners.subgraphs);
  return [
    ...claims.flatMap(({ of, owner, systemOfRecord }) => [
      ...(owner === undefined || owner in owners.owners ? [] : [fault(of, `there is no owner "${owner}"`)]),
      ...(systemOfRecord === undefined || systemOfRecord in owners.systemsOfRecord
        ? []
        : [fault(of, `there is no system of record "${systemOfRecord}"`)]),
    ]),
    ...given.flatMap(([subgraph, { types = {} }]) => {
      const declared = typesOf.get(subgraph);
      if (!declared) return [{ ...fault(subgraph, 'there is no such subgraph'), severity: 'warning' } as const];
      return Object.keys(types)
        .filter((type) => !declared.has(type))
        .map((type) => fault(type, `${subgraph} declares no such type`));
    }),
    ...[...owners.shared.types, ...Object.keys(owners.homes)]
      .filter((type) => !all.has(type))
      .map((type) => fault(type, 'no subgraph declares such a type')),
  ];
}

function fault(where: string, message: string): Finding {
  const whatToDo = 'Say in schema/owners.yml who answers for it, and which system its facts come from.';
  return { check: 'ownership', severity: 'error', where, message, whatToDo };
}

/** What composition makes of them, `link__Import` and the like, is nobody’s. */
function typesDeclaredBy(sdl: string): string[] {
  return parse(sdl, { noLocation: true }).definitions.flatMap((definition) =>
    DECLARATIONS.has(definition.kind) &&
    'name' in definition &&
    definition.name &&
    !definition.name.value.includes('__')
      ? [definition.name.value]
      : [],
  );
}

const DECLARATIONS: ReadonlySet<string> = new Set([
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.OBJECT_TYPE_EXTENSION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.UNION_TYPE_DEFINITION,
  Kind.ENUM_TYPE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
  Kind.SCALAR_TYPE_DEFINITION,
]);
