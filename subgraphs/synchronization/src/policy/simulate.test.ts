import { describe, expect, it } from 'vitest';
import { JudgedUnit, LIQUID_WEEK, observed, POLICY, SLUSHY_WEEK, week } from '../judgement/judgement.fixture.ts';
import { simulate } from './simulate.ts';

const withFloor = (changeAtLeast: string, more = {}) => ({
  ...POLICY,
  ...more,
  rules: [{ ...POLICY.rules[0]!, when: { measure: ['DEMAND' as const], changeAtLeast } }],
});

function drifting(policy = POLICY): JudgedUnit {
  const unit = new JudgedUnit(policy);
  for (const [minute, demand] of [200, 210, 220, 230, 240, 250].entries()) {
    unit.take(observed([week(LIQUID_WEEK, demand)], minute));
  }
  return unit;
}

describe('a simulation', () => {
  it('under the policy that decided counts what was decided, without a difference', async () => {
    const { simulated, decided, differences, observations } = await simulate(POLICY, drifting().decisions);
    expect(observations).toBe(6);
    expect(decided.changes).toMatchObject({ SUPPRESS: 3, RECALCULATE: 2 });
    expect(simulated).toEqual(decided);
    expect(differences).toEqual([]);
  });

  it('keeps baselines of its own: what the draft would have let through counts as propagated', async () => {
    const { simulated, differences } = await simulate(withFloor('30'), drifting().decisions);
    expect(simulated.changes).toMatchObject({ SUPPRESS: 4, RECALCULATE: 1 });
    expect(differences.map(({ decided, simulated }) => [decided?.outcome, simulated?.outcome])).toEqual([
      ['RECALCULATE', 'SUPPRESS'],
      ['SUPPRESS', 'RECALCULATE'],
      ['RECALCULATE', 'SUPPRESS'],
    ]);
  });

  it('begins within a window with the baseline of then, and counts a week once by its strongest change', async () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(SLUSHY_WEEK, 100)]));
    unit.take(observed([week(SLUSHY_WEEK, 115)], 1));
    unit.take(observed([week(SLUSHY_WEEK, 118, { shortage: '5' })], 2));
    const { simulated } = await simulate(withFloor('18'), unit.decisions.slice(2));
    expect(simulated.changes).toMatchObject({ PROPOSE: 1, SUPPRESS: 1 });
    expect(simulated.buckets).toMatchObject({ PROPOSE: 1, SUPPRESS: 0 });
  });

  it('judges again what the draft would have let cool down', async () => {
    const calm = withFloor('10', { coolDownMinutes: 60 });
    const { simulated, decided } = await simulate(calm, drifting(withFloor('10')).decisions);
    expect(decided.changes).toMatchObject({ SUPPRESS: 0, RECALCULATE: 5 });
    expect(simulated.changes).toMatchObject({ SUPPRESS: 4, RECALCULATE: 2 });
  });

  it('is what would have been decided had the draft been the policy', async () => {
    const draft = withFloor('25', { hysteresisPercent: 40 });
    const demands = [300, 310, 340, 330, 300, 280, 310, 360, 361, 10, 0, 24, 25, 60];
    const [asItWas, asItWouldBe] = [POLICY, draft].map((policy) => {
      const unit = new JudgedUnit(policy);
      for (const [minute, demand] of demands.entries()) unit.take(observed([week(LIQUID_WEEK, demand)], minute));
      return unit.decisions;
    });
    const { simulated } = await simulate(draft, asItWas!);
    const { decided } = await simulate(draft, asItWouldBe!);
    expect(simulated).toEqual(decided);
  });

  it('says when there was more than it may look at', async () => {
    const { isComplete, observations } = await simulate(POLICY, drifting().decisions, 3);
    expect({ isComplete, observations }).toEqual({ isComplete: false, observations: 3 });
  });
});
