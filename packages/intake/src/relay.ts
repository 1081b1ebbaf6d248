import type { Outbox } from '@takt/document-store';
import type { CloudEvent, EventLog } from '@takt/event-log';
import { setTimeout as pause } from 'node:timers/promises';
import type { Availability } from './availability.ts';
import type { Clock } from './clock.ts';

export interface Relay {
  /** Looks at once for what is to be published, also while it would wait because publishing failed. */
  look(): void;
  /** Publishes what is committed by now, then stops. What cannot be published stays for the next start. */
  close(): Promise<void>;
}

export interface RelayOptions {
  readonly outbox: Outbox;
  readonly log: Pick<EventLog, 'append'>;
  readonly clock: Clock;
  /** Hears how publishing does, and says whether this process is still the one that publishes. */
  readonly availability: Pick<Availability, 'isWriter' | 'unpublished' | 'published' | 'publishingFailed'>;
  /** Hears of each failed attempt; the next follows after 50 ms, doubling up to 5 s. */
  readonly onFault: (fault: unknown) => void;
  /** How long after it found nothing more to publish it looks by itself. */
  readonly lookAgainMs: number;
}

/**
 * Carries committed events into the log, in order, as soon as they are committed: first what an earlier process left.
 * Looks by itself as well, for what this process does not hear of: the commit of a former writer that was still on its
 * way, or one that the store does not show before a majority of its servers has it.
 * An event leaves the outbox only after the log has it, so a crash publishes it again and the log recognises its id.
 * Stops for good when another process has become the writer.
 */
export function startRelay({ outbox, log, clock, availability, onFault, lookAgainMs }: RelayOptions): Relay {
  const closing = new AbortController();
  let committed = true;
  let failures = 0;
  let wake = (): void => undefined;
  const stopListening = outbox.onCommit(() => {
    committed = true;
    if (failures === 0) wake();
  });

  /** Waits until the time is over or it is woken. */
  const rest = async (ms: number, { ref }: { ref: boolean }): Promise<void> => {
    const woken = new AbortController();
    wake = () => {
      woken.abort();
    };
    await pause(ms, undefined, { ref, signal: woken.signal }).catch(() => undefined);
  };

  const drain = async (): Promise<void> => {
    while (availability.isWriter()) {
      const waiting = availability.unpublished;
      const events = await outbox.pending(BATCH);
      if (events.length === 0) {
        availability.published(waiting);
        return;
      }
      if (!availability.isWriter()) return;
      await log.append(events as CloudEvent[]);
      await outbox.remove(events.map((event) => event.id));
      availability.published(events.length);
    }
  };

  const run = async (): Promise<void> => {
    while ((committed || !closing.signal.aborted) && availability.isWriter()) {
      if (!committed) {
        await rest(lookAgainMs, { ref: false });
        committed ||= !closing.signal.aborted;
        continue;
      }
      committed = false;
      const began = clock();
      try {
        await drain();
        failures = 0;
      } catch (fault) {
        availability.publishingFailed(began, fault);
        onFault(fault);
        if (closing.signal.aborted) return;
        committed = true;
        failures += 1;
        await rest(Math.min(25 * 2 ** failures, 5000), { ref: true });
      }
    }
  };

  const running = run();
  return {
    look: () => {
      committed = true;
      wake();
    },
    close: async () => {
      stopListening();
      closing.abort();
      wake();
      await running;
    },
  };
}

const BATCH = 500;
