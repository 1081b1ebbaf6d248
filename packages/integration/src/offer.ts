import { IntakeBusyError, type InboundMessage, type Intake, type Outcome } from '@takt/intake';
import { untilDone, type Patience } from './until-done.ts';

/** Messages that an intake is offered at once. */
export const OFFERED_TOGETHER = 500;

export interface Offered {
  readonly outcomes: readonly Outcome[];
  /** Some may have been taken by an attempt that failed, and be answered as duplicates of themselves. */
  readonly redone: boolean;
}

/** Offers messages to a domain in order, for as long as it takes; rejects when the signal aborts. */
export async function offer(intake: Intake, messages: readonly InboundMessage[], patience: Patience): Promise<Offered> {
  const outcomes: Outcome[] = [];
  let redone = false;
  for (let from = 0; from < messages.length; from += OFFERED_TOGETHER) {
    const together = messages.slice(from, from + OFFERED_TOGETHER);
    const onFault = (fault: unknown) => {
      if (fault instanceof IntakeBusyError) return;
      redone = true;
      patience.onFault(fault);
    };
    outcomes.push(...(await untilDone(() => intake.receive(together), { ...patience, onFault })));
  }
  return { outcomes, redone };
}
