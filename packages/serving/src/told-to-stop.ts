import cluster from 'node:cluster';
import { endOfStdin } from './stdin.ts';
import { stopOf, type Stop } from './supervision.ts';

/**
 * Resolves when this process is told to stop: by SIGTERM, SIGINT or its supervisor and, if it watches standard input,
 * when that ends, as it does with the process that started it. A supervised process leaves SIGINT to its supervisor: a
 * terminal sends it to both.
 */
export function toldToStop(options: { readonly watchesStdin: boolean }): Promise<Stop> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve({ lingers: true }));
    if (cluster.isWorker) {
      process.on('SIGINT', () => undefined);
      process.on('message', (message: unknown) => {
        const stop = stopOf(message);
        if (stop) resolve(stop);
      });
    } else process.once('SIGINT', () => resolve({ lingers: false }));
    if (options.watchesStdin) void endOfStdin().then(() => resolve({ lingers: false }));
  });
}
