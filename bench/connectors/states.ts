import { setTimeout as delay } from 'node:timers/promises';
import { createTaktClient, WorkCenterChangedDocument, type WorkCenterChangedSubscription } from '@takt/client';
import { startMes, type Mes, type MachineState } from '@takt/demo/peers/mes';
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
const RATES = [20, 100];
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
  const mes = startMes({ system: `mes/${PLANT}`, url: broker.url, machines: MACHINES, isDown: true });
  try {
    const ears = listen(client.subscribe(WorkCenterChangedDocument, { plant: PLANT }));
    await born(mes, ears);
    const told = new Map<string, MachineState>();
    const measured = new Map<number, number[][]>(RATES.map((rate) => [rate, []]));
    for (let round = 0; round <= rounds; round += 1) {
      for (const rate of RATES) {
        const latencies = await sendSteadily({ mes, ears, told }, rate, Math.ceil(rate * seconds));
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
    await mes.close();
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

interface Ears {
  /** Calls back when a work center is said to be in the state, by code and state. */
  readonly waiting: Map<string, () => void>;
  readonly heard: () => number;
  /** Throws what ended the subscription. */
  readonly check: () => void;
}

function listen(changes: AsyncIterable<WorkCenterChangedSubscription>): Ears {
  const waiting = new Map<string, () => void>();
  let heard = 0;
  let failed: unknown;
  const listening = async () => {
    for await (const { workCenterChanged } of changes) {
      heard += 1;
      const { code, state } = workCenterChanged.workCenter ?? {};
      const key = `${code} ${state}`;
      waiting.get(key)?.();
      waiting.delete(key);
    }
  };
  listening().catch((error: unknown) => (failed = error));
  return {
    waiting,
    heard: () => heard,
    check() {
      if (failed !== undefined) throw new Error('The subscription failed.', { cause: failed });
    },
  };
}

/** Connects the machines, and lets one change until the subscriber hears it. */
async function born(mes: Mes, ears: Ears): Promise<void> {
  await delay(500);
  mes.faults.set('down', false);
  for (let turn = 0; ears.heard() < MACHINES.length; turn += 1) {
    ears.check();
    const [state, code = ''] = [turn % 2 === 0 ? 'SETUP' : 'IDLE', MACHINES[turn % MACHINES.length]] as const;
    mes.machine(code, state);
    await delay(50);
  }
}

/** `told`: the last state of each machine, so that each message changes one. */
async function sendSteadily(
  { mes, ears, told }: { readonly mes: Mes; readonly ears: Ears; readonly told: Map<string, MachineState> },
  perSecond: number,
  count: number,
): Promise<number[]> {
  const latencies: number[] = [];
  const start = performance.now();
  for (let index = 0; index < count; index += 1) {
    await delay(Math.max(0, start + (index * 1000) / perSecond - performance.now()));
    const code = MACHINES[index % MACHINES.length] ?? '';
    const state = told.get(code) === 'RUNNING' ? 'IDLE' : 'RUNNING';
    told.set(code, state);
    const sentAt = performance.now();
    ears.waiting.set(`${code} ${state}`, () => latencies.push(performance.now() - sentAt));
    mes.machine(code, state);
  }
  for (const since = performance.now(); latencies.length < count; await delay(5)) {
    ears.check();
    if (performance.now() - since > SILENCE_MS) {
      throw new Error(`The subscriber did not hear of ${count - latencies.length} states.`);
    }
  }
  return latencies;
}
