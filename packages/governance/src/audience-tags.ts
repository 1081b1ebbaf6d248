import { type ContractList, elementsOf } from '@takt/gateway';
import { type ConstDirectiveNode, Kind, parse } from 'graphql';
import type { Finding } from './finding.ts';
import { nearestName } from './nearest-name.ts';
import type { SubgraphText } from './ownership.ts';
import { ownerOf } from './schema-coordinates.ts';

type Audiences = ContractList['audiences'];

/** Names of tags by the coordinate of every element there is: an empty list where it has none. */
type Tags = ReadonlyMap<string, readonly string[]>;

/**
 * Whether audiences and subgraphs mean the same by a tag: one that is misspelt, lost or too wide shows what was to be
 * hidden, and nothing else tells.
 */
export function checkAudienceTags(
  audiences: Audiences,
  supergraphSdl: string,
  subgraphs: readonly SubgraphText[],
): Finding[] {
  const tags = tagsIn(supergraphSdl);
  const declared = subgraphs.map(({ name, sdl }) => ({ name, tags: tagsIn(sdl) }));
  return [
    ...namedInVain(audiences, tags),
    ...unnamed(audiences, tags),
    ...lost(declared, tags),
    ...tooWide(audiences, declared),
  ];
}

interface Declared {
  readonly name: string;
  readonly tags: Tags;
}

const LIST = 'schema/contracts/contracts.json';

function namedInVain(audiences: Audiences, tags: Tags): Finding[] {
  const known = new Set([...tags.values()].flat());
  return Object.entries(audiences).flatMap(([name, { include = [], exclude = [] }]) =>
    [
      ...include.map((tag) => ({ tag, verb: 'includes', effect: 'it shows nothing' })),
      ...exclude.map((tag) => ({ tag, verb: 'excludes', effect: 'it hides nothing' })),
    ]
      .filter(({ tag }) => !known.has(tag))
      .map(({ tag, verb, effect }) =>
        fault(
          LIST,
          `the audience ${name} ${verb} "${tag}", which no element has: ${effect}${meant(tag, known)}`,
          'Spell the tag as the subgraphs do, or take it out of the audience.',
        ),
      ),
  );
}

/** The other way round: the audience that the tag was meant for does not heed it. */
function unnamed(audiences: Audiences, tags: Tags): Finding[] {
  const named = new Set(Object.values(audiences).flatMap(({ include = [], exclude = [] }) => [...include, ...exclude]));
  return [...tags].flatMap(([coordinate, ownTags]) =>
    [...new Set(ownTags)]
      .filter((tag) => !named.has(tag))
      .map((tag) =>
        fault(
          coordinate,
          `has the tag "${tag}", which no audience includes or excludes: it hides nothing from anybody${meant(tag, named)}`,
          `Spell the tag as an audience in ${LIST} does, name it there, or take it away.`,
        ),
      ),
  );
}

/** A subgraph that declares a directive `@tag` of its own instead of importing federation’s is composed without it. */
function lost(declared: readonly Declared[], tags: Tags): Finding[] {
  return declared.flatMap(({ name, tags: ownTags }) =>
    [...ownTags].flatMap(([coordinate, given]) =>
      given
        .filter((tag) => tags.get(coordinate)?.includes(tag) === false)
        .map((tag) =>
          fault(
            coordinate,
            `has the tag "${tag}" in ${name}, but not in the composed graph`,
            'Import "@tag" in the subgraph from https://specs.apollo.dev/federation, and declare no directive of that name.',
          ),
        ),
    ),
  );
}

/** A tag on a type counts for its fields, also for those that only other subgraphs give the type. */
function tooWide(audiences: Audiences, declared: readonly Declared[]): Finding[] {
  const tagged = declared.flatMap(({ tags }) =>
    [...tags].flatMap(([type, given]) => (ownerOf(type) === undefined ? given.map((tag) => ({ type, tag })) : [])),
  );
  const distinct = new Map(tagged.map((each) => [`${each.type} ${each.tag}`, each]));
  return [...distinct.values()].flatMap(({ type, tag }) => {
    const including = Object.keys(audiences).filter((name) => audiences[name]?.include?.includes(tag));
    const isMeant = (field: string) =>
      declared.some(({ tags }) => tags.has(field) && [field, type].some((each) => tags.get(each)?.includes(tag)));
    const others = declared.flatMap(({ name, tags }) =>
      [...tags.keys()]
        .filter((field) => ownerOf(field) === type && !isMeant(field))
        .map((field) => `${field} of ${name}`),
    );
    if (including.length === 0 || others.length === 0) return [];
    return [
      fault(
        type,
        `has the tag "${tag}", by which ${including.join(' and ')} would see ${others.join(', ')}, too`,
        'A tag on a type counts for what every subgraph adds to it: give it to the fields that are meant.',
      ),
    ];
  });
}

function tagsIn(sdl: string): Tags {
  const document = parse(sdl, { noLocation: true });
  return new Map(
    [...elementsOf(document)].map(({ coordinate, directives }) => [coordinate, directives.flatMap(tagOf)]),
  );
}

function tagOf({ name, arguments: given = [] }: ConstDirectiveNode): string[] {
  if (name.value !== 'tag') return [];
  return given.flatMap(({ value }) => (value.kind === Kind.STRING ? value.value : []));
}

function meant(tag: string, known: ReadonlySet<string>): string {
  const nearest = nearestName(tag, known);
  return nearest === undefined ? '' : `; the nearest is "${nearest}"`;
}

function fault(where: string, message: string, whatToDo: string): Finding {
  return { check: 'audiences', severity: 'error', where, message, whatToDo };
}
