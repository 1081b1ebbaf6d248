import { expect, vi } from 'vitest';

export interface SeenExtract {
  readonly id: string;
  readonly state: string;
  readonly progress: {
    readonly phase: string;
    readonly rows: number;
    readonly total: number | null;
    readonly pages: number;
  };
  readonly position: string | null;
  readonly files: readonly {
    readonly format: string;
    readonly url: string;
    readonly bytes: string;
    readonly rows: number;
    readonly sha256: string;
  }[];
  readonly failure: { readonly code: string; readonly message: string } | null;
}

export interface Refusal {
  readonly code: string;
  readonly reason: string;
}

export type Row = Readonly<Record<string, unknown>>;

const EXTRACT = `id state progress { phase rows total pages } position
  files { format url bytes rows sha256 } failure { code message }`;
const RESULT = `{ ... on ExtractStarted { extract { ${EXTRACT} } } ... on ExtractRefused { code reason } }`;

/** What a client of extracts does. */
export function extracting(url: string, headers: Readonly<Record<string, string>> = {}) {
  const ask = async <Data>(query: string, variables: object = {}): Promise<Data> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  };
  const bulkExtract = async (input: object) => {
    const text = `mutation ($input: BulkExtractInput!) { result: bulkExtract(input: $input) ${RESULT} }`;
    return (await ask<{ result: { extract?: SeenExtract } & Partial<Refusal> }>(text, { input })).result;
  };
  const extractChanges = async (input: object) => {
    const text = `mutation ($input: ExtractChangesInput!) { result: extractChanges(input: $input) ${RESULT} }`;
    return (await ask<{ result: { extract?: SeenExtract } & Partial<Refusal> }>(text, { input })).result;
  };
  const find = async (id: string) =>
    (await ask<{ extract: SeenExtract | null }>(`query ($id: ID!) { extract(id: $id) { ${EXTRACT} } }`, { id }))
      .extract;
  /** Once it is over. */
  const over = (id: string) =>
    vi.waitFor(
      async () => {
        const extract = await find(id);
        expect(extract?.state).toMatch(/DONE|FAILED|CANCELLED/);
        return extract!;
      },
      { timeout: 60_000, interval: 50 },
    );
  const begun = ({ extract, ...refusal }: { extract?: SeenExtract } & Partial<Refusal>): string => {
    if (!extract) throw new Error(`Refused: ${JSON.stringify(refusal)}`);
    return extract.id;
  };
  const extracted = async (input: object): Promise<SeenExtract> => over(begun(await bulkExtract(input)));
  const changed = async (since: string): Promise<SeenExtract> => over(begun(await extractChanges({ since })));
  const download = (path: string, more: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}${path}`, { headers: { ...headers, ...more } });
  const rowsOf = async ({ files }: SeenExtract): Promise<Row[]> => {
    const file = files.find(({ format }) => format === 'JSON_LINES');
    const text = await (await download(file!.url)).text();
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Row);
  };
  return { ask, bulkExtract, extractChanges, find, over, extracted, changed, download, rowsOf };
}
