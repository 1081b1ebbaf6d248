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
  const shownLives = new Map<string, Lifecycle>();
  for (const [coordinate, { replacement, ...life }] of lives) {
    if (!elements.has(coordinate)) continue;
    const isNamed = replacement !== undefined && elements.has(replacement);
    shownLives.set(coordinate, isNamed ? { ...life, replacement } : life);
  }
  return {
    document: withDeprecations(document, elements.values(), shownLives, version),
    faults: [...faults, ...shownByImplementers(elements.values(), isExcluded)],
    shownAs,
    lives: shownLives,
  };
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
  version: string,
): DocumentNode {
  const livesByNode = new Map<ASTNode, Lifecycle>();
  for (const { coordinate, member } of elements) {
    const life = lives.get(coordinate);
    if (member && life?.deprecated !== undefined) livesByNode.set(member, life);
  }
  if (livesByNode.size === 0) return document;
  return visit(document, {
    enter(node) {
      const life = livesByNode.get(node);
      return life && { ...node, directives: deprecation(life, (node as Deprecatable).directives ?? [], version) };
    },
  });
}

type Deprecatable = NonNullable<Element['member']>;

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

/** What clients are told of an element that goes. */
function deprecationReason({ reason, replacement }: Lifecycle): string {
  return [reason, replacement !== undefined && `Use ${replacement}.`].filter(Boolean).join(' ');
}

/** A life that says when an element is deprecated says it in the place of the subgraph's own `@deprecated`. */
function deprecation(
  life: Lifecycle,
  given: readonly ConstDirectiveNode[],
  version: string,
): readonly ConstDirectiveNode[] {
  const others = given.filter(({ name }) => name.value !== GraphQLDeprecatedDirective.name);
  if (!isDeprecatedIn(life, version)) return others;
  const said = deprecationReason(life);
  const reason = { kind: Kind.STRING, value: said } as const;
  return [
    ...others,
    {
      kind: Kind.DIRECTIVE,
      name: { kind: Kind.NAME, value: GraphQLDeprecatedDirective.name },
      ...(said && { arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'reason' }, value: reason }] }),
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
