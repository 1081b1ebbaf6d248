import { composeSupergraph, type ContractList, loadSupergraph, stampContracts, type Supergraph } from '@takt/gateway';
import { eventJsonSchema } from '@takt/event-log';
import { eventSchemasOf } from '@takt/intake';
import { schemaOf, sourceState } from '@takt/subgraph-server';
import { format, resolveConfig } from 'prettier';
import { DOMAINS, HOSTED } from './domains.ts';
import { SCHEMA_FOLDER } from './schema-arguments.ts';
import type { SubgraphText } from '@takt/governance';

/** Subgraphs in the form they have under schema/, so that line numbers are those of the files. */
export async function subgraphTexts(): Promise<SubgraphText[]> {
  const printed = [
    ...DOMAINS.map((definition) => ({ name: definition.name, sdl: schemaOf(definition).sdl })),
    ...HOSTED,
  ];
  return Promise.all(printed.map(async ({ name, sdl }) => ({ name, sdl: await formatted('x.graphql', sdl) })));
}

/** A supergraph without contracts. Throws SupergraphRefused with a line for each fault. */
export function compose(subgraphs: readonly SubgraphText[]): Promise<string> {
  const sources = subgraphs.map(({ name, sdl }) => ({
    name,
    // Where docker-compose.yml has it.
    url: HOSTED.some((hosted) => hosted.name === name) ? `in-process:${name}` : `http://${name}:4001/graphql`,
    transport: { sdl: () => Promise.resolve(sdl) },
  }));
  return composeSupergraph(sources, new AbortController().signal);
}

export interface Graph {
  readonly supergraphSdl: string;
  readonly supergraph: Supergraph;
}

/** With the contracts of the list, if there is one. Throws SupergraphRefused where lives contradict each other. */
export function withContracts(composed: string, list: ContractList | undefined): Graph {
  const supergraphSdl = list ? stampContracts(composed, list) : composed;
  return { supergraphSdl, supergraph: loadSupergraph(supergraphSdl) };
}

/** JSON Schemas of the messages, events and commands of all domains by name: `StockMoved.v1`. */
export function eventSchemas(): Record<string, object> {
  const aggregates = [...DOMAINS.flatMap((definition) => definition.aggregates), sourceState];
  const first = [...aggregates.map(({ messages }) => messages), ...DOMAINS.map(({ commands = {} }) => commands)]
    .flatMap((schemas) => Object.entries(schemas))
    .map(([type, data]) => ({ type, data }));
  const all = [...first, ...aggregates.flatMap(eventSchemasOf)];
  return Object.fromEntries(
    all.map((each) => [`${each.type}.v${'version' in each ? each.version : 1}`, eventJsonSchema(each)]),
  );
}

/** As prettier has files of this name under schema/. */
export async function formatted(name: string, text: string): Promise<string> {
  const path = `${SCHEMA_FOLDER}${name}`;
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}
