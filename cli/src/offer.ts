import { setTimeout as delay } from 'node:timers/promises';
import { IntakeBusyError, type InboundMessage, type Intake, type Outcome } from '@takt/intake';

/** Offers messages to an intake, again a little later each time while it is busy; rejects when `signal` aborts. */
export async function offer(
  intake: Intake,
  messages: readonly InboundMessage[],
  signal?: AbortSignal,
): Promise<Outcome[]> {
  for (let waitMs = 50; ; waitMs = Math.min(2 * waitMs, 2000)) {
    try {
      return await intake.receive(messages);
    } catch (error) {
      if (!(error instanceof IntakeBusyError)) throw error;
      await delay(waitMs, undefined, signal && { signal });
    }
  }
}
