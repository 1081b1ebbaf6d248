import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '@takt/subgraph-server';
import { clientDocuments } from './client-documents.ts';
import { download } from './extract-download.ts';
import { extractsOf, type Extract, type ExtractsClient } from './extract-client.ts';
import { progressBar } from './progress.ts';
import { THIS_TERMINAL, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const FORMATS: Readonly<Record<string, string>> = { jsonl: 'JSON_LINES', csv: 'CSV', parquet: 'PARQUET' };

const USAGE = `Usage: npm run takt -- extract QUERYFILE --out FILE [--format jsonl|csv|parquet] [--variables JSON] [--url URL]
       npm run takt -- extract --since POSITION --out FILE [--format jsonl|csv|parquet] [--url URL]

QUERYFILE has a query with one connection, without first and after. POSITION is what an extract before has printed: only
what changed since is extracted. After an interruption the same command goes on. TAKT_TOKEN is sent as a bearer token.
`;

const LOOK_MS = 500;

/** Extracts a query, or what changed, into a file, with progress; prints the position. Answers the exit code. */
export async function extractCommand(args: readonly string[], terminal: Terminal = THIS_TERMINAL): Promise<number> {
  const asked = await readArguments(args);
  const { host, port } = readConfig(terminal.env);
  const client = await extractsOf(asked.url ?? `http://${host}:${port}/graphql`, terminal.env['TAKT_TOKEN']);
  const extract = await finished(client, await begun(client, asked, terminal), terminal);
  const [file] = extract.files;
  if (!file) {
    await rm(noteOf(asked.out), { force: true });
    const { code, message } = extract.failure ?? { code: extract.state, message: 'Somebody has cancelled it.' };
    terminal.err.write(`${code}: ${message}\n`);
    return 1;
  }
  const part = `${asked.out}.part`;
  await download((path, headers) => client.get(path, headers), file, part);
  if ((await digestOf(part)) !== file.sha256) {
    await rm(part);
    terminal.err.write(`What was downloaded is not what was extracted. Run the same command again.\n`);
    return 1;
  }
  await rename(part, asked.out);
  await rm(noteOf(asked.out), { force: true });
  terminal.out.write(`${file.rows} rows, ${file.bytes} bytes in ${asked.out}\n`);
  terminal.out.write(`For what changes from now on: --since ${extract.position ?? ''}\n`);
  return 0;
}

interface Asked {
  readonly query: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly since: string | undefined;
  readonly format: string;
  readonly out: string;
  readonly url: string | undefined;
}

async function readArguments(args: readonly string[]): Promise<Asked> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      format: { type: 'string', default: 'jsonl' },
      variables: { type: 'string', default: '{}' },
      since: { type: 'string' },
      url: { type: 'string' },
    },
  });
  const [path, ...others] = positionals;
  const format = FORMATS[values.format];
  if (
    others.length > 0 ||
    (path === undefined) === (values.since === undefined) ||
    values.out === undefined ||
    !format
  ) {
    throw new UsageError(USAGE);
  }
  const query =
    path === undefined
      ? undefined
      : await readFile(path, 'utf8').then(asPublished, () => {
          throw new UsageError(`There is no file ${path}.`);
        });
  return {
    query,
    variables: objectOf(values.variables),
    since: values.since,
    format,
    out: values.out,
    url: values.url,
  };
}

/** A query as `operations publish` would register it; what that would refuse stays as it is: it may do elsewhere. */
function asPublished(text: string): string {
  try {
    const [only, ...others] = Object.values(clientDocuments([{ path: '', text }]));
    return others.length === 0 ? (only ?? text) : text;
  } catch (error) {
    if (error instanceof UsageError) return text;
    throw error;
  }
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new UsageError('--variables needs a JSON object, e.g. \'{"plant":"P100"}\'.');
}

/** The one that an interrupted command has begun for the same question, or a new one. Answers its id. */
async function begun(client: ExtractsClient, asked: Asked, terminal: Terminal): Promise<string> {
  const { query, variables, since, format, out } = asked;
  const question = createHash('sha256')
    .update(JSON.stringify([query, variables, since, format]))
    .digest('hex');
  const [id, of] = (await readFile(noteOf(out), 'utf8').catch(() => '')).split(' ');
  if (id && of === question) {
    const known = await client.find(id);
    if (known && known.state !== 'FAILED' && known.state !== 'CANCELLED') {
      terminal.err.write(`Going on with extract ${id}.\n`);
      return id;
    }
  }
  const formats = [format];
  const result =
    since !== undefined
      ? await client.startChanges({ since, formats })
      : await client.start({ query, variables, formats });
  if (!result.extract) throw new UsageError(`${result.code ?? ''}: ${result.reason ?? ''}`);
  await rm(`${out}.part`, { force: true });
  await writeFile(noteOf(out), `${result.extract.id} ${question}`);
  return result.extract.id;
}

async function finished(client: ExtractsClient, id: string, terminal: Terminal): Promise<Extract> {
  const bar = progressBar('Extracting', terminal.err);
  try {
    for (;;) {
      const extract = await client.find(id);
      if (!extract) throw new Error(`There is no extract ${id} any more. Run the same command again.`);
      const { rows, total } = extract.progress;
      bar.at(rows, Math.max(rows, total ?? rows));
      if (['DONE', 'FAILED', 'CANCELLED'].includes(extract.state)) return extract;
      await delay(LOOK_MS);
    }
  } finally {
    bar.stop();
  }
}

/** Remembers beside the file which extract it is of, until it is whole. */
function noteOf(out: string): string {
  return `${out}.extract`;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  if ((await stat(path)).size > 0) for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
