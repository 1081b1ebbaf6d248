import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeSupergraph } from '@takt/gateway';
import { pathOf, worlds, type WorldName } from './subgraphs/worlds.ts';

/** What gateways are started with. */
export interface WorldFiles {
  /** SDL, composed to Federation 2. */
  readonly supergraph: string;
  /** JSON for a gateway of Federation 1: name, url, wsUrl and schema of each subgraph. */
  readonly services: string;
}

/** Writes the files of a world whose subgraphs are at `origin`. */
export async function writeWorldFiles(world: WorldName, origin: string, folder: string): Promise<WorldFiles> {
  const services = worlds[world].subgraphs.map(({ name, sdl }) => {
    const url = origin + pathOf(world, name);
    return { name, url, wsUrl: url.replace(/^http/, 'ws'), schema: sdl };
  });
  const { signal } = new AbortController();
  const supergraphSdl = await composeSupergraph(
    services.map(({ name, url, schema }) => ({ name, url, transport: { sdl: () => Promise.resolve(schema) } })),
    signal,
  );
  const files = { supergraph: join(folder, `${world}.graphql`), services: join(folder, `${world}.json`) };
  writeFileSync(files.supergraph, supergraphSdl);
  writeFileSync(files.services, JSON.stringify(services.map(withoutUnusedWebsocket)));
  return files;
}

type Service = Readonly<Record<'name' | 'url' | 'wsUrl' | 'schema', string>>;

function withoutUnusedWebsocket({ wsUrl, ...service }: Service) {
  return service.schema.includes('type Subscription') ? { ...service, wsUrl } : service;
}
