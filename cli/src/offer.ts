import { setTimeout as delay } from 'node:timers/promises';
import { IntakeBusyError, IntakeUnavailableError, type InboundMessage, type Intake, type Outcome } from '@takt/intake';

/**
 * Offers messages to an intake, again a little later each time while it is busy, and for a minute while it cannot take
 * any; rejects when `signal` aborts.
 */
export async function offer(
  intake: Intake,
  messages: readonly InboundMessage[],
  signal?: AbortSignal,
): Promise<Outcome[]> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let waitMs = 50; ; waitMs = Math.min(2 * waitMs, 2000)) {
    try {
      return await intake.receive(messages);
    } catch (error) {
      const isAway = error instanceof IntakeUnavailableError && performance.now() < deadline;
      if (!isAway && !(error instanceof IntakeBusyError)) throw error;
      await delay(waitMs, undefined, signal && { signal });
    }
  }
}

const PATIENCE_MS = 60_000;
