import { setTimeout as delay } from 'node:timers/promises';
import { IntakeBusyError, IntakeUnavailableError, type InboundMessage, type Intake } from '@takt/intake';

/**
 * Offers messages until they are taken, as a sender does that keeps what is refused, and answers how often they were
 * refused. Throws if one of them is rejected or dead-lettered.
 */
export async function offered(intake: Intake, messages: readonly InboundMessage[]): Promise<number> {
  for (let refusals = 0; ; refusals++) {
    try {
      for (const outcome of await intake.receive(messages)) {
        const { status } = outcome.status === 'DUPLICATE' ? (outcome.first ?? outcome) : outcome;
        if (status === 'REJECTED' || status === 'DEAD_LETTERED') {
          throw new Error(`A message is not taken: ${JSON.stringify(outcome)}`);
        }
      }
      return refusals;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await delay(OFFERED_AGAIN_MS);
    }
  }
}

const OFFERED_AGAIN_MS = 10;

/** Nothing of the call was taken, or what was is recognised when it comes again. */
export function isRefusal(error: unknown): boolean {
  return error instanceof IntakeBusyError || error instanceof IntakeUnavailableError;
}

/** Brings everything to an intake in portions, so many of them at once. */
export async function offeredInPortions(
  intake: Intake,
  messages: Iterable<InboundMessage>,
  { size, atOnce }: { readonly size: number; readonly atOnce: number },
): Promise<void> {
  const portions = inPortions(messages, size);
  const lane = async () => {
    for (const portion of portions) await offered(intake, portion);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

function* inPortions<T>(all: Iterable<T>, size: number): Generator<T[], undefined> {
  let portion: T[] = [];
  for (const one of all) {
    portion.push(one);
    if (portion.length < size) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
}
