import { join } from 'node:path';
import { InventoryChangedDocument, type InventoryChangedSubscription } from '@takt/client';
import { encodeCursor } from '@takt/event-log';
import type { InventoryChange } from '@takt/inventory/contract';
import { expect, it } from 'vitest';
import { bootSystem, startedProcess, take, temporaryFolder } from '../system.ts';

const ROUNDS = 4;
const WRITERS = 4;

it(
  'loses nothing that it acknowledged and publishes nothing twice, whenever it is killed',
  { timeout: 180_000 },
  async () => {
    const dataDir = join(await temporaryFolder(), 'data');
    const env = { TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off' };
    const acknowledged = new Set<string>();
    let sent = 0;

    for (let round = 1; round <= ROUNDS; round++) {
      const running = await startedProcess(env);
      const killAfter = acknowledged.size + 20 * round + Math.floor(Math.random() * 20);
      const write = async (): Promise<void> => {
        while (!running.child.killed) {
          const document = `D${++sent}`;
          if (await receive(running.url, document)) acknowledged.add(document);
          if (acknowledged.size >= killAfter) running.child.kill('SIGKILL');
        }
      };
      await Promise.all(Array.from({ length: WRITERS }, write));
      await running.ended();
    }

    const { system, client } = await bootSystem({ dataDir });
    const { data } = await system.gateway.execute({
      query: '{ inventoryPosition(id: "PUMP@P100") { onHand { value } } }',
    });
    const pieces = Number((data?.['inventoryPosition'] as { onHand: { value: string } }).onHand.value);
    const changes = client.subscribe(InventoryChangedDocument, {
      after: encodeCursor(system.domains.get('inventory')!.log.id, 0),
    });
    const published = await take(pieces, changes);
    await changes.return?.();
    const { log } = system.domains.get('inventory')!;
    const documents = (await log.read(0, pieces + 1)).map(
      ({ event }) => (event.data as InventoryChange).movement?.document,
    );

    expect(acknowledged.size).toBeGreaterThan(0);
    expect(documents).toEqual(expect.arrayContaining([...acknowledged]));
    expect(new Set(documents).size).toBe(documents.length);
    expect(published.map(onHandAfter)).toEqual(Array.from({ length: pieces }, (_, i) => i + 1));
  },
);

function onHandAfter({ inventoryChanged }: InventoryChangedSubscription): number {
  return Number(inventoryChanged.onHandAfter.value);
}

/** Receives one piece; true if the process acknowledged it. */
async function receive(url: string, document: string): Promise<boolean> {
  const input = `{ document: "${document}", line: 1, type: RECEIPT, sku: "PUMP", location: "P100", quantity: { value: "1", unit: "EA" } }`;
  const mutation = `mutation { postStockMovement(idempotencyKey: "${document}", input: ${input}) { __typename } }`;
  const answer = await ask(url, mutation).catch(() => undefined);
  return (
    (answer?.data as { postStockMovement?: { __typename: string } } | undefined)?.postStockMovement?.__typename ===
    'InventoryAccepted'
  );
}

async function ask(url: string, query: string): Promise<{ data?: unknown }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data?: unknown };
}
