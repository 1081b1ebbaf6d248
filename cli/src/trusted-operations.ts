import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { askGateway, LOCAL_GATEWAY, type AdminRequest } from './admin-gateway.ts';
import { clientDocuments } from './client-documents.ts';
import { THIS_TERMINAL, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const USAGE = `Usage: npm run takt -- operations publish PATH... --client NAME --client-version V [--contract 2026-11] [--gateway URL]
       npm run takt -- operations list [--gateway URL]
       npm run takt -- operations retire --client NAME --client-version V [--gateway URL]

Registers the operations of a client, so that it may send their hashes and, in production, so that they run at all.
A PATH is a file or a folder of .graphql files, or a JSON file {"HASH": "TEXT"}. All are registered, or none.
TAKT_ADMIN_TOKEN in the environment is the gateway's; --gateway is http://127.0.0.1:4000 unless given.
`;

/** Registers operations with a gateway, lists what is registered, or takes a version back. Answers the exit code. */
export async function operationsCommand(args: readonly string[], terminal: Terminal = THIS_TERMINAL): Promise<number> {
  const { action, paths, values } = readArguments(args);
  const gateway = gatewayOf(values.gateway ?? LOCAL_GATEWAY, terminal.env['TAKT_ADMIN_TOKEN']);
  if (action === 'list') {
    const { mode, publications } = (await gateway('GET', '/operations')) as Listing;
    const rows = publications.map(
      ({ client, version, contract = 'stable', documents }) => `${client} ${version}: ${documents}, for ${contract}`,
    );
    const runs = mode === 'only' ? 'Only these run.' : 'Others run as well.';
    terminal.out.write(`${rows.map((row) => `${row}\n`).join('')}${rows.length} publications. ${runs}\n`);
    return 0;
  }
  const { client, 'client-version': version, contract } = values;
  if (client === undefined || version === undefined) throw new UsageError(USAGE);
  if (action === 'retire') {
    await gateway('DELETE', `/operations/${encodeURIComponent(client)}/${encodeURIComponent(version)}`);
    terminal.out.write(`${client} ${version} is retired.\n`);
    return 0;
  }
  if (paths.length === 0) throw new UsageError(USAGE);
  const documents = clientDocuments(await filesAt(paths));
  const count = Object.keys(documents).length;
  if (count === 0) throw new UsageError(`There are no operations in ${paths.join(', ')}.`);
  const { outcome } = (await gateway('POST', '/operations', { client, version, contract, documents })) as Published;
  const done = outcome === 'published' ? 'registered' : 'registered already';
  terminal.out.write(`${client} ${version}: ${count} ${count === 1 ? 'operation is' : 'operations are'} ${done}.\n`);
  return 0;
}

interface Listing {
  readonly mode: 'optional' | 'only';
  readonly publications: readonly {
    readonly client: string;
    readonly version: string;
    readonly contract?: string;
    readonly documents: number;
  }[];
}

interface Published {
  readonly outcome: 'published' | 'unchanged';
}

function readArguments(args: readonly string[]) {
  const { values, positionals } = parsed(args);
  const [action = '', ...paths] = positionals;
  if (!['publish', 'list', 'retire'].includes(action) || (action !== 'publish' && paths.length > 0)) {
    throw new UsageError(USAGE);
  }
  return { action, paths, values };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        client: { type: 'string' },
        'client-version': { type: 'string' },
        contract: { type: 'string' },
        gateway: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

/** Files as they are named, and of folders all that have operations. */
async function filesAt(paths: readonly string[]) {
  const found: string[] = [];
  for (const path of paths) {
    const stats = await stat(path).catch(() => undefined);
    if (!stats) throw new UsageError(`There is no ${path}.`);
    if (!stats.isDirectory()) found.push(path);
    else {
      const names = await readdir(path, { recursive: true });
      found.push(...names.filter((name) => name.endsWith('.graphql')).map((name) => join(path, name)));
    }
  }
  return Promise.all([...new Set(found)].sort().map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
}

/** Asks the gateway as its administrator. Throws {@link UsageError} with what it refuses. */
function gatewayOf(url: string, token: string | undefined) {
  return async (method: AdminRequest['method'], path: string, body?: unknown): Promise<unknown> => {
    const { status, text } = await askGateway(url, path, { method, body, token });
    const answer = answerOf(text);
    if (status < 300) return answer;
    if (status === 404 && method !== 'DELETE') {
      throw new UsageError(
        `The gateway at ${url} registers nothing: it needs TAKT_TRUSTED_DOCUMENTS_DIR and TAKT_ADMIN_TOKEN.`,
      );
    }
    const reasons = (answer.errors ?? []).map(
      ({ message, operationName, hash }) => `${operationName ?? hash ?? ''}${hash ? ': ' : ''}${message}`,
    );
    throw new UsageError([`The gateway refuses (${status}):`, ...reasons].join('\n'));
  };
}

function answerOf(text: string): { readonly errors?: readonly Refusal[] } {
  try {
    return JSON.parse(text) as { readonly errors?: readonly Refusal[] };
  } catch {
    return {};
  }
}

interface Refusal {
  readonly message: string;
  readonly operationName?: string;
  readonly hash?: string;
}
