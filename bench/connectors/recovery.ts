import { setTimeout as delay } from 'node:timers/promises';
import { temporaryFolder } from '../plant.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { median } from '../statistics.ts';
import { startConnected, type ConnectedTakt } from './connected-takt.ts';
import { startMovementFeed } from './movement-feed.ts';

const DOCUMENTS = 1_000;
const QUICK_DOCUMENTS = 200;
const MOVEMENTS = 10;
const PER_SECOND = 100;
const ASK_MS = 20;

interface Recovery {
  /** In stock when it was killed, at most. */
  readonly before: number;
  /** From its new start until it is ready, until the first movement more is in stock, and until all are that were published. */
  readonly readyMs: number;
  readonly goesOnMs: number;
  readonly caughtUpMs: number;
  readonly accounts: Accounts;
}

interface Accounts {
  readonly documents: number;
  readonly onHand: number;
  readonly duplicates: number;
}

/** `kill -9` in the middle of a feed that goes on meanwhile; then the same data directory again. */
export async function recovery({ rounds, quick }: BenchOptions): Promise<Table[]> {
  const documents = quick ? QUICK_DOCUMENTS : DOCUMENTS;
  const recoveries: Recovery[] = [];
  for (let round = 0; round < rounds; round += 1) recoveries.push(await killed(documents));
  const of = (figure: (one: Recovery) => number) => median(recoveries.map(figure));
  return [
    {
      title: `kill -9 in the middle of ${documents} documents of ${MOVEMENTS} movements, ${PER_SECOND} documents/s over MQTT`,
      rows: [
        {
          'in stock before': of(({ before }) => before),
          'ready after s': of(({ readyMs }) => readyMs / 1000),
          'goes on after s': of(({ goesOnMs }) => goesOnMs / 1000),
          'caught up after s': of(({ caughtUpMs }) => caughtUpMs / 1000),
          'documents applied': of(({ accounts }) => accounts.documents),
          'pieces in stock': of(({ accounts }) => accounts.onHand),
          'recognised as known': of(({ accounts }) => accounts.duplicates),
        },
      ],
      notes: [
        'Since the new process was spawned. Goes on: a movement more is in stock than when it was killed. Caught up: with all that was published until then.',
        'Fails unless each document is there once, applied as a whole, and the stock is the sum of all movements.',
        'Recognised as known: movements that the domain had taken, of which the killed process had not yet kept the outcome.',
      ],
    },
  ];
}

async function killed(documents: number): Promise<Recovery> {
  const feed = await startMovementFeed();
  const dataDir = temporaryFolder();
  let takt: ConnectedTakt | undefined = await startConnected(feed.connectors, { dataDir });
  let published = 0;
  const publishing = (async () => {
    const start = performance.now();
    for (; published < documents; published += 1) {
      await delay(Math.max(0, start + (published * 1000) / PER_SECOND - performance.now()));
      await feed.publish(MOVEMENTS);
    }
  })();
  try {
    let before = 0;
    while (published < documents / 3 || before === 0) before = await takt.onHand();
    takt.kill();
    await takt.stop();
    takt = undefined;
    const begun = performance.now();
    takt = await startConnected(feed.connectors, { dataDir });
    const readyMs = performance.now() - begun;
    const sinceBegun = async (enough: (onHand: number) => boolean, asked: ConnectedTakt) => {
      while (!enough(await asked.onHand())) await delay(ASK_MS);
      return performance.now() - begun;
    };
    const goesOnMs = await sinceBegun((onHand) => onHand > before, takt);
    const caughtUpMs = await sinceBegun((onHand) => onHand >= published * MOVEMENTS, takt);
    await publishing;
    await sinceBegun((onHand) => onHand >= documents * MOVEMENTS, takt);
    return { before, readyMs, goesOnMs, caughtUpMs, accounts: await accountFor(documents, takt) };
  } finally {
    await publishing.catch(() => undefined);
    await takt?.stop();
    await feed.close();
  }
}

/** Throws unless everything is there once. */
async function accountFor(documents: number, takt: ConnectedTakt): Promise<Accounts> {
  const onHand = await takt.onHand();
  const found = (await takt.documents()).filter(({ endedAt }) => endedAt !== null);
  const isWhole = ({ counts }: (typeof found)[number]) => counts.applied + counts.duplicate === MOVEMENTS;
  const keys = new Set(found.filter(isWhole).map(({ key }) => key));
  if (onHand === documents * MOVEMENTS && found.length === documents && keys.size === documents) {
    const duplicates = found.reduce((sum, { counts }) => sum + counts.duplicate, 0);
    return { documents: keys.size, onHand, duplicates };
  }
  throw new Error(
    `Of ${documents} documents ${found.length} ended, ${keys.size} of them whole; ${onHand} pieces are in stock.`,
  );
}
