import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JudgedUnit, observed, POLICY, week } from './judgement.fixture.ts';
import { replay } from './replay.ts';

const MONDAYS = ['2026-01-19', '2026-01-26', '2026-02-02', '2026-02-09'];
/** Demand of the four weeks as it is observed, time after time; small steps and leaps. */
const demands = fc.array(fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 3000 })), {
  minLength: 4,
  maxLength: 4,
});
const sequences = fc.array(demands, { minLength: 2, maxLength: 25 });
const weeksOf = (values: readonly number[]) => values.map((demand, index) => week(MONDAYS[index]!, demand));

describe('against an oracle that knows no decisions, only what was propagated last', () => {
  it('suppresses nothing that has to act, and acts on nothing that has not', () => {
    fc.assert(
      fc.property(sequences, ([first = [], ...rest]) => {
        const unit = new JudgedUnit();
        unit.take(observed(weeksOf(first)));
        const propagated = [...first];
        for (const [step, values] of rest.entries()) {
          const expected = values.flatMap((now, index) => {
            const before = propagated[index]!;
            const size = now > before ? now - before : before - now;
            const isEnough = size >= 20 && (before === 0 || now === 0 || 10 * size >= before);
            if (isEnough) propagated[index] = now;
            return isEnough ? [MONDAYS[index]] : [];
          });
          const lines = unit.take(observed(weeksOf(values), step + 1))?.lines ?? [];
          expect(lines.filter(({ outcome }) => outcome !== 'SUPPRESS').map((line) => line.week)).toEqual(expected);
        }
        const known = new Map(unit.unit?.baseline.map((each) => [each.week, each.demand]));
        expect(MONDAYS.map((monday) => known.get(monday) ?? '0')).toEqual(propagated.map(String));
      }),
      { numRuns: 400 },
    );
  });
});

it('fires on a drift exactly when all of it exceeds the thresholds', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 60 }),
      (begin, steps) => {
        const unit = new JudgedUnit();
        unit.take(observed([week('2026-01-19', begin)]));
        let [told, now] = [begin, begin];
        for (const [index, step] of steps.entries()) {
          now += step;
          const isDue = now - told >= 20 && (now - told) * 10 >= told;
          if (isDue) told = now;
          const decision = unit.take(observed([week('2026-01-19', now)], index + 1));
          expect(decision?.outcome).toBe(isDue ? 'RECALCULATE' : 'SUPPRESS');
        }
      },
    ),
  );
});

it('does not depend on the order in which changes are put together before they are judged', () => {
  const changes = fc.uniqueArray(fc.record({ index: fc.nat(3), demand: fc.integer({ min: 0, max: 500 }) }), {
    selector: ({ index }) => index,
  });
  fc.assert(
    fc.property(
      demands,
      changes.chain((each) => fc.tuple(fc.constant(each), fc.shuffledSubarray(each, { minLength: each.length }))),
      (first, [some, shuffled]) => {
        const [decided, again] = [some, shuffled].map((order) => {
          const unit = new JudgedUnit();
          unit.take(observed(weeksOf(first)));
          const values = new Map(weeksOf(first).map((each) => [each.week, each]));
          for (const { index, demand } of order) {
            const monday = MONDAYS[index]!;
            values.delete(monday);
            values.set(monday, week(monday, demand));
          }
          return unit.take(observed([...values.values()], 1));
        });
        expect(again?.lines).toEqual(decided?.lines);
      },
    ),
  );
});

describe('whatever happens', () => {
  const policy = { ...POLICY, coolDownMinutes: 3, hysteresisPercent: 30 };
  const turns = fc.array(fc.record({ values: demands, away: fc.boolean(), shortage: fc.nat(30) }), {
    minLength: 1,
    maxLength: 20,
  });
  const run = (given: readonly { values: number[]; away: boolean; shortage: number }[]) => {
    const unit = new JudgedUnit(policy);
    for (const [index, { values, away, shortage }] of given.entries()) {
      const weeks = [week('2026-01-05', 10, { shortage: String(shortage) }), ...weeksOf(values)];
      const observation = observed(weeks, index, { away: away ? ['erp/1'] : [] });
      unit.take(observation);
      if (unit.unit?.waiting === undefined) {
        expect(unit.take({ ...observation }), 'published again').toBeUndefined();
      }
    }
    return unit;
  };

  it('a republication decides nothing, and every decision replays to the same answer', () => {
    fc.assert(
      fc.property(turns, (given) => {
        for (const decision of run(given).decisions) expect(replay(decision, policy).differences).toEqual([]);
      }),
    );
  });

  it('a change that is still there is acted on once systems are back and nothing cools down', () => {
    fc.assert(
      fc.property(turns, demands, (given, last) => {
        const unit = run(given);
        unit.take(observed(weeksOf(last), 100));
        unit.take(observed(weeksOf(last), 200));
        for (const line of unit.take(observed(weeksOf(last).slice(1), 300))?.lines ?? []) {
          if (line.week !== MONDAYS[0]) expect(line.outcome).toBe('SUPPRESS');
        }
      }),
    );
  });
});
