import { setTimeout as delay } from 'node:timers/promises';
import { createTaktClient, WorkCenterChangedDocument, type WorkCenterChangedSubscription } from '@takt/client';
import { startMes } from '@takt/demo/peers/mes';
import { inboundMessage, systemClock } from '@takt/intake';
import { startSystem } from '@takt/cli';
import { WebSocket } from 'ws';
import { temporaryFolder } from '../plant.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { median, quantile } from '../statistics.ts';
import { folderOf, startConnected } from './connected-takt.ts';
import { benchBroker } from './movement-feed.ts';

const PLANT = 'P100';
const MACHINES = Array.from({ length: 50 }, (_, index) => `M-${String(index + 1).padStart(2, '0')}`);
const RATES = [5, 20];
const SILENCE_MS = 30_000;

/** From a machine's message over MQTT, in Sparkplug B, until a subscriber of the graph has its work center's new state. */
export async function states({ seconds, rounds }: BenchOptions): Promise<Table[]> {
  const broker = await benchBroker();
  const instance = `type: mes-mqtt
instance: mes/${PLANT}
endpoint: ${broker.url}
clientId: bench-states-${process.pid}
protocolVersion: ${broker.protocolVersion}
mapping: mes-plant
subscriptions:
  - { topic: 'spBv1.0/${PLANT}/#', format: sparkplug-b }
`;
  const dataDir = temporaryFolder();
  await reportMachines(dataDir);
  const takt = await startConnected(await folderOf({ 'mes.yml': instance }), { dataDir });
  const client = createTaktClient({ url: `${takt.url}/graphql`, webSocketImpl: WebSocket });
  const machines = startMachines(broker.url);
  try {
    const ears = listen(client.subscribe(WorkCenterChangedDocument, { plant: PLANT }));
    await born(machines, ears);
    const measured = new Map<number, number[][]>(RATES.map((rate) => [rate, []]));
    for (let round = 0; round <= rounds; round += 1) {
      for (const rate of RATES) {
        const latencies = await sendSteadily(machines, ears, rate, Math.ceil(rate * seconds));
        // The first round warms up.
        if (round > 0) measured.get(rate)?.push(latencies);
      }
    }
    return [
      {
        title: 'From a message over MQTT to a subscriber over a websocket',
        bar: 'p50 ms',
        rows: [...measured].map(([rate, latencies]) => {
          const over = (share: number) => median(latencies.map((each) => quantile(each, share)));
          const [p50, p95, p99] = [over(0.5), over(0.95), over(0.99)];
          return { 'messages/s': rate, 'p50 ms': p50, 'p95 ms': p95, 'p99 ms': p99, 'max ms': over(1) };
        }),
        notes: [
          `Broker: ${broker.name}. ${MACHINES.length} machines in turn; messages leave at fixed times. Each is on stable storage twice before it is told: as it came, and as an event.`,
        ],
      },
    ];
  } finally {
    await machines.close();
    await client.close();
    await takt.stop();
    await broker.close();
  }
}

async function reportMachines(dataDir: string): Promise<void> {
  const system = await startSystem({ dataDir, host: '127.0.0.1', port: 0 });
  const reports = MACHINES.map((code) => ({
    type: 'WorkCenterReported',
    source: `erp/${PLANT}`,
    data: {
      ...{ code, name: code, location: PLANT, level: 'WORK_CENTER', type: 'MACHINE' },
      ...{ capacity: '1', capacityUnit: 'machine', timeZone: 'UTC' },
    },
  }));
  const outcomes = await system
    .intake('work-centers')
    .receive(reports.map((report) => inboundMessage(report, systemClock)));
  await system.close();
  const refused = outcomes.find(({ status }) => status !== 'APPLIED');
  if (refused) throw new Error(`A machine is not taken: ${JSON.stringify(refused)}`);
}

/** Machines that change between two states. */
interface Machines {
  connect(): void;
  /** Lets the next one change; answers which, and when it says that was. */
  change(): string;
  close(): Promise<void>;
}

function startMachines(url: string): Machines {
  let [turn, now] = [0, new Date()];
  const mes = startMes({ system: `mes/${PLANT}`, url, machines: MACHINES, clock: () => now, isDown: true });
  return {
    connect: () => mes.faults.set('down', false),
    change() {
      const code = MACHINES[turn % MACHINES.length] ?? '';
      const state = Math.floor(turn / MACHINES.length) % 2 === 0 ? 'RUNNING' : 'SETUP';
      turn += 1;
      now = new Date();
      mes.machine(code, state);
      return changeOf(code, now.toISOString());
    },
    close: () => mes.close(),
  };
}

function changeOf(code: string, at: string): string {
  return `${code} ${Date.parse(at)}`;
}

interface Ears {
  /** When a change was heard, in ms of `performance`. */
  readonly heard: ReadonlyMap<string, number>;
  /** Throws what ended the subscription. */
  check(): void;
}

function listen(changes: AsyncIterable<WorkCenterChangedSubscription>): Ears {
  const heard = new Map<string, number>();
  let failed: unknown;
  const listening = async () => {
    for await (const { workCenterChanged } of changes) {
      const { workCenter, occurredAt } = workCenterChanged;
      heard.set(changeOf(workCenter?.code ?? '', occurredAt), performance.now());
    }
  };
  listening().catch((error: unknown) => (failed = error));
  return {
    heard,
    check() {
      if (failed !== undefined) throw new Error('The subscription failed.', { cause: failed });
    },
  };
}

/** Connects the machines, and lets them change until the subscriber hears of one. */
async function born(machines: Machines, ears: Ears): Promise<void> {
  machines.connect();
  const changes: string[] = [];
  while (!changes.some((change) => ears.heard.has(change))) {
    ears.check();
    changes.push(machines.change());
    await delay(200);
  }
}

async function sendSteadily(machines: Machines, ears: Ears, perSecond: number, count: number): Promise<number[]> {
  const sent = new Map<string, number>();
  const start = performance.now();
  for (let index = 0; index < count; index += 1) {
    await delay(Math.max(0, start + (index * 1000) / perSecond - performance.now()));
    const sentAt = performance.now();
    sent.set(machines.change(), sentAt);
  }
  const missing = () => [...sent.keys()].filter((change) => !ears.heard.has(change)).length;
  for (const since = performance.now(); missing() > 0;) {
    await delay(50);
    ears.check();
    if (performance.now() - since > SILENCE_MS) {
      throw new Error(`The subscriber did not hear of ${missing()} of ${count} states.`);
    }
  }
  return [...sent].map(([change, sentAt]) => (ears.heard.get(change) ?? NaN) - sentAt);
}
