import { Kind } from 'graphql';
import type { ContractList } from './contract-list.ts';
import { contractPart, shownValue } from './contract-part.ts';
import { elementsOf } from './graph-elements.ts';
import type { Element } from './graph-elements.ts';
import { epochOf } from './graph-source.ts';
import type { GraphSource } from './graph-source.ts';
import { isInVersion } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { isRequired } from './visible-part.ts';

/**
 * Where the lives of a graph's elements contradict themselves or each other, and where a version or an audience would
 * see no whole schema: a line each, none if all is well. Looked at are the versions of the list and, without one, all
 * between whose dates something changes.
 */
export function lifecycleFaults(source: GraphSource, list: ContractList | undefined): string[] {
  const elements = new Map([...elementsOf(source.api)].map((element) => [element.coordinate, element]));
  const isThere = (coordinate: string, version: string): boolean => {
    const element = elements.get(coordinate);
    if (!element) return false;
    return ancestorsOf(coordinate).every((each) => isInVersion(source.lives.get(each) ?? {}, version));
  };
  const versions = list ? [...list.releases.map(({ version }) => version), list.next] : ['0000-01', ...source.dates];
  const faults = [...source.faults];
  for (const [coordinate, life] of source.lives) {
    const found = [
      ...contradictions(life),
      ...replacementFaults(life, isThere, versions.at(-1) ?? ''),
      ...deprecationFaults(life, elements.get(coordinate)),
      ...requiredFaults(life, elements.get(coordinate)),
      ...formerlyFaults(coordinate, life, { source, elements, versions, isThere }),
    ];
    faults.push(...found.map((fault) => `${coordinate}: ${fault}`));
  }
  if (faults.length > 0 || (source.lives.size === 0 && !list)) return faults;
  // Versions that show the same have the same faults.
  const distinct = new Map([...versions].reverse().map((version) => [epochOf(source, version), version]));
  for (const version of [...distinct.values()].reverse()) {
    faults.push(...contractPart(source, version).faults.map((fault) => `${version}: ${fault}`));
    for (const [name, audience] of Object.entries(list?.audiences ?? {})) {
      faults.push(...contractPart(source, version, audience).faults.map((fault) => `${name}/${version}: ${fault}`));
    }
  }
  return faults;
}

function contradictions({ since, deprecated, removed, reason, replacement }: Lifecycle): string[] {
  const faults: string[] = [];
  const before = (earlier: [string, string | undefined], later: [string, string | undefined], mayBeSame = false) => {
    const [first, second] = [earlier[1], later[1]];
    if (first === undefined || second === undefined || first < second || (mayBeSame && first === second)) return;
    faults.push(`${earlier[0]} ${first} must come before ${later[0]} ${second}.`);
  };
  before(['since', since], ['removed', removed]);
  before(['since', since], ['deprecated', deprecated], true);
  before(['deprecated', deprecated], ['removed', removed]);
  if ((deprecated ?? removed) !== undefined && reason === undefined && replacement === undefined) {
    faults.push('it goes, but neither `reason` nor `replacement` says what to do.');
  }
  return faults;
}

/** What takes its place is there when it is gone; as long as no date is known for that, in the latest version. */
function replacementFaults(
  { deprecated, removed, replacement }: Lifecycle,
  isThere: (coordinate: string, version: string) => boolean,
  latest: string,
): string[] {
  if (replacement === undefined) return [];
  if (deprecated === undefined && removed === undefined) return ['it has a replacement, but does not go.'];
  const version = removed ?? (deprecated !== undefined && deprecated > latest ? deprecated : latest);
  return isThere(replacement, version) ? [] : [`its replacement ${replacement} is not there in ${version}.`];
}

/** GraphQL warns of fields, arguments and values: a type goes with what leads to it. */
function deprecationFaults({ deprecated }: Lifecycle, element: Element | undefined): string[] {
  if (deprecated === undefined || !element || element.member) return [];
  return ['a type cannot be deprecated: deprecate the fields and arguments that are of it.'];
}

/** What every caller must give can neither come nor go: calls of one version would not be valid in another. */
function requiredFaults(life: Lifecycle, element: Element | undefined): string[] {
  const { member } = element ?? {};
  if (member?.kind !== Kind.INPUT_VALUE_DEFINITION || !isRequired(member)) return [];
  const dates = [life.since, life.deprecated, life.removed].filter((date) => date !== undefined);
  if (dates.length === 0) return [];
  return ['it must be given, so it can neither come nor go: make it optional.'];
}

function formerlyFaults(
  coordinate: string,
  { since, formerly }: Lifecycle,
  graph: {
    readonly source: GraphSource;
    readonly elements: ReadonlyMap<string, Element>;
    readonly versions: readonly string[];
    readonly isThere: (coordinate: string, version: string) => boolean;
  },
): string[] {
  if (formerly === undefined) return [];
  if (since === undefined) return ['`formerly` without `since`: there is no version that shows it otherwise.'];
  const type = graph.elements.get(coordinate)?.type;
  if (!type) return [];
  const enumName = type.name.value;
  if (type.kind !== Kind.ENUM_TYPE_DEFINITION || coordinate === enumName) return ['only an enum value has `formerly`.'];
  if (!graph.elements.has(`${enumName}.${formerly}`)) return [`${enumName} has no value ${formerly}.`];
  const value = coordinate.slice(enumName.length + 1);
  return graph.versions
    .filter((version) => version < since && graph.isThere(enumName, version))
    .filter((version) => shownValue(graph.source.lives, enumName, value, version) === undefined)
    .map((version) => `${formerly} is to be shown in its place in ${version}, but is not there.`);
}

/** A coordinate and those of what it belongs to: `Query.orders(first:)`, `Query.orders`, `Query`. */
function ancestorsOf(coordinate: string): string[] {
  const [member = coordinate] = coordinate.split('(');
  const [type = coordinate] = member.split('.');
  return [...new Set([coordinate, member, type])];
}
