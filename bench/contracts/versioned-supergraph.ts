import { readFileSync } from 'node:fs';
import { stampContracts, type ContractList } from '@takt/gateway';
import { Kind, parse, print, visit, type ConstDirectiveNode, type DocumentNode } from 'graphql';

/** What of the graph a gateway is given. */
export interface VersionedGraph {
  /** How many released versions; undefined for the same graph without a list of contracts. */
  readonly versions: number | undefined;
  /** Whether each version shows other fields than the one before; otherwise nothing has a life. */
  readonly differ: boolean;
}

/** The project's supergraph with another list of contracts, and subgraphs at paths of `origin`. */
export function versionedSupergraph(origin: string, { versions, differ }: VersionedGraph): string {
  const shipped = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
  const bare = withoutContracts(parse(shipped.replaceAll(SUBGRAPH_URL, `${origin}/$1`), { noLocation: true }));
  const names = releasesOf(versions ?? DATED_VERSIONS);
  const sdl = print(differ ? withLives(bare, names) : withoutLives(bare));
  return versions === undefined ? sdl : stampContracts(sdl, listOf(names));
}

/** `YYYY-MM` of so many releases, a quarter apart, the oldest first; the last one is that which the project ships. */
export function releasesOf(versions: number): string[] {
  const last = 2026 * 12 + 10;
  return Array.from({ length: versions }, (_, index) => {
    const month = last - 3 * (versions - 1 - index);
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
}

const SUBGRAPH_URL = /http:\/\/([a-z-]+):4001\/graphql/g;
/** The lives of a graph without a list are those of so many versions. */
const DATED_VERSIONS = 12;
/** Fields that are new in each version but the first. */
const NEW_FIELDS = 2;

function listOf(names: readonly string[]): ContractList {
  return {
    stable: names.at(-1) ?? '',
    next: '2027-02',
    releases: names.map((version) => ({ version, released: `${version}-26` })),
    audiences: {},
  };
}

function withoutContracts(document: DocumentNode): DocumentNode {
  const isOfContracts = ({ name, arguments: given = [] }: ConstDirectiveNode) =>
    name.value.startsWith('contract') || given.some(({ value }) => 'value' in value && value.value === CONTRACT_SPEC);
  return visit(document, {
    DirectiveDefinition: ({ name }) => (name.value.startsWith('contract') ? null : undefined),
    SchemaDefinition: (node) => ({ ...node, directives: node.directives?.filter((each) => !isOfContracts(each)) }),
  });
}

const CONTRACT_SPEC = 'https://takt.example/contract/v1.0';

function withoutLives(document: DocumentNode): DocumentNode {
  return visit(document, { Directive: ({ name }) => (name.value === 'lifecycle' ? null : undefined) });
}

/** Gives optional fields without arguments a `since`, in turn over the types; keys and interfaces stay whole. */
function withLives(document: DocumentNode, names: readonly string[]): DocumentNode {
  const candidates = document.definitions.flatMap((type) => {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION || type.interfaces?.length) return [];
    const fields = type.fields ?? [];
    if (ROOTS.has(type.name.value) || fields.length < LEAST_FIELDS) return [];
    const field = fields.find(
      ({ type: of, directives = [], arguments: given = [] }) =>
        of.kind === Kind.NAMED_TYPE && given.length === 0 && !directives.some(isBound),
    );
    return field ? [field] : [];
  });
  const since = new Map(
    names
      .slice(1)
      .flatMap((version, index) =>
        candidates.slice(index * NEW_FIELDS, (index + 1) * NEW_FIELDS).map((field) => [field, version] as const),
      ),
  );
  if (since.size < NEW_FIELDS * (names.length - 1)) throw new Error('The graph has too few fields for that.');
  return visit(document, {
    FieldDefinition(field) {
      const version = since.get(field);
      if (version === undefined) return undefined;
      return { ...field, directives: [...(field.directives ?? []), lifeSince(version)] };
    },
  });
}

/** A type with fewer may have none left in the oldest version. */
const LEAST_FIELDS = 4;
const ROOTS = new Set(['Query', 'Mutation', 'Subscription']);

function isBound({ name, arguments: given = [] }: ConstDirectiveNode): boolean {
  return name.value === 'lifecycle' || given.some((each) => each.name.value === 'external');
}

function lifeSince(version: string): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: 'lifecycle' },
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'since' },
        value: { kind: Kind.STRING, value: version },
      },
    ],
  };
}
