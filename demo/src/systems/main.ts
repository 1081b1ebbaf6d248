import { join } from 'node:path';
import { liveDemo } from '../live.ts';
import type { DemoOptions } from '../plan.ts';
import { CONTROL_FILE, openControl } from './control.ts';
import { startPlantSystems } from './plant-systems.ts';
import { LIVE, type SystemsTold } from './told.ts';

/**
 * The backing systems of the demo plant as a process of their own: `main.ts <folder> <plant as JSON>`. It ends with the
 * process that started it.
 */
async function main(folder: string, plant: DemoOptions): Promise<void> {
  const tell = (told: SystemsTold) => process.send?.(told);
  const stopped = new AbortController();
  const systems = await startPlantSystems(plant, folder);
  const closeControl = await openControl(systems.peers, join(folder, CONTROL_FILE));
  let living: Promise<void> | undefined;
  const stop = async () => {
    stopped.abort();
    await living?.catch(() => undefined);
    await closeControl();
    await systems.close();
    process.exit(0);
  };
  process.once('disconnect', () => void stop());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
  process.on('message', (message) => {
    if (message === LIVE) living ??= live();
  });
  tell({ kind: 'STARTED', instances: systems.instances, env: systems.env });

  async function live(): Promise<void> {
    systems.live();
    while (!stopped.signal.aborted) {
      try {
        await liveDemo({ plant, signal: stopped.signal, send: (domain, messages) => systems.send(domain, messages) });
      } catch (error) {
        tell({ kind: 'FAULT', reason: String(error) });
        await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_FAULT_MS));
      }
    }
  }
}

const PAUSE_AFTER_FAULT_MS = 5_000;

const [folder = '', plant = '{}'] = process.argv.slice(2);
main(folder, JSON.parse(plant) as DemoOptions).catch((error: unknown) => {
  process.stderr.write(`The systems of the demo plant: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
