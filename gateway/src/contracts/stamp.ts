import { Kind, parse, print, visit } from 'graphql';
import type { ConstDirectiveNode, DefinitionNode, DocumentNode, SchemaDefinitionNode } from 'graphql';
import type { Audience, ContractList, Release } from './contract-list.ts';
import { directiveArguments } from './directive-arguments.ts';
import { parseContractList } from './parse-contract-list.ts';

/**
 * Puts the list of contracts into a composed supergraph, in the place of any that it has: so a supergraph and its
 * contracts come and go together. Throws Error if the list is not valid or the supergraph has no schema definition.
 */
export function stampContracts(supergraphSdl: string, list: ContractList): string {
  const { stable, next, releases, audiences } = parseContractList(list);
  const applied = [
    `@link(url: "${contractSpec}")`,
    `@contract${written({ stable, next })}`,
    ...releases.map((release) => `@contract__release${written({ ...release })}`),
    ...Object.entries(audiences).map(([name, audience]) => `@contract__audience${written({ name, ...audience })}`),
  ];
  const [stamp] = parse(`extend schema ${applied.join(' ')}`, { noLocation: true }).definitions;
  const directives = (stamp as DefinitionNode & { directives: ConstDirectiveNode[] }).directives;
  const bare = withoutContracts(parse(supergraphSdl, { noLocation: true }));
  const schema = schemaOf(bare);
  if (!schema) throw new Error('This is no supergraph: it has no schema definition.');
  return print({
    ...bare,
    definitions: [
      { ...schema, directives: [...(schema.directives ?? []), ...directives] },
      ...parse(definitions, { noLocation: true }).definitions,
      ...bare.definitions.filter((definition) => definition !== schema),
    ],
  });
}

/** The list that a supergraph carries, if it does. Throws Error if that is not valid. */
export function stampedContracts(supergraph: DocumentNode): ContractList | undefined {
  const directives = schemaOf(supergraph)?.directives ?? [];
  const given = (name: string) => directives.filter((each) => each.name.value === name).map(directiveArguments);
  const [contract] = directives.some(isContractLink) ? given('contract') : [];
  if (!contract) return undefined;
  const audiences = given('contract__audience').map(({ name, ...audience }) => [
    String(name),
    audience as unknown as Audience,
  ]);
  return parseContractList({
    ...contract,
    releases: given('contract__release') as unknown as Release[],
    audiences: Object.fromEntries(audiences) as Record<string, Audience>,
  });
}

const contractSpec = 'https://takt.example/contract/v1.0';

const definitions = `
  directive @contract(stable: String!, next: String!) on SCHEMA
  directive @contract__release(version: String!, released: String!, sunset: String) repeatable on SCHEMA
  directive @contract__audience(
    name: String!
    description: String!
    include: [String!]
    exclude: [String!]
  ) repeatable on SCHEMA
`;

function isContractLink(directive: ConstDirectiveNode): boolean {
  return directive.name.value === 'link' && directiveArguments(directive)['url'] === contractSpec;
}

function withoutContracts(supergraph: DocumentNode): DocumentNode {
  const isOurs = (name: string) => name === 'contract' || name.startsWith('contract__');
  return visit(supergraph, {
    DirectiveDefinition: ({ name }) => (isOurs(name.value) ? null : undefined),
    SchemaDefinition: (node) => ({
      ...node,
      directives: node.directives?.filter((each) => !isOurs(each.name.value) && !isContractLink(each)),
    }),
  });
}

function schemaOf({ definitions }: DocumentNode): SchemaDefinitionNode | undefined {
  return definitions.find((definition) => definition.kind === Kind.SCHEMA_DEFINITION);
}

function written(values: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return `(${given.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')})`;
}
