import { NO_CROSS_REFERENCES } from '@takt/mapping';
import { openLmdbStore } from '@takt/document-store';
import { LineReceiver } from './documents.fixture.ts';
import { applied, testSystem } from './test-exchange.fixture.ts';
import { startExchange } from './start-exchange.ts';

/** Takes in one document of so many megabytes, and writes the most that was held outside the heap, in bytes. */
const [directory = '', megabytes = '1'] = process.argv.slice(2);
const receiver = new LineReceiver();
const store = await openLmdbStore({ directory });
const exchange = await startExchange({
  store,
  systems: [testSystem({ system: 'erp/P100', receiver })],
  intake: () => ({ receive: (messages) => Promise.resolve(messages.map(applied)) }),
  crossReferences: NO_CROSS_REFERENCES,
  clock: () => new Date(),
  keepDays: 35,
  onFault: (fault) => {
    throw fault;
  },
});

let peak = 0;
const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage().external)), 20);
const piece = Buffer.from(`d T ${'x'.repeat(1019)}\n`.repeat(1024));
async function* body() {
  for (let count = 0; count < Number(megabytes); count += 1) yield Promise.resolve(piece);
}
const startedAt = performance.now();
const receipt = await receiver.accept('large', body());
const acceptedMs = performance.now() - startedAt;
const end = await receipt.ended(AbortSignal.timeout(600_000));
clearInterval(sampling);
const tookMs = Math.round(performance.now() - startedAt);
console.log(JSON.stringify({ records: end.counts.applied, peak, acceptedMs: Math.round(acceptedMs), tookMs }));
await exchange.close();
await store.close();
