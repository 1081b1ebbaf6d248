import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryFolder } from '../plant.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { freePort } from '../server-process.ts';
import { churn, type Churned } from './churn-load.ts';
import { takt, type Contender } from './contenders.ts';
import { startGateway } from './gateway-process.ts';
import { inspectHeap } from './inspected-heap.ts';
import { startSubgraphs } from './subgraphs/start.ts';
import { writeWorldFiles } from './world-files.ts';

const STRETCHES = 12;
/** Nothing happens for so long before memory is looked at, so that what was closed is gone. */
const SETTLE_MS = 3_000;

/**
 * Whether Takt keeps what it no longer needs: connections, operations that never come again, subscriptions that end in
 * every way, supergraphs that replace each other. Memory after each stretch of that, at rest, after garbage collection.
 */
export async function run({ seconds, quick }: BenchOptions): Promise<Table[]> {
  const inspectorPort = await freePort();
  await using subgraphs = await startSubgraphs();
  const { emitUrl, origin } = subgraphs;
  const files = await writeWorldFiles('plant', origin, temporaryFolder());
  const gateway = await startGateway(inspected(takt('takt', []), inspectorPort), files);
  try {
    using heap = await inspectHeap(inspectorPort);
    const rows: Table['rows'][number][] = [];
    const begun = performance.now();
    const stretches = quick ? 2 : STRETCHES;
    const total: Churned = { requests: 0, subscriptions: 0, supergraphs: 0, failed: 0 };
    for (let stretch = 0; stretch <= stretches; stretch++) {
      if (stretch > 0)
        await churn({ gateway, supergraph: files.supergraph, emitUrl, ms: (seconds * 1000) / stretches, total });
      await delay(SETTLE_MS);
      rows.push({
        'after s': String(Math.round((performance.now() - begun) / 1000)),
        ...total,
        'heap MiB': await heap.usedMiB(),
        'RSS MiB': gateway.residentMiB(),
        'open files': readdirSync(`/proc/${gateway.pid}/fd`).length,
      });
    }
    const notes = ['The first row is before any request; caches fill until they are full, and the heap with them.'];
    return [{ title: 'Memory of Takt at rest', bar: 'heap MiB', rows, notes }];
  } finally {
    await gateway.stop();
  }
}

function inspected(contender: Contender, port: number): Contender {
  return {
    ...contender,
    command(files, gatewayPort) {
      const command = contender.command(files, gatewayPort);
      return { ...command, args: [`--inspect=127.0.0.1:${port}`, ...command.args] };
    },
  };
}
