import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readExample } from './example.ts';
import type { Example } from './example.ts';

/** What the docs tell that is not in the graph itself. */
export interface Content {
  readonly examples: readonly Example[];
  /** The text of `owners.yml`. */
  readonly owners: string;
  /** JSON Schemas by name, e.g. `ForecastRevised.v1`. */
  readonly events: ReadonlyMap<string, EventSchema>;
  /** Markdown by version: what its release changes for consumers. */
  readonly changes: ReadonlyMap<string, string>;
}

export interface EventSchema {
  readonly title: string;
  readonly description?: string;
  readonly properties: { readonly data?: object };
}

/** Reads a folder that is laid out as the project's `schema/`. Throws an Error that names the file that is wrong. */
export async function readContent(folder: string): Promise<Content> {
  const [examples, events, changes, owners] = await Promise.all([
    textsIn(join(folder, 'examples'), '.graphql'),
    textsIn(join(folder, 'events'), '.json'),
    textsIn(join(folder, 'contracts'), '.md'),
    readFile(join(folder, 'owners.yml'), 'utf8'),
  ]);
  return {
    examples: [...examples].map(([name, text]) => readExample(name, text)),
    owners,
    events: new Map([...events].map(([name, text]) => [name, JSON.parse(text) as EventSchema])),
    changes,
  };
}

async function textsIn(folder: string, ending: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return new Map(names.map((name, index) => [name.slice(0, -ending.length), texts[index] ?? '']));
}
