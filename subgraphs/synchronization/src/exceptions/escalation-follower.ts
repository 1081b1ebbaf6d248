import type { Collection, Stored } from '@takt/document-store';
import { inboundMessage, type Clock, type Governed, type InboundMessage, type Intake } from '@takt/intake';
import type { PlanningCalendar } from '@takt/planning-time';
import type { Time } from '@takt/subgraph-server';
import { lookEvery } from './look-every.ts';
import { dueAt, type Ownership } from './ownership.ts';
import type { PlanningException } from './planning-exception.ts';

export interface EscalationOptions {
  readonly exceptions: Collection<Governed<PlanningException>>;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly time: Time;
  readonly ownership: Ownership;
  /** Working time of the place that an exception is about, if it is known. */
  readonly calendarOf: (exception: PlanningException) => Promise<PlanningCalendar | undefined>;
  /** Called with what went wrong; it is tried again with the next look. */
  readonly onFault: (fault: unknown) => void;
  /** 15 s unless given. */
  readonly everyMs?: number;
}

/**
 * Looks every so often for exceptions whose time has come: one that was not decided when it was due gets its next owner,
 * one whose snooze is over wakes up and is due anew. To be run where the domain is written. `close` resolves when nothing
 * of it runs any more.
 */
export function followDueExceptions(options: EscalationOptions): { close(): Promise<void> } {
  return lookEvery(options.everyMs ?? 15_000, (signal) => tellDue(options, signal), options);
}

async function tellDue(options: EscalationOptions, signal: AbortSignal): Promise<void> {
  const { exceptions, intake, clock } = options;
  const now = clock();
  let after: readonly (string | number | boolean | null)[] | undefined;
  while (!signal.aborted) {
    const { entries, hasNextPage } = await exceptions.page({
      where: { nextAt: { from: '', to: now.toISOString() } },
      orderBy: ['nextAt'],
      first: BATCH,
      ...(after && { after }),
    });
    const messages = await Promise.all(entries.map((entry) => dueMessage(entry, now, options)));
    if (messages.length > 0) await intake.receive(messages);
    after = entries.at(-1)?.key;
    if (!hasNextPage) return;
  }
}

/** The same for the same state of an exception: sent again, it changes nothing. */
async function dueMessage(
  { id, document }: Stored<Governed<PlanningException>>,
  now: Date,
  { clock, ownership, calendarOf }: EscalationOptions,
): Promise<InboundMessage> {
  const due = dueAt(document.severity, now.toISOString(), ownership, await calendarOf(document));
  const level = document.escalationLevel + 1;
  const isSnoozed = document.status === 'SNOOZED';
  return inboundMessage(
    {
      type: isSnoozed ? 'WakeException' : 'EscalateException',
      source: 'takt/synchronization',
      id: `${id}/${isSnoozed ? 'awake' : `level-${level}`}/${document.nextAt ?? ''}`,
      data: isSnoozed ? { id, dueAt: due } : { id, level, dueAt: due },
    },
    clock,
  );
}

const BATCH = 200;
