import fc from 'fast-check';
import { IntakeBusyError, IntakeUnavailableError, type Intake } from '@takt/intake';
import { expect, test } from 'vitest';
import { LineReceiver } from './documents.fixture.ts';
import { recordingIntake, startTestExchange, testSystem, type Taken } from './test-exchange.fixture.ts';

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('accept' as const), key: fc.nat(11) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('accept and wait' as const), key: fc.nat(11) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('busy' as const, 'away' as const, 'lost answer' as const) }),
  },
);

/** Documents of 1, 600 and more records, so that some are cut into several parts. */
const linesOf = (key: number) => (key === 3 ? 600 : key === 7 ? 1200 : 1 + (key % 4));

test('each record is taken once and counted as applied, whatever comes twice, fails or restarts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const flaky = new FlakyIntake();
      let receiver = new LineReceiver();
      const system = () => [testSystem({ system: 'erp/P100', receiver })];
      let open = await startTestExchange({ systems: system(), intake: () => flaky, pause: () => Promise.resolve() });
      try {
        const keys = new Set<number>();
        let calls: Promise<unknown>[] = [];
        for (const each of steps) {
          if (each.kind === 'accept' || each.kind === 'accept and wait') {
            keys.add(each.key);
            const body = Array.from({ length: linesOf(each.key) }, (_, n) => `d T ${n}`).join('\n');
            calls.push(receiver.accept(`k${each.key}`, body));
            if (each.kind === 'accept and wait') await Promise.all(calls);
          } else if (each.kind === 'restart') {
            await Promise.all(calls);
            calls = [];
            receiver = new LineReceiver();
            open = await open.restart(system());
          } else flaky.next.push(each.kind);
        }
        await Promise.all(calls);
        const messages = await open.ended(keys.size, 60_000);
        expect(messages.map(({ key }) => key).sort()).toEqual([...keys].map((key) => `k${key}`).sort());
        for (const { key, status, records, counts } of messages) {
          const lines = linesOf(Number(key.slice(1)));
          expect([status, records, counts]).toEqual([
            'APPLIED',
            lines,
            { applied: lines, duplicate: 0, rejected: 0, deadLettered: 0 },
          ]);
        }
        const expected = messages.flatMap(({ key }) =>
          Array.from({ length: linesOf(Number(key.slice(1))) }, (_, n) => `${key}/${n}/0`),
        );
        expect(flaky.taken.map(({ id }) => id)).toEqual(expected);
      } finally {
        await open.close();
      }
    }),
    { numRuns: 40 },
  );
});

/** A domain that is busy, away, or whose answer is lost after it took what it was offered. */
class FlakyIntake implements Intake {
  readonly taken: Taken[] = [];
  readonly #inner = recordingIntake(this.taken)('d');
  readonly next: ('busy' | 'away' | 'lost answer')[] = [];

  async receive(messages: Parameters<Intake['receive']>[0]) {
    const fault = this.next.shift();
    if (fault === 'busy') throw new IntakeBusyError(10_000);
    if (fault === 'away') throw new IntakeUnavailableError('The store is away.');
    const outcomes = await this.#inner.receive(messages);
    if (fault === 'lost answer') throw new IntakeUnavailableError('The log is away.');
    return outcomes;
  }
}
