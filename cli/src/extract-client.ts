import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createTaktClient, TaktConnectionError, type TaktDocument } from '@takt/client';
import { clientDocuments } from './client-documents.ts';

export interface Extract {
  readonly id: string;
  readonly state: string;
  readonly position: string | null;
  readonly progress: { readonly rows: number; readonly total: number | null };
  readonly files: readonly ExtractedFile[];
  readonly failure: { readonly code: string; readonly message: string } | null;
}

export interface ExtractedFile {
  readonly url: string;
  readonly bytes: string;
  readonly rows: number;
  readonly sha256: string;
}

interface StartResult {
  readonly extract?: { readonly id: string };
  readonly code?: string;
  readonly reason?: string;
}

export interface ExtractsClient {
  start(input: object): Promise<StartResult>;
  startChanges(input: object): Promise<StartResult>;
  find(id: string): Promise<Extract | null>;
  get(path: string, headers: Readonly<Record<string, string>>): Promise<Response>;
}

/** Extracts of a Takt at the URL of its GraphQL, in the contract that is stable there or that the URL names. */
export async function extractsOf(url: string, token: string | undefined): Promise<ExtractsClient> {
  const credentials = token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };
  const takt = createTaktClient({ url, contract: null, token: token === '' ? undefined : token });
  const documents = Object.entries(clientDocuments([{ path: OPERATIONS, text: await readFile(OPERATIONS, 'utf8') }]));

  const ask = async <Result>(name: string, variables: object): Promise<Result> => {
    const [hash, text] = documents.find(([, each]) => each.includes(` ${name}(`)) ?? [];
    const document: TaktDocument<{ result: Result }, object> = { name, ...(hash && { hash }), ...(text && { text }) };
    const { result } = await takt.request(document, variables).catch((error: unknown) => {
      if (!(error instanceof TaktConnectionError)) throw error;
      throw new Error(`Takt does not answer at ${url}. Is it running?`, { cause: error });
    });
    return result;
  };

  return {
    start: (input) => ask('StartExtract', { input }),
    startChanges: (input) => ask('StartExtractOfChanges', { input }),
    find: (id) => ask('FindExtract', { id }),
    get: (path, headers) => fetch(new URL(path, url), { headers: { ...credentials, ...headers } }),
  };
}

/** In a file, so that they can be registered where nothing else runs. */
const OPERATIONS = fileURLToPath(new URL('operations/extracts.graphql', import.meta.url));
