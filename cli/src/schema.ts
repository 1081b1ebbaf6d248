import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventJsonSchema } from '@takt/event-log';
import { composeSupergraph, loadSupergraph } from '@takt/gateway';
import { schemaOf, sourceState } from '@takt/subgraph-server';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { format, resolveConfig } from 'prettier';
import { DOMAINS, HOSTED } from './domains.ts';

const FOLDER = fileURLToPath(new URL('../../schema/', import.meta.url));

/** Writes the governed contract under schema/, or (`--check`) says where what is there differs from the code. */
export async function schemaCommand(args: readonly string[]): Promise<number> {
  const expected = await contractFiles();
  const present = await listGenerated();
  if (!args.includes('--check')) {
    for (const path of present) if (!expected.has(path)) await rm(join(FOLDER, path));
    for (const [path, text] of expected) {
      await mkdir(dirname(join(FOLDER, path)), { recursive: true });
      await writeFile(join(FOLDER, path), text);
    }
    process.stdout.write(`schema/ holds ${expected.size} files.\n`);
    return 0;
  }
  const faults = present
    .filter((path) => !expected.has(path))
    .map((path) => `schema/${path}: nothing in the code declares it`);
  for (const [path, text] of expected) {
    const there = await readFile(join(FOLDER, path), 'utf8').catch(() => undefined);
    if (there === undefined) faults.push(`schema/${path}: missing`);
    else if (there !== text) faults.push(`schema/${path}: differs from the code`);
  }
  if (faults.length === 0) return 0;
  process.stderr.write(`${faults.join('\n')}\nRun: npm run schema, and review what changes.\n`);
  return 1;
}

/** SDL of each subgraph, the supergraph, what clients see of it, and the JSON Schema of each message, event and command, by path under schema/. */
async function contractFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const printed = [
    ...DOMAINS.map((definition) => ({ name: definition.name, sdl: schemaOf(definition).sdl })),
    ...HOSTED,
  ];
  for (const { name, sdl } of printed) files.set(`${name}.graphql`, sdl);
  const sources = printed.map(({ name, sdl }) => ({
    name,
    // Where docker-compose.yml has it.
    url: `http://${name}:4001/graphql`,
    transport: { sdl: () => Promise.resolve(sdl) },
  }));
  const supergraph = await composeSupergraph(sources, new AbortController().signal);
  files.set('supergraph.graphql', supergraph);
  files.set('api.graphql', printSchema(lexicographicSortSchema(loadSupergraph(supergraph).apiSchema)));
  for (const { messages, events } of [...DOMAINS.flatMap((definition) => definition.aggregates), sourceState]) {
    for (const [type, data] of Object.entries({ ...messages, ...events })) {
      files.set(`events/${type}.v1.json`, JSON.stringify(eventJsonSchema({ type, data })));
    }
  }
  for (const [type, data] of DOMAINS.flatMap(({ commands = {} }) => Object.entries(commands))) {
    files.set(`events/${type}.v1.json`, JSON.stringify(eventJsonSchema({ type, data })));
  }
  const options = await resolveConfig(join(FOLDER, 'supergraph.graphql'));
  for (const [path, text] of files) files.set(path, await format(text, { ...options, filepath: path }));
  return files;
}

async function listGenerated(): Promise<string[]> {
  const entries = await readdir(FOLDER, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && /\.(graphql|json)$/.test(entry.name))
    .map((entry) => relative(FOLDER, join(entry.parentPath, entry.name)));
}
