import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { createPlant } from '../../test-subgraphs/plant/data.ts';
import { plantSubgraphs } from '../../test-subgraphs/plant/subgraphs.ts';
import { inProcessTransport } from '../transports/in-process.ts';
import { composeSupergraph } from './compose.ts';
import { sharedTransports } from './shared-transports.ts';
import { feedOf, firstReading } from './source.ts';
import type { SupergraphSource } from './source.ts';
import { loadSupergraph, SupergraphRefused } from './supergraph.ts';

const { signal } = new AbortController();
const ignore = () => undefined;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-supergraph-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function fileOf(text: string): Promise<string> {
  const path = join(directory, 'supergraph.graphql');
  await writeFile(path, text);
  return path;
}

async function load(source: SupergraphSource, within: AbortSignal, onWaiting: (reason: string) => void) {
  const feed = feedOf(source);
  try {
    const supergraph = loadSupergraph(await firstReading(feed, within, onWaiting));
    return { supergraph, ...sharedTransports(new Map()).lease(supergraph.subgraphs) };
  } finally {
    feed.close();
  }
}

function sourcesOf(url?: string) {
  return plantSubgraphs(createPlant).map((subgraph) => ({
    name: subgraph.name,
    ...(url && { url }),
    transport: inProcessTransport(subgraph),
  }));
}

describe('a file', () => {
  test('gives the graph and where its subgraphs are', async () => {
    const path = await fileOf(await composeSupergraph(sourcesOf('http://stock.example/graphql'), signal));
    const { supergraph, transports, release } = await load({ kind: 'file', path }, signal, ignore);
    expect([...transports.keys()].sort()).toEqual(['catalog', 'notes', 'planning', 'sourcing', 'stock']);
    expect(supergraph.subgraphs[0]).toEqual({ name: 'catalog', url: 'http://stock.example/graphql' });
    expect(supergraph.apiSchema.getType('Product')).toBeDefined();
    expect(supergraph.joinedNames.all).toContain('weightKg');
    await release();
  });

  test('is refused without a URL for each subgraph', async () => {
    const path = await fileOf(await composeSupergraph(sourcesOf(), signal));
    await expect(load({ kind: 'file', path }, signal, ignore)).rejects.toThrow(
      'gives no http(s) URL for: catalog, notes, planning, sourcing, stock.',
    );
  });

  test.each([
    ['that is not GraphQL', 'hello {', 'Syntax Error'],
    ['that is no supergraph', 'type Query { a: Int }', 'Invalid supergraph: must be a core schema'],
    ['that is empty', '', 'Syntax Error'],
  ])('is refused %s', async (_name, text, message) => {
    const refused = load({ kind: 'file', path: await fileOf(text) }, signal, ignore);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(SupergraphRefused);
  });

  test('is refused if it demands authorization, which is not enforced', async () => {
    const subgraph = buildSubgraph('secrets', 'type Query { a: Int @authenticated }');
    const source = { name: 'secrets', url: 'http://a.example', transport: inProcessTransport(subgraph) };
    const path = await fileOf(await composeSupergraph([source], signal));
    await expect(load({ kind: 'file', path }, signal, ignore)).rejects.toThrow('authenticated/v0.1');
  });

  test('that cannot be read is named', async () => {
    const path = join(directory, 'nowhere.graphql');
    await expect(load({ kind: 'file', path }, signal, ignore)).rejects.toThrow(`${path} (ENOENT)`);
  });
});

describe('subgraphs', () => {
  test('that do not compose are refused, one line for each fault', async () => {
    const sources = [
      buildSubgraph('one', 'type Query { a: Int, b: String }'),
      buildSubgraph('two', 'type Query { a: Int, b: String }'),
    ].map((subgraph) => ({ name: subgraph.name, transport: inProcessTransport(subgraph) }));
    const error: unknown = await composeSupergraph(sources, signal).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SupergraphRefused);
    const lines = (error as Error).message.split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain('"Query.a"');
    expect(lines[2]).toContain('"Query.b"');
  });

  test('that are not up yet are waited for', async () => {
    const [first, ...others] = sourcesOf();
    if (!first) throw new Error('the plant has subgraphs');
    let asked = 0;
    const sdl = (within: AbortSignal) =>
      ++asked < 3 ? Promise.reject(new Error('starting')) : first.transport.sdl(within);
    const late = { ...first, transport: { ...first.transport, sdl } };
    const waits: string[] = [];
    const feed = feedOf({ kind: 'subgraphs', subgraphs: [late, ...others] });
    const sdlOfAll = await firstReading(feed, signal, (reason) => waits.push(reason));
    expect(loadSupergraph(sdlOfAll).subgraphs).toHaveLength(5);
    expect(waits).toEqual(Array(2).fill('Subgraph "catalog" gives no schema: starting'));
  });

  test('are waited for no longer than wanted', async () => {
    const stop = new AbortController();
    const never = { ...sourcesOf()[0]?.transport, sdl: () => Promise.reject(new Error('never')) } as ReturnType<
      typeof inProcessTransport
    >;
    const source = { kind: 'subgraphs', subgraphs: [{ name: 'never', transport: never }] } as const;
    await expect(load(source, stop.signal, () => stop.abort())).rejects.toThrow(/abort/i);
  });
});
