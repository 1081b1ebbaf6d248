import { demoPlant, type DemoOptions } from '@takt/demo';
import type { Clock, Intake } from '@takt/intake';
import type { Config } from '@takt/subgraph-server';
import { claimDataDirectory, writeDataDirectory } from './data-directory.ts';
import { offer } from './offer.ts';

export interface DemoRun {
  readonly config: Pick<Config, 'dataDir' | 'demo'>;
  readonly intakes: ReadonlyMap<string, Intake>;
  readonly signal: AbortSignal;
  readonly onProgress?: (messages: number) => void;
  /** Called when the plant is there, or is not wanted. */
  readonly onFilled?: () => void | Promise<void>;
  /** Lets the plant live; none if it is not to. */
  readonly live?: (() => void) | undefined;
}

/** The demo plant that a new data directory is to be filled with; none if the demo is off. */
export function plannedDemo(
  { demo: { fill: wanted, seed, size } }: Pick<Config, 'demo'>,
  clock: Clock,
): DemoOptions | undefined {
  return wanted ? { seed, size, today: clock().toISOString().slice(0, 10) } : undefined;
}

/**
 * Fills a data directory that is meant for the demo plant, once, and then lets the plant live. A fill that was interrupted
 * goes on at the next start: the messages are the same, so that what arrived is recognised.
 */
export async function runDemo(run: DemoRun): Promise<void> {
  const { config, signal } = run;
  const { demo } = await claimDataDirectory(config.dataDir);
  if (demo && config.demo.fill && !demo.filled) {
    await fill(demo.plant, run);
    if (signal.aborted) return;
    await writeDataDirectory(config.dataDir, { demo: { ...demo, filled: true } });
  }
  await run.onFilled?.();
  if (demo && config.demo.fill && config.demo.live) run.live?.();
}

/** Batches on their way at once: enough to keep six domains busy, few enough to need no memory. */
const BATCHES_AT_ONCE = 12;

async function fill(plant: DemoOptions, { intakes, signal, onProgress }: DemoRun): Promise<void> {
  const underWay: Promise<unknown>[] = [];
  let messages = 0;
  for (const batch of demoPlant(plant)) {
    if (signal.aborted) break;
    const offered = offer(intakeOf(intakes, batch.domain), batch.messages, signal);
    // Awaited below; until then nobody else may hear that it failed.
    offered.catch(() => undefined);
    underWay.push(offered);
    if (underWay.length >= BATCHES_AT_ONCE) await underWay.shift();
    messages += batch.messages.length;
    onProgress?.(messages);
  }
  await Promise.all(underWay);
}

function intakeOf(intakes: ReadonlyMap<string, Intake>, domain: string): Intake {
  const intake = intakes.get(domain);
  if (!intake) throw new Error(`There is no domain ${domain}.`);
  return intake;
}
