import { type Contract, contractLabel, contractSdl, type Contracts } from '@takt/gateway';
import { lexicographicSortSchema, printSchema } from 'graphql';
import type { SubgraphText } from '@takt/governance';
import { eventSchemas, formatted, type Graph } from './schema-graph.ts';

/** What the code gives, by path under schema/: replaced whenever the code changes, unlike what is released. */
export async function generatedFiles(
  subgraphs: readonly SubgraphText[],
  { supergraphSdl, supergraph }: Graph,
): Promise<Map<string, string>> {
  const files = new Map(subgraphs.map(({ name, sdl }) => [`${name}.graphql`, sdl]));
  files.set('supergraph.graphql', supergraphSdl);
  files.set('api.graphql', printSchema(lexicographicSortSchema(supergraph.apiSchema)));
  for (const [name, schema] of Object.entries(eventSchemas())) files.set(`events/${name}.json`, JSON.stringify(schema));
  const { contracts } = supergraph;
  if (contracts)
    for (const contract of contractsOf(contracts, 'next')) files.set(pathOf(contract), contractSdl(contract));
  return allFormatted(files);
}

/** What is released of a version, by path under schema/. */
export async function releasedFiles(contracts: Contracts, version: string): Promise<Map<string, string>> {
  const files = contractsOf(contracts, version).map((contract): [string, string] => [
    pathOf(contract),
    contractSdl(contract),
  ]);
  return allFormatted(new Map(files));
}

/** `next` and those of its audiences, which no release has fixed yet; the SDL of each subgraph; event schemas. */
export function isGenerated(path: string): boolean {
  return /^([^/]+\.graphql|events\/[^/]+\.json|contracts\/next(\.[^/]+)?\.graphql)$/.test(path);
}

function pathOf({ name: { version, audience } }: Contract): string {
  return `contracts/${[version, audience].filter(Boolean).join('.')}.graphql`;
}

export function eventsPathOf(version: string): string {
  return `contracts/${version}.events.json`;
}

export function changelogPathOf(version: string): string {
  return `contracts/${version}.md`;
}

/** Of everybody first, then of each audience. */
function contractsOf(contracts: Contracts, version: string): Contract[] {
  return contracts
    .names()
    .filter((name) => name.version === version)
    .map((name) => {
      const contract = contracts.get(name);
      if (!contract) throw new Error(`There is no contract ${contractLabel(name)}.`);
      return contract;
    });
}

async function allFormatted(files: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const entries = [...files].map(async ([path, text]): Promise<[string, string]> => [
    path,
    await formatted(path, text),
  ]);
  return new Map(await Promise.all(entries));
}
