import { setTimeout as delay } from 'node:timers/promises';
import { IntakeUnavailableError, type Intake } from '@takt/intake';
import { knock } from '@takt/subgraph-server';

/**
 * The intake of a domain whose processes come and go: offers again elsewhere what one of them could not take. Messages
 * have ids, so that what did arrive is recognised. Rejects after `patienceMs`, and offers nothing again once `signal`
 * aborts.
 */
export function domainIntake(directory: string, patienceMs: number, signal: AbortSignal): Intake {
  let open: Intake | undefined;
  return {
    async receive(messages) {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        try {
          open ??= await knock(directory);
          if (!open) throw new IntakeUnavailableError(`No process takes messages for ${directory}.`);
          return await open.receive(messages);
        } catch (error) {
          open = undefined;
          if (signal.aborted || performance.now() > deadline) throw error;
          await delay(PAUSE_MS, undefined, { signal });
        }
      }
    },
  };
}

const PAUSE_MS = 250;
