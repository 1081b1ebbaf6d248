import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fuse } from './crash.fixture.ts';
import { fill, openTanks, published, removeTanks } from './domain.fixture.ts';
import type { TankDomain } from './domain.fixture.ts';
import { openIntake } from './intake.ts';
import type { OpenIntake } from './intake.ts';
import type { InboundMessage, Outcome } from './intake-port.ts';
import { tank } from './tank.fixture.ts';

const SLOW_MACHINE_MS = 120_000;

/** Message number n fills one litre into this tank. */
const story = fc.array(fc.constantFrom('T1', 'T2', 'T3'), { minLength: 6, maxLength: 24 });

describe('Exactly once and in order, whatever', () => {
  test(
    'comes twice, in any order of callers',
    async () => {
      const callers = fc.array(fc.array(fc.nat(23), { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(story, callers, async (tanks, calls) => {
          const domain = await openTanks({ limits: { batchMessages: 7 } });
          const all = fills(tanks);
          const sent = [...calls.map((call) => call.flatMap((n) => all[n] ?? [])), all];
          const outcomes = (await Promise.all(sent.map((call) => domain.intake.receive(call)))).flat();
          const inOrderOfArrival = [...new Set(sent.flat())];
          await expectExactlyOnce(domain, inOrderOfArrival, answersOf(outcomes));
          await removeTanks(domain);
        }),
        { numRuns: 8 },
      );
    },
    SLOW_MACHINE_MS,
  );

  test(
    'step of the process is its last',
    async () => {
      const crashes = fc.array(fc.record({ steps: fc.nat(30), afterStep: fc.boolean() }), {
        minLength: 2,
        maxLength: 6,
      });
      await fc.assert(
        fc.asyncProperty(story, crashes, fc.integer({ min: 1, max: 9 }), async (tanks, fuses, callSize) => {
          const domain = await openTanks();
          await domain.intake.close();
          const messages = fills(tanks);
          const answers = new Map<string, Outcome>();
          for (const { steps, afterStep } of fuses) {
            const fuse = new Fuse(steps, afterStep);
            await liveUntilDeath(fuse, () => openOver(domain, fuse), messages, answers, callSize);
          }
          const intake = await openOver(domain, new Fuse(Infinity, false));
          await sendUnanswered(intake, messages, answers, callSize);
          await intake.close();
          await expectExactlyOnce({ ...domain, intake }, messages, answers);
          await removeTanks({ ...domain, intake });
        }),
        { numRuns: 15 },
      );
    },
    SLOW_MACHINE_MS,
  );
});

function fills(tanks: readonly string[]): InboundMessage[] {
  return tanks.map((name, index) => fill(`m${index}`, name, 1));
}

function openOver({ store, log }: TankDomain, fuse: Fuse): Promise<OpenIntake> {
  return openIntake({
    store: fuse.wrapStore(store),
    log: fuse.wrapLog(log),
    aggregates: [tank],
    clock: () => new Date(),
    onFault: () => undefined,
    limits: { retryMs: 0 },
  });
}

async function liveUntilDeath(
  fuse: Fuse,
  open: () => Promise<OpenIntake>,
  messages: readonly InboundMessage[],
  answers: Map<string, Outcome>,
  callSize: number,
): Promise<void> {
  try {
    const intake = await open();
    await sendUnanswered(intake, messages, answers, callSize).finally(() => intake.close());
  } catch (error) {
    if (!fuse.blown) throw error;
  }
}

/** A sender that offers each message until it has an answer, in order. */
async function sendUnanswered(
  intake: OpenIntake,
  messages: readonly InboundMessage[],
  answers: Map<string, Outcome>,
  callSize: number,
): Promise<void> {
  const unanswered = messages.filter(({ id }) => !answers.has(id));
  for (let from = 0; from < unanswered.length; from += callSize) {
    const outcomes = await intake.receive(unanswered.slice(from, from + callSize));
    for (const [messageId, outcome] of answersOf(outcomes)) answers.set(messageId, outcome);
  }
}

async function expectExactlyOnce(
  domain: TankDomain,
  messages: readonly InboundMessage[],
  answers: ReadonlyMap<string, Outcome>,
): Promise<void> {
  const events = await published(domain, messages.length);
  expect(await domain.log.head()).toBe(messages.length);
  expect(new Set(events.map(({ causationid }) => causationid)).size).toBe(messages.length);
  for (const name of ['T1', 'T2', 'T3']) {
    const its = events.filter(({ subject }) => subject === name);
    const sent = messages.filter(({ data }) => (data as { tank: string }).tank === name);
    expect(its.map(({ causationid }) => causationid)).toEqual(sent.map(({ id }) => id));
    expect(its.map(({ id }) => id)).toEqual(sent.map((_, index) => `tanks/${name}/${index + 1}/1`));
    const [stored] = await domain.tanks.getMany([name]);
    expect(stored?.document.litres ?? 0).toBe(sent.length);
    expect(stored?.document.revision ?? 0).toBe(sent.length);
  }
  for (const { id, causationid = '' } of events) {
    expect(answers.get(causationid)).toMatchObject({ status: 'APPLIED', eventIds: [id] });
  }
  expect((await domain.intake.messages({ status: 'RECEIVED', first: 1 })).entries).toEqual([]);
}

/** How each message ended when it came first. */
function answersOf(outcomes: readonly Outcome[]): Map<string, Outcome> {
  return new Map(
    outcomes.map((outcome) => [outcome.messageId, (outcome.status === 'DUPLICATE' && outcome.first) || outcome]),
  );
}
