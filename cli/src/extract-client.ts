import { createTaktClient, TaktConnectionError } from '@takt/client';

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

const RESULT = '{ ... on ExtractStarted { extract { id } } ... on ExtractRefused { code reason } }';
const START = `mutation ($input: BulkExtractInput!) { result: bulkExtract(input: $input) ${RESULT} }`;
const CHANGES = `mutation ($input: ExtractChangesInput!) { result: extractChanges(input: $input) ${RESULT} }`;
const FIND = `query ($id: ID!) { result: extract(id: $id) {
  id state position progress { rows total } files { url bytes rows sha256 } failure { code message }
} }`;

/** Extracts of a Takt at the URL of its GraphQL, in the contract that is stable there or that the URL names. */
export function extractsOf(url: string, token: string | undefined): ExtractsClient {
  const credentials = token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };
  const takt = createTaktClient({ url, contract: null, token: token === '' ? undefined : token });

  const ask = async <Result>(text: string, variables: object): Promise<Result> => {
    const { result } = await takt.request<{ result: Result }, object>({ text }, variables).catch((error: unknown) => {
      if (!(error instanceof TaktConnectionError)) throw error;
      throw new Error(`Takt does not answer at ${url}. Is it running?`, { cause: error });
    });
    return result;
  };

  return {
    start: (input) => ask(START, { input }),
    startChanges: (input) => ask(CHANGES, { input }),
    find: (id) => ask(FIND, { id }),
    get: (path, headers) => fetch(new URL(path, url), { headers: { ...credentials, ...headers } }),
  };
}
