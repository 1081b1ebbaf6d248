import type { Outbox } from '@takt/document-store';
import type { CloudEvent, EventLog } from '@takt/event-log';
import { setTimeout as pause } from 'node:timers/promises';

export interface Relay {
  /** Publishes what is committed by now, then stops. What cannot be published stays for the next start. */
  close(): Promise<void>;
}

export interface RelayOptions {
  readonly outbox: Outbox;
  readonly log: Pick<EventLog, 'append'>;
  /** Hears of each failed attempt; the next follows after 50 ms, doubling up to 5 s. */
  readonly onFault: (fault: unknown) => void;
}

/**
 * Carries committed events into the log, in order, as soon as they are committed: first what an earlier process left.
 * An event leaves the outbox only after the log has it, so a crash publishes it again and the log recognises its id.
 */
export function startRelay({ outbox, log, onFault }: RelayOptions): Relay {
  const closing = new AbortController();
  let committed = true;
  let wake = (): void => undefined;
  const stopListening = outbox.onCommit(() => {
    committed = true;
    wake();
  });

  const drain = async (): Promise<void> => {
    for (;;) {
      const events = await outbox.pending(BATCH);
      if (events.length === 0) return;
      await log.append(events as CloudEvent[]);
      await outbox.remove(events.map((event) => event.id));
    }
  };

  const run = async (): Promise<void> => {
    let failures = 0;
    while (committed || !closing.signal.aborted) {
      if (!committed) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      committed = false;
      try {
        await drain();
        failures = 0;
      } catch (fault) {
        onFault(fault);
        if (closing.signal.aborted) return;
        committed = true;
        await pause(Math.min(50 * 2 ** failures, 5000), undefined, { signal: closing.signal }).catch(() => undefined);
        failures += 1;
      }
    }
  };

  const running = run();
  return {
    close: async () => {
      stopListening();
      closing.abort();
      wake();
      await running;
    },
  };
}

const BATCH = 500;
