import { describe, expect, it } from 'vitest';
import { given } from '@takt/intake/testing';
import { FROZEN_WEEK, JudgedUnit, LIQUID_WEEK, observed, POLICY, SLUSHY_WEEK, week } from './judgement.fixture.ts';
import { judge } from './judge.ts';
import { planningUnit } from './planning-unit.ts';
import { replay } from './replay.ts';

describe('trap 1: slow drift', () => {
  it('fires when all of it together is too much, compared with what was propagated last', () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(LIQUID_WEEK, 200)]));
    for (const [step, demand] of [205, 210, 215].entries()) {
      expect(unit.take(observed([week(LIQUID_WEEK, demand)], step + 1))?.outcome).toBe('SUPPRESS');
    }
    const fired = unit.take(observed([week(LIQUID_WEEK, 220)], 9));
    expect(fired?.lines).toMatchObject([{ baseline: '200', now: '220', changePercent: 10, outcome: 'RECALCULATE' }]);
    expect(unit.take(observed([week(LIQUID_WEEK, 225)], 10))?.lines).toMatchObject([{ baseline: '220' }]);
  });
});

describe('trap 2: percent of little or nothing', () => {
  it.each([
    ['a small baseline is below the floor', 2, 6, 'SUPPRESS'],
    ['from zero to little is below the floor', 0, 19, 'SUPPRESS'],
    ['from zero to the floor acts', 0, 20, 'RECALCULATE'],
    ['to zero from little is below the floor', 19, 0, 'SUPPRESS'],
    ['to zero from the floor acts', 20, 0, 'RECALCULATE'],
    ['a large baseline needs the percent too', 1000, 1099, 'SUPPRESS'],
    ['a large baseline at the percent acts', 1000, 1100, 'RECALCULATE'],
  ] as const)('%s', (_what, from, to, outcome) => {
    const unit = new JudgedUnit();
    unit.take(observed([week(LIQUID_WEEK, from)]));
    const [line] = unit.take(observed([week(LIQUID_WEEK, to)], 1))?.lines ?? [];
    expect(line).toMatchObject({ outcome, changePercent: from === 0 ? null : ((to - from) * 100) / from });
  });

  it('holds for a week that is no longer mentioned', () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(LIQUID_WEEK, 500)]));
    expect(unit.take(observed([], 1))?.lines).toMatchObject([{ now: '0', change: '-500', outcome: 'RECALCULATE' }]);
  });
});

describe('trap 3: another unit of measure', () => {
  it('is not compared: the baseline begins again in the new one', () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(LIQUID_WEEK, 100)]));
    const other = unit.take(observed([week(LIQUID_WEEK, 100_000)], 1, { unit: 'G' }));
    expect(other).toMatchObject({ begins: true, lines: [], outcome: 'SUPPRESS' });
    expect(unit.take(observed([week(LIQUID_WEEK, 150_000)], 2, { unit: 'G' }))?.lines).toMatchObject([
      { baseline: '100000', outcome: 'RECALCULATE' },
    ]);
  });
});

describe('trap 4: nervousness', () => {
  const calm = { ...POLICY, coolDownMinutes: 60, hysteresisPercent: 50 };

  it('leaves a week alone while it cools down, and judges what came meanwhile when it is over', () => {
    const unit = new JudgedUnit(calm);
    unit.take(observed([week(LIQUID_WEEK, 100)]));
    unit.take(observed([week(LIQUID_WEEK, 150)], 1));
    const held = unit.take(observed([week(LIQUID_WEEK, 200)], 2));
    expect(held).toMatchObject({ outcome: 'SUPPRESS', againAt: '2026-01-07T09:01:00.000Z' });
    expect(held?.lines[0]?.because).toBe('Cooling down until 2026-01-07T09:01:00.000Z.');
    expect(unit.take(observed([week(LIQUID_WEEK, 200)], 60))).toBeUndefined();
    expect(unit.take(observed([week(LIQUID_WEEK, 200)], 61))?.lines).toMatchObject([
      { baseline: '150', now: '200', outcome: 'RECALCULATE' },
    ]);
  });

  it('does not hold back another week, nor an exception', () => {
    const unit = new JudgedUnit(calm);
    unit.take(observed([week(FROZEN_WEEK, 100), week(LIQUID_WEEK, 100)]));
    unit.take(observed([week(FROZEN_WEEK, 150), week(LIQUID_WEEK, 150)], 1));
    const next = unit.take(observed([week(FROZEN_WEEK, 200), week(LIQUID_WEEK, 150), week('2026-01-26', 90)], 2));
    expect(next?.lines).toMatchObject([
      { week: FROZEN_WEEK, outcome: 'EXCEPTION' },
      { week: '2026-01-26', outcome: 'RECALCULATE' },
    ]);
  });

  it('asks more of a change back than of one that goes on', () => {
    const back = new JudgedUnit(calm);
    const on = new JudgedUnit(calm);
    for (const unit of [back, on]) {
      unit.take(observed([week(LIQUID_WEEK, 100)]));
      unit.take(observed([week(LIQUID_WEEK, 200)], 1));
    }
    expect(on.take(observed([week(LIQUID_WEEK, 225)], 100))?.outcome).toBe('RECALCULATE');
    const held = back.take(observed([week(LIQUID_WEEK, 175)], 100));
    expect(held?.lines).toMatchObject([
      { outcome: 'SUPPRESS', because: 'A change back, within the hysteresis of 50 %.' },
    ]);
    expect(back.take(observed([week(LIQUID_WEEK, 170)], 101))?.lines).toMatchObject([
      { outcome: 'RECALCULATE', thresholds: ['measure DEMAND', '|change| ≥ 15 % and ≥ 30 EA (a change back)'] },
    ]);
  });
});

describe('trap 5: what is older', () => {
  it('does not get in: what was judged against an earlier revision is refused', () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(LIQUID_WEEK, 100)]));
    const late = judge(observed([week(LIQUID_WEEK, 300)], 1), unit.unit, POLICY);
    unit.take(observed([week(LIQUID_WEEK, 500)], 2));
    const events = unit.decisions.map((data) => ({ type: 'DecisionMade', data }) as const);
    given(planningUnit, events).when({ type: 'RecordDecision', data: late! }).thenRefused('JUDGED_MEANWHILE');
  });
});

describe('trap 6: what was decided before, acted on later', () => {
  const away = { away: ['erp/P100'] };

  it('waits while the system is away, and is judged against the state of now on its return', () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(LIQUID_WEEK, 100)]));
    const first = unit.take(observed([week(LIQUID_WEEK, 200)], 1, away));
    expect(first).toMatchObject({ outcome: 'RECALCULATE', deferred: 'Waits for erp/P100.' });
    expect(unit.take(observed([week(LIQUID_WEEK, 200)], 2, away))).toBeUndefined();
    const second = unit.take(observed([week(LIQUID_WEEK, 250)], 3));
    expect(second).toMatchObject({ supersedes: first?.id, lines: [{ baseline: '100', now: '250' }] });
    expect(second?.deferred).toBeUndefined();
    expect(unit.unit?.waiting).toBeUndefined();
  });

  it('is acted on at the return also if nothing changed meanwhile', () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(LIQUID_WEEK, 100)]));
    unit.take(observed([week(LIQUID_WEEK, 200)], 1, away));
    expect(unit.take(observed([week(LIQUID_WEEK, 200)], 9))).toMatchObject({ outcome: 'RECALCULATE' });
  });

  it('is dropped with a reason if nothing is left of it', () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(LIQUID_WEEK, 100)]));
    const waiting = unit.take(observed([week(LIQUID_WEEK, 200)], 1, away));
    const events = unit.decisions.map((data) => ({ type: 'DecisionMade', data }) as const);
    const gone = judge(observed([week(LIQUID_WEEK, 100)], 2), unit.unit, POLICY);
    const after = given(planningUnit, events)
      .when({ type: 'RecordDecision', data: gone! })
      .then([
        { type: 'DecisionMade', data: gone! },
        {
          type: 'DecisionDropped',
          data: {
            sku: 'PUMP-10',
            location: 'P100',
            decision: waiting!.id,
            reason: 'Nothing is left of it that the policy acts on.',
            revision: 3,
          },
        },
      ]);
    expect(after).toMatchObject({ changes: 3, baseline: [{ demand: '100' }] });
    expect(after?.waiting).toBeUndefined();
  });
});

describe('trap 7: many changes at once', () => {
  it('are one decision with one line for each week and measure', () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(SLUSHY_WEEK, 100), week(LIQUID_WEEK, 100)]));
    const all = [week(SLUSHY_WEEK, 150, { shortage: '10' }), week(LIQUID_WEEK, 150, { lateMinutes: 30 })];
    expect(unit.take(observed(all, 1))?.lines.map(({ week, measure, outcome }) => [week, measure, outcome])).toEqual([
      [SLUSHY_WEEK, 'DEMAND', 'PROPOSE'],
      [SLUSHY_WEEK, 'SHORTAGE', 'PROPOSE'],
      [LIQUID_WEEK, 'DEMAND', 'RECALCULATE'],
      [LIQUID_WEEK, 'CAPACITY', 'RECALCULATE'],
    ]);
  });

  it('decide nothing when a whole cycle is published again unchanged', () => {
    const unit = new JudgedUnit();
    const weeks = [week(SLUSHY_WEEK, 100), week(LIQUID_WEEK, 100)];
    unit.take(observed(weeks));
    unit.take(observed([week(SLUSHY_WEEK, 105), week(LIQUID_WEEK, 300)], 1));
    expect(unit.take(observed([week(SLUSHY_WEEK, 105), week(LIQUID_WEEK, 300)], 2))).toBeUndefined();
  });
});

describe('trap 8: why', () => {
  it('is told with rule, inputs and thresholds, and replays to the same answer', () => {
    const unit = new JudgedUnit({ ...POLICY, coolDownMinutes: 30, hysteresisPercent: 20 });
    unit.take(observed([week(FROZEN_WEEK, 100, { shortage: '5' }), week(LIQUID_WEEK, 100)]));
    unit.take(observed([week(FROZEN_WEEK, 130), week(LIQUID_WEEK, 130)], 1));
    unit.take(observed([week(FROZEN_WEEK, 105), week(LIQUID_WEEK, 200), week(SLUSHY_WEEK, 3)], 2, { away: ['erp/1'] }));
    expect(unit.decisions.at(-1)?.lines[0]).toMatchObject({
      rule: 'demand',
      baseline: '130',
      because: 'Inside the demand time fence nothing is automatic.',
      thresholds: ['measure DEMAND', '|change| ≥ 12 % and ≥ 24 EA (a change back)'],
    });
    expect(unit.decisions.at(-1)?.lines[1]?.thresholds).toEqual(['demand: |change| ≥ 10 % and ≥ 20 EA']);
    for (const decision of unit.decisions) expect(replay(decision, unit.policy).differences).toEqual([]);
  });

  it('says where another version of the policy would have decided otherwise', () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(LIQUID_WEEK, 100)]));
    const decision = unit.take(observed([week(LIQUID_WEEK, 130)], 1))!;
    const { differences } = replay(decision, { ...POLICY, version: 2, rules: POLICY.rules.slice(1) });
    expect(differences.map(({ path }) => path)).toContain('/outcome');
    expect(differences.find(({ path }) => path === '/outcome')).toEqual({
      path: '/outcome',
      decided: '"RECALCULATE"',
      replayed: '"SUPPRESS"',
    });
  });
});
