import { setTimeout as delay } from 'node:timers/promises';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { interleaved, median } from '../statistics.ts';
import { startConnected } from './connected-takt.ts';
import { startMovementFeed } from './movement-feed.ts';

/** Movements of a document → documents that are published. */
const SIZES: ReadonlyMap<number, number> = new Map([
  [1, 1_000],
  [100, 100],
]);
const QUICK_SHARE = 0.1;
const ASK_MS = 50;

/** Inventory movements over MQTT, as documents of one and of a hundred, from the first published until all are in stock. */
export async function movements({ rounds, quick }: BenchOptions): Promise<Table[]> {
  const feed = await startMovementFeed();
  const takt = await startConnected(feed.connectors);
  let total = 0;
  const take = async (size: number, documents: number) => {
    const before = { at: performance.now(), cpuMs: takt.cpuMs() };
    total += size * documents;
    for (let from = 0; from < documents; from += 1) await feed.publish(size);
    while ((await takt.onHand()) < total) await delay(ASK_MS);
    return { elapsedMs: performance.now() - before.at, cpuMs: takt.cpuMs() - before.cpuMs };
  };
  try {
    const count = (documents: number) => Math.ceil(documents * (quick ? QUICK_SHARE : 1));
    const measured = await interleaved(
      new Map([...SIZES].map(([size, documents]) => [String(size), () => take(size, count(documents))])),
      rounds,
    );
    const onHand = await takt.onHand();
    if (onHand !== total) throw new Error(`${onHand} pieces are in stock, not ${total}.`);
    const costOf = (size: number) =>
      median((measured.get(String(size)) ?? []).map(({ cpuMs }) => cpuMs / size / count(SIZES.get(size) ?? 0)));
    return [
      {
        title: 'Inventory movements over MQTT, to their end',
        bar: 'movements/s',
        rows: [...SIZES].map(([size, documents]) => ({
          'movements a document': size,
          documents: count(documents),
          'movements/s': median(
            (measured.get(String(size)) ?? []).map(({ elapsedMs }) => ((size * count(documents)) / elapsedMs) * 1000),
          ),
          'CPU ms/movement': costOf(size),
          'CPU × of one alone': costOf(size) / costOf(1),
        })),
        notes: [
          `Broker: ${feed.broker}, in this process or beside it, as is the publisher. QoS 1: a document is confirmed when it is on stable storage.`,
          'Fails unless the stock is the sum of all movements.',
        ],
      },
    ];
  } finally {
    await takt.stop();
    await feed.close();
  }
}
