import { setTimeout as delay } from 'node:timers/promises';
import type { BenchOptions } from '../run.ts';
import { temporaryFolder } from '../plant.ts';
import type { Table } from '../report.ts';
import { interleaved, median } from '../statistics.ts';
import { startTakt } from '../takt-process.ts';

interface Start {
  readonly readyMs: number;
  readonly cpuMs: number;
  readonly idleMiB: number;
  readonly allocatedMiB: number;
  readonly peakMiB: number;
  /** Share of one core that it takes in the second half of its idle time. */
  readonly idleCpu: number;
}

/** From spawning Takt with the `small` demo until it is ready, and what it needs when nobody asks anything. */
export async function run({ seconds, rounds }: BenchOptions): Promise<Table[]> {
  let filled = temporaryFolder();
  const starts = await interleaved(
    new Map([
      ['first start, nothing compiled yet', () => start(temporaryFolder(), seconds, { TSX_DISABLE_CACHE: '1' })],
      ['first start', () => start((filled = temporaryFolder()), seconds)],
      ['second start', () => start(filled, seconds)],
    ]),
    rounds,
  );
  return [
    {
      title: `Start to ready (small demo, standing still), then ${seconds} s idle`,
      bar: 'ready s',
      rows: [...starts].map(([name, samples]) => {
        const over = (figure: (one: Start) => number) => median(samples.map(figure));
        return {
          '': name,
          'ready s': over(({ readyMs }) => readyMs / 1000),
          'CPU s to ready': over(({ cpuMs }) => cpuMs / 1000),
          'idle RSS MiB': over(({ idleMiB }) => idleMiB),
          'allocated MiB': over(({ allocatedMiB }) => allocatedMiB),
          'peak RSS MiB': over(({ peakMiB }) => peakMiB),
          'idle CPU %': over(({ idleCpu }) => 100 * idleCpu),
        };
      }),
    },
  ];
}

async function start(dataDir: string, seconds: number, env: Readonly<Record<string, string>> = {}): Promise<Start> {
  const takt = await startTakt({ TAKT_DATA_DIR: dataDir, TAKT_DEMO_LIVE: 'off', ...env });
  try {
    const cpuMs = takt.cpuMs();
    const halfMs = (seconds * 1000) / 2;
    await delay(halfMs);
    const cpuMsSettled = takt.cpuMs();
    await delay(halfMs);
    const { residentMiB, allocatedMiB, peakMiB } = takt.memory();
    const idleCpu = (takt.cpuMs() - cpuMsSettled) / halfMs;
    return { readyMs: takt.readyMs, cpuMs, idleMiB: residentMiB, allocatedMiB, peakMiB, idleCpu };
  } finally {
    await takt.stop();
  }
}
