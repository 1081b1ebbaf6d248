import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryFolder } from '../plant.ts';
import { startTakt, type TaktProcess } from '../takt-process.ts';

/** Asking costs the process that is asked. */
const ASK_MS = 50;
const PAGE = 500;

/** A Takt process, embedded, without demo, with the backing systems that a folder declares. */
export interface ConnectedTakt extends TaktProcess {
  /** Throws if the answer has errors. */
  query<Data>(text: string): Promise<Data>;
  /** All documents that it knows, newest first. */
  documents(): Promise<ReceivedDocument[]>;
  /** Resolves when the document of this name has ended; throws if not all of it was applied. */
  applied(name: string): Promise<ReceivedDocument>;
  /** Sum of the stock at the plant of the movements. */
  onHand(): Promise<number>;
}

export interface ReceivedDocument {
  readonly key: string;
  readonly name: string | null;
  readonly status: string;
  readonly records: number;
  /** RFC 3339. */
  readonly receivedAt: string;
  readonly parsedAt: string | null;
  readonly endedAt: string | null;
  readonly counts: Readonly<Record<'applied' | 'duplicate' | 'rejected' | 'deadLettered', number>>;
}

/** Files by name below a folder of its own; answers the folder. */
export async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** As a whole, or not at all. */
export async function putFile(folder: string, name: string, write: (path: string) => Promise<void>): Promise<void> {
  const hidden = join(folder, `.${name}`);
  await write(hidden);
  await rename(hidden, join(folder, name));
}

export async function startConnected(
  connectors: string,
  { dataDir = temporaryFolder(), env = {} }: { dataDir?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<ConnectedTakt> {
  const takt = await startTakt({ TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off', TAKT_CONNECTORS: connectors, ...env });
  const query = async <Data>(text: string): Promise<Data> => {
    const response = await fetch(`${takt.url}/graphql`, {
      method: 'POST',
      // One that is kept may be closed by a process that is too busy to hear us.
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ query: text }),
    });
    const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown };
    if (errors !== undefined || !data) throw new Error(JSON.stringify(errors));
    return data;
  };
  return {
    ...takt,
    query,
    async documents() {
      const all: ReceivedDocument[] = [];
      let after = '';
      for (;;) {
        const { integrationMessages: page } = await query<{ integrationMessages: DocumentPage }>(
          `{ integrationMessages(first: ${PAGE}${after}) { nodes { ${DOCUMENT} } pageInfo { hasNextPage endCursor } } }`,
        );
        all.push(...page.nodes);
        if (!page.pageInfo.hasNextPage) return all;
        after = `, after: "${page.pageInfo.endCursor}"`;
      }
    },
    async applied(name) {
      for (;;) {
        const { integrationMessages } = await query<{ integrationMessages: Pick<DocumentPage, 'nodes'> }>(
          `{ integrationMessages(first: 10) { nodes { ${DOCUMENT} } } }`,
        );
        const found = integrationMessages.nodes.find((each) => each.name === name && each.endedAt !== null);
        if (found && found.status !== 'APPLIED') throw new Error(`Not all of it was applied: ${JSON.stringify(found)}`);
        if (found) return found;
        await delay(ASK_MS);
      }
    },
    async onHand() {
      const { inventoryPositions } = await query<{ inventoryPositions: { nodes: { onHand: { value: string } }[] } }>(
        `{ inventoryPositions(first: ${PAGE}) { nodes { onHand { value } } } }`,
      );
      return inventoryPositions.nodes.reduce((sum, { onHand }) => sum + Number(onHand.value), 0);
    },
  };
}

const DOCUMENT =
  'key name status records receivedAt parsedAt endedAt counts { applied duplicate rejected deadLettered }';

interface DocumentPage {
  readonly nodes: readonly ReceivedDocument[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
