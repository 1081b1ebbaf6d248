import { setTimeout as delay } from 'node:timers/promises';
import { createTaktClient, InventoryChangedDocument, type InventoryChangedSubscription } from '@takt/client';
import type { System } from '@takt/cli';
import { WebSocket } from 'ws';
import type { BenchOptions } from '../run.ts';
import { demoBatches, fillPlant, startPlant, temporaryFolder } from '../plant.ts';
import type { Table } from '../report.ts';
import { median, quantile } from '../statistics.ts';
import { stockReports, type Position } from '../stock-reports.ts';

const PLANT = 'P100';
const EVENTS_PER_SECOND = 50;

interface Journey {
  readonly offeredAt: number;
  committedAt?: number;
  heardAt?: number;
}

/** How long a change takes to a subscriber on a websocket who also asks for the product, which another domain has. */
export async function run({ seconds, rounds }: BenchOptions): Promise<Table[]> {
  const system = await startPlant(temporaryFolder());
  const client = createTaktClient({ url: `${system.url}/graphql`, webSocketImpl: WebSocket });
  try {
    await fillPlant(system, 'small');
    const subscriber = subscribe(client.subscribe(InventoryChangedDocument, { plant: PLANT }));
    const reports = stockReports([...positionsAt(PLANT)]);
    const send = async (count: number) => {
      const journeys = await sendSteadily(system, reports(count), subscriber.heard);
      await allHeard(journeys);
      return journeys;
    };
    await subscriber.listening(() => system.intake('inventory').receive(reports(1)));
    await send(EVENTS_PER_SECOND * Math.min(seconds, 3));

    const samples: Journey[][] = [];
    for (let round = 0; round < rounds; round++) samples.push(await send(EVENTS_PER_SECOND * seconds));
    const row = (name: string, milliseconds: (journey: Journey) => number) => {
      const over = (share: number) => median(samples.map((sample) => quantile(sample.map(milliseconds), share)));
      return { '': name, 'p50 ms': over(0.5), 'p95 ms': over(0.95), 'p99 ms': over(0.99), 'max ms': over(1) };
    };
    return [
      {
        title: `To a subscriber over a websocket, at ${EVENTS_PER_SECOND} events/s for ${seconds} s`,
        bar: 'p50 ms',
        rows: [
          row('offered to heard', ({ offeredAt, heardAt = NaN }) => heardAt - offeredAt),
          row('offered to answered (committed)', ({ offeredAt, committedAt = NaN }) => committedAt - offeredAt),
          row('answered to heard', ({ committedAt = NaN, heardAt = NaN }) => heardAt - committedAt),
        ],
        notes: ['Server, sender and subscriber share one process and its event loop.'],
      },
    ];
  } finally {
    await client.close();
    await system.close();
  }
}

/** Offers one message after the other at fixed times, whether or not the one before has arrived. */
async function sendSteadily(
  system: System,
  messages: ReturnType<ReturnType<typeof stockReports>>,
  heard: Map<string, Journey>,
): Promise<Journey[]> {
  const intake = system.intake('inventory');
  const start = performance.now();
  const journeys: Promise<Journey>[] = [];
  for (const [index, message] of messages.entries()) {
    await delay(Math.max(0, start + (index * 1000) / EVENTS_PER_SECOND - performance.now()));
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
  const deadline = performance.now() + 10_000;
  while (journeys.some(({ heardAt }) => heardAt === undefined)) {
    if (performance.now() > deadline) throw new Error('The subscriber did not hear of every change.');
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

function* positionsAt(plant: string): Generator<Position> {
  for (const { messages } of demoBatches('small')) {
    for (const { type, data } of messages) {
      const position = data as Position;
      if (type === 'StockReported' && position.location === plant) yield position;
    }
  }
}
