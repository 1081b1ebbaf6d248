import { setTimeout as delay } from 'node:timers/promises';
import { createTaktClient, InventoryChangedDocument, type InventoryChangedSubscription } from '@takt/client';
import type { System } from '@takt/cli';
import { releaseAll } from '@takt/subgraph-server';
import { WebSocket } from 'ws';
import { engineProfiles, type EngineProfile } from '../engines.ts';
import type { BenchOptions } from '../run.ts';
import { fillPlant, plantClock, positionsAt, startPlant } from '../plant.ts';
import type { Table } from '../report.ts';
import { interleaved, median, ownCpuMs, quantile } from '../statistics.ts';
import { stockReports } from '../stock-reports.ts';

const PLANT = 'P100';
const RATES = [50, 200];
/** What follows a report is in this process; if nothing comes for so long, something is wrong. */
const SILENCE_MS = 30_000;

const NOTES = [
  'Heard and answered (committed): since it was offered. Between: from answered to heard, which may come before: publishing goes on beside answering.',
  'Sender, server and subscriber share one process and its event loop.',
];

interface Journey {
  readonly offeredAt: number;
  committedAt?: number;
  heardAt?: number;
}

interface Sending {
  readonly journeys: readonly Journey[];
  readonly cpuMs: number;
}

/** How long a change takes to a subscriber on a websocket who also asks for the product, which another domain has. */
export async function run(options: BenchOptions): Promise<Table[]> {
  const { seconds, rounds } = options;
  const { profiles, notes } = await engineProfiles(options);
  const opened: (() => Promise<void>)[] = [];
  try {
    const contenders = new Map<string, (warmUp: boolean) => Promise<Sending>>();
    for (const profile of profiles) {
      const send = await listeningPlant(profile, opened);
      for (const rate of RATES) {
        contenders.set(`${rate}, ${profile.name}`, (warmUp) =>
          send(profile.atMost(Math.ceil(rate * (warmUp ? Math.min(seconds, 3) : seconds))), rate),
        );
      }
    }
    const measured = await interleaved(contenders, rounds);
    const [{ name: first } = { name: '' }] = profiles;
    return RATES.map((rate, index) => ({
      title: `To a subscriber over a websocket, at ${rate} events/s for ${seconds} s`,
      bar: 'heard p50 ms',
      rows: profiles.map(({ name }) => rowOf(name, first, rate, measured)),
      ...(index === RATES.length - 1 && { notes: [...NOTES, ...notes] }),
    }));
  } finally {
    await releaseAll(opened.reverse());
  }
}

function rowOf(
  name: string,
  first: string,
  rate: number,
  measured: ReadonlyMap<string, readonly Sending[]>,
): Table['rows'][number] {
  const over = (engines: string, share: number, milliseconds: (journey: Journey) => number) =>
    median(
      (measured.get(`${rate}, ${engines}`) ?? []).map(({ journeys }) => quantile(journeys.map(milliseconds), share)),
    );
  const toHeard = ({ offeredAt, heardAt = NaN }: Journey) => heardAt - offeredAt;
  const toAnswered = ({ offeredAt, committedAt = NaN }: Journey) => committedAt - offeredAt;
  const answeredToHeard = ({ committedAt = NaN, heardAt = NaN }: Journey) => heardAt - committedAt;
  const sendings = measured.get(`${rate}, ${name}`) ?? [];
  return {
    '': name,
    [`p50 × ${first}`]: over(name, 0.5, toHeard) / over(first, 0.5, toHeard),
    'heard p50 ms': over(name, 0.5, toHeard),
    'heard p95 ms': over(name, 0.95, toHeard),
    'heard p99 ms': over(name, 0.99, toHeard),
    'heard max ms': over(name, 1, toHeard),
    'answered p50 ms': over(name, 0.5, toAnswered),
    'answered p95 ms': over(name, 0.95, toAnswered),
    'between p50 ms': over(name, 0.5, answeredToHeard),
    'between p95 ms': over(name, 0.95, answeredToHeard),
    'between p99 ms': over(name, 0.99, answeredToHeard),
    'CPU ms/event': median(sendings.map(({ cpuMs, journeys }) => cpuMs / journeys.length)),
  };
}

/** Starts a plant with a subscriber; answers how to send so many changes at a rate. */
async function listeningPlant(
  { place }: EngineProfile,
  opened: (() => Promise<void>)[],
): Promise<(count: number, perSecond: number) => Promise<Sending>> {
  const { directory, ...servers } = place();
  const system = await startPlant(directory, servers);
  opened.push(() => system.close());
  const client = createTaktClient({ url: `${system.url}/graphql`, webSocketImpl: WebSocket });
  opened.push(() => client.close());
  await fillPlant(system, 'small', { domains: ['products', 'inventory'] });
  const subscriber = subscribe(client.subscribe(InventoryChangedDocument, { plant: PLANT }));
  const reports = stockReports([...positionsAt(PLANT)], plantClock);
  await subscriber.listening(() => system.intake('inventory').receive(reports(1)));
  return async (count, perSecond) => {
    const cpuBefore = ownCpuMs();
    const journeys = await sendSteadily(system, reports(count), perSecond, subscriber.heard);
    await allHeard(journeys);
    subscriber.heard.clear();
    return { journeys, cpuMs: ownCpuMs() - cpuBefore };
  };
}

/** Offers one message after the other at fixed times, whether or not the one before has arrived. */
async function sendSteadily(
  system: System,
  messages: ReturnType<ReturnType<typeof stockReports>>,
  perSecond: number,
  heard: Map<string, Journey>,
): Promise<Journey[]> {
  const intake = system.intake('inventory');
  const start = performance.now();
  const journeys: Promise<Journey>[] = [];
  for (const [index, message] of messages.entries()) {
    await delay(Math.max(0, start + (index * 1000) / perSecond - performance.now()));
    const journey: Journey = { offeredAt: performance.now() };
    heard.set(message.id, journey);
    journeys.push(
      intake.receive([message]).then(([outcome]) => {
        journey.committedAt = performance.now();
        if (outcome?.status !== 'APPLIED') throw new Error(`Not taken: ${JSON.stringify(outcome)}`);
        return journey;
      }),
    );
  }
  return Promise.all(journeys);
}

async function allHeard(journeys: readonly Journey[]): Promise<void> {
  let missing = journeys.length;
  for (let since = performance.now(); ;) {
    const now = journeys.filter(({ heardAt }) => heardAt === undefined).length;
    if (now === 0) return;
    if (now < missing) since = performance.now();
    else if (performance.now() - since > SILENCE_MS) throw new Error(`The subscriber did not hear of ${now} changes.`);
    missing = now;
    await delay(5);
  }
}

/** Notes when each change arrives, by its correlation id, which is the id of the message behind it. */
function subscribe(changes: AsyncIterable<InventoryChangedSubscription>): {
  readonly heard: Map<string, Journey>;
  /** Resolves when the first change arrives; until then, something is changed again and again. */
  listening(change: () => Promise<unknown>): Promise<void>;
} {
  const heard = new Map<string, Journey>();
  let arrived = 0;
  let failed: unknown;
  const listen = async () => {
    for await (const { inventoryChanged } of changes) {
      arrived += 1;
      const journey = heard.get(inventoryChanged.correlationId);
      if (journey) journey.heardAt = performance.now();
      if (!inventoryChanged.inventoryPosition?.product) throw new Error('A change came without its product.');
    }
  };
  listen().catch((error: unknown) => (failed = error));
  return {
    heard,
    async listening(change) {
      while (arrived === 0) {
        if (failed) throw new Error('The subscription failed.', { cause: failed });
        await change();
        await delay(50);
      }
    },
  };
}
