import { openLmdbStore } from '@takt/document-store';
import type { LoggedEvent } from '@takt/event-log';
import { inboundMessage, systemClock } from '@takt/intake';
import { startConsumer } from '@takt/log-consumer';
import { neighboursBehindDoors } from '@takt/subgraph-server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { serversFor } from '../servers.ts';
import { temporaryFolder } from '../system.ts';
import { embedded, servers, type Instance } from './instances.fixture.ts';

const given = serversFor('a neighbour that follows a domain');

const profiles = [
  { name: 'one store and one log', isThere: true, prepare: () => embedded() },
  { name: 'MongoDB and JetStream', isThere: given !== undefined, prepare: () => servers(given!) },
];

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

async function tell({ domain }: Instance, numbers: readonly number[]): Promise<void> {
  for (const number of numbers) {
    const data = { code: `L${number}`, name: `Place ${number}`, type: 'PLANT', timeZone: 'Europe/Berlin' };
    await domain.intake.receive([
      inboundMessage({ id: `m${number}`, type: 'LocationReported', source: 'erp/p100', data }, systemClock),
    ]);
  }
}

describe.each(profiles)('a domain on $name', ({ isThere, prepare }) => {
  it.skipIf(!isThere)(
    'is followed by its neighbour from one process that writes to the next, with no gap and no duplicate',
    async () => {
      const open = await prepare();
      const [first, second] = [await open(), await open()];
      const neighbours = neighboursBehindDoors(() => Promise.resolve(second.domain.holder()));
      const store = await openLmdbStore({ directory: await temporaryFolder() });
      onTestFinished(() => store.close());
      const seen: LoggedEvent[] = [];
      const consumer = {
        name: 'neighbour',
        apply: (events: readonly LoggedEvent[]) => Promise.resolve(void seen.push(...events)),
        catchUp: () => Promise.reject(new Error('nothing is lost')),
      };
      const log = () => neighbours.log('products');
      const following = await startConsumer({ store, log, consumer, onFault: () => undefined });
      onTestFinished(() => following.close());
      await tell(second, range(20));
      await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0), { timeout: 10_000 });
      const stopping = first.close();
      await tell(second, range(40).slice(20));
      await stopping;
      await tell(second, range(60).slice(40));
      await vi.waitFor(() => expect(seen).toHaveLength(60), { timeout: 20_000, interval: 20 });
      expect(seen.map(({ position }) => position)).toEqual(range(60));
      expect(seen.map(({ event }) => event.subject)).toEqual(range(60).map((number) => `L${number}`));
      const { documents, position } = await neighbours.snapshot('products', { collection: 'locations', limit: 500 });
      expect(documents).toHaveLength(60);
      expect(position).toBe(60);
    },
    60_000,
  );
});
