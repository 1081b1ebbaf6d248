import { GraphQLDeprecatedDirective, isTypeDefinitionNode, Kind, visit } from 'graphql';
import type { ASTNode, ConstDirectiveNode, DocumentNode, TypeDefinitionNode } from 'graphql';
import type { Audience } from './contract-list.ts';
import { elementsOf } from './graph-elements.ts';
import type { Element } from './graph-elements.ts';
import type { GraphSource } from './graph-source.ts';
import { isDeprecatedIn, isInVersion } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { visiblePart } from './visible-part.ts';
import type { VisiblePart } from './visible-part.ts';

/** What a version shows, of the whole graph or to an audience; with the reasons why that is no whole schema. */
export interface ContractPart extends VisiblePart {
  /** By enum, the values of the graph that are shown as others. */
  readonly shownAs: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** By coordinate, of what is shown; with replacements only as far as they are shown. */
  readonly lives: ReadonlyMap<string, Lifecycle>;
}

export function contractPart(source: GraphSource, version: string, audience?: Audience): ContractPart {
  const { document, faults, shownAs, elements } = shownPart(source, version, audience);
  const later = source.dates.filter((date) => date > version);
  const shownLater = new Map<string, ShownPart['elements']>();
  const isShownIn = (date: string, coordinate: string): boolean => {
    const shown = shownLater.get(date) ?? shownPart(source, date, audience).elements;
    shownLater.set(date, shown);
    return shown.has(coordinate);
  };
  const lives = new Map<string, Lifecycle>();
  const reasons = new Map<string, string>();
  for (const [coordinate, { replacement, ...life }] of source.lives) {
    if (!elements.has(coordinate)) continue;
    const isNamed = replacement !== undefined && elements.has(replacement);
    lives.set(coordinate, isNamed ? { ...life, replacement } : life);
    if (!isDeprecatedIn(life, version)) continue;
    // What the audience never sees has no name for it.
    const comesIn = isNamed ? undefined : replacement && later.find((date) => isShownIn(date, replacement));
    reasons.set(coordinate, deprecationReason(life.reason, isNamed || comesIn ? replacement : undefined, comesIn));
  }
  return { document: withDeprecations(document, elements.values(), lives, reasons), faults, shownAs, lives };
}

interface ShownPart extends VisiblePart, Pick<ContractPart, 'shownAs'> {
  readonly elements: ReadonlyMap<string, Element>;
}

/** The same before it is said what of it goes. */
function shownPart(source: GraphSource, version: string, audience: Audience | undefined): ShownPart {
  const { api, roots, lives, tags } = source;
  const isAlive = (coordinate: string) => isInVersion(lives.get(coordinate) ?? {}, version);
  const isTagged = (coordinate: string, names: readonly string[]) =>
    tags.get(coordinate)?.some((tag) => names.includes(tag)) === true;
  const isIncluded = (coordinate: string, type: TypeDefinitionNode): boolean => {
    if (!audience?.include || !isOutput(type) || !isField(coordinate)) return true;
    return isTagged(coordinate, audience.include) || isTagged(type.name.value, audience.include);
  };
  const isExcluded = (coordinate: string) => audience?.exclude !== undefined && isTagged(coordinate, audience.exclude);
  const isShown = (coordinate: string, type: TypeDefinitionNode): boolean =>
    isAlive(coordinate) && !isExcluded(coordinate) && isIncluded(coordinate, type);

  const shownAs = new Map<string, Record<string, string>>();
  for (const type of api.definitions) {
    if (!isTypeDefinitionNode(type) || type.kind !== Kind.ENUM_TYPE_DEFINITION) continue;
    for (const { name } of type.values ?? []) {
      const former = shownValue(lives, type.name.value, name.value, version);
      if (former === undefined || former === name.value || !isShown(`${type.name.value}.${former}`, type)) continue;
      const known = shownAs.get(type.name.value) ?? (Object.create(null) as Record<string, string>);
      shownAs.set(type.name.value, known);
      known[name.value] = former;
    }
  }

  const { document, faults } = visiblePart(api, roots, {
    isShown,
    shownAs: (enumName, value) => shownAs.get(enumName)?.[value],
    leavesOutDeadEnds: audience !== undefined,
  });
  const elements = new Map([...elementsOf(document)].map((element) => [element.coordinate, element]));
  return { document, faults: [...faults, ...shownByImplementers(elements.values(), isExcluded)], shownAs, elements };
}

/** A tag on a field or argument of an interface does not count for that of the types that implement it. */
function shownByImplementers(elements: Iterable<Element>, isExcluded: (coordinate: string) => boolean): string[] {
  return [...elements].flatMap(({ coordinate, type, member }) => {
    const implemented = member && 'interfaces' in type ? (type.interfaces ?? []) : [];
    return implemented
      .map(({ name }) => name.value + coordinate.slice(type.name.value.length))
      .filter(isExcluded)
      .map((hidden) => `${hidden} is hidden by its tag, but ${coordinate} is not`);
  });
}

function withDeprecations(
  document: DocumentNode,
  elements: Iterable<Element>,
  lives: ReadonlyMap<string, Lifecycle>,
  reasons: ReadonlyMap<string, string>,
): DocumentNode {
  const directives = new Map<ASTNode, readonly ConstDirectiveNode[]>();
  for (const { coordinate, member } of elements) {
    if (!member || lives.get(coordinate)?.deprecated === undefined) continue;
    directives.set(member, deprecation(reasons.get(coordinate), member.directives ?? []));
  }
  if (directives.size === 0) return document;
  return visit(document, {
    enter(node) {
      const given = directives.get(node);
      return given && { ...node, directives: given };
    },
  });
}

/** What a version shows in the place of a value that the graph answers; undefined if it has nothing to show. */
export function shownValue(
  lives: ReadonlyMap<string, Lifecycle>,
  enumName: string,
  value: string,
  version: string,
): string | undefined {
  const passed = new Set<string>();
  for (let shown: string | undefined = value; shown !== undefined && !passed.has(shown);) {
    const life: Lifecycle = lives.get(`${enumName}.${shown}`) ?? {};
    if (isInVersion(life, version)) return shown;
    if (life.since === undefined || life.since <= version) return undefined;
    passed.add(shown);
    shown = life.formerly;
  }
  return undefined;
}

/** What clients are told of an element that goes. `comesIn`: the version that brings its replacement, unless that is there. */
function deprecationReason(
  reason: string | undefined,
  replacement: string | undefined,
  comesIn: string | undefined,
): string {
  const from = comesIn === undefined ? '' : ` from ${comesIn} on`;
  return [reason, replacement !== undefined && `Use ${replacement}${from}.`].filter(Boolean).join(' ');
}

/**
 * A life that says when an element is deprecated says it in the place of the subgraph's own `@deprecated`. `reason` is
 * undefined as long as the element is not deprecated.
 */
function deprecation(reason: string | undefined, given: readonly ConstDirectiveNode[]): readonly ConstDirectiveNode[] {
  const others = given.filter(({ name }) => name.value !== GraphQLDeprecatedDirective.name);
  if (reason === undefined) return others;
  const value = { kind: Kind.STRING, value: reason } as const;
  return [
    ...others,
    {
      kind: Kind.DIRECTIVE,
      name: { kind: Kind.NAME, value: GraphQLDeprecatedDirective.name },
      ...(reason && { arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'reason' }, value }] }),
    },
  ];
}

/** Only what is answered is chosen by what an audience includes: arguments and inputs follow the fields that take them. */
function isOutput({ kind }: TypeDefinitionNode): boolean {
  return kind === Kind.OBJECT_TYPE_DEFINITION || kind === Kind.INTERFACE_TYPE_DEFINITION;
}

function isField(coordinate: string): boolean {
  return coordinate.includes('.') && !coordinate.includes('(');
}
