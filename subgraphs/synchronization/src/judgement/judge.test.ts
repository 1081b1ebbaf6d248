import { describe, expect, it } from 'vitest';
import { FROZEN_WEEK, JudgedUnit, LIQUID_WEEK, observed, POLICY, SLUSHY_WEEK, week } from './judgement.fixture.ts';
import { replay } from './replay.ts';
import { zoneOf } from './weeks.ts';

describe('what is observed first', () => {
  it('is the baseline, and nothing is decided on it', () => {
    const unit = new JudgedUnit();
    const first = unit.take(observed([week(FROZEN_WEEK, 900), week(LIQUID_WEEK, 100, { shortage: '40' })]));
    expect(first).toMatchObject({ against: 0, begins: true, outcome: 'SUPPRESS', lines: [] });
    expect(unit.unit).toMatchObject({ changes: 1, baseline: [{ demand: '900' }, { shortage: '40' }] });
  });

  it('is decided on if it is a shortage in the frozen zone', () => {
    const unit = new JudgedUnit();
    const first = unit.take(observed([week(FROZEN_WEEK, 900, { shortage: '40' })]));
    expect(first?.lines).toMatchObject([{ measure: 'SHORTAGE', baseline: '0', now: '40', outcome: 'EXCEPTION' }]);
    expect(unit.unit?.baseline).toMatchObject([{ demand: '900', shortage: '40' }]);
  });
});

describe('the zone of a week', () => {
  const dates = { today: '2026-01-07', frozenUntil: '2026-01-14', slushyUntil: '2026-01-21' };

  it.each([
    ['before the fence', '2026-01-05', 'FROZEN'],
    ['that straddles the demand time fence', '2026-01-12', 'FROZEN'],
    ['that straddles the planning time fence', '2026-01-19', 'SLUSHY'],
    ['behind both', '2026-01-26', 'LIQUID'],
  ])('%s', (_what, monday, zone) => {
    expect(zoneOf(monday, observed([], 0, dates))).toBe(zone);
  });

  it('is that of today for the current week, so that no fence means no frozen zone', () => {
    const none = { today: '2026-01-07', frozenUntil: '2026-01-07', slushyUntil: '2026-01-07' };
    expect(zoneOf('2026-01-05', observed([], 0, none))).toBe('LIQUID');
  });
});

describe('what no table can override', () => {
  it('makes an exception of what would be automatic in the frozen zone, and a proposal in the slushy one', () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(FROZEN_WEEK, 100), week(SLUSHY_WEEK, 100), week(LIQUID_WEEK, 100)]));
    const decision = unit.take(observed([week(FROZEN_WEEK, 150), week(SLUSHY_WEEK, 150), week(LIQUID_WEEK, 150)], 1));
    expect(decision?.lines.map(({ outcome }) => outcome)).toEqual(['EXCEPTION', 'PROPOSE', 'RECALCULATE']);
    expect(decision?.outcome).toBe('EXCEPTION');
  });
});

describe('what is over', () => {
  const policy = { ...POLICY, rules: [{ ...POLICY.rules[1], outcome: 'EXCEPTION' }] } as typeof POLICY;

  it('asks nothing of a planner who was told that it began, and counts as new if it comes back', () => {
    const unit = new JudgedUnit(policy);
    const late = (lateMinutes: number, minutes: number) =>
      unit.take(observed([week(FROZEN_WEEK, 100, { lateMinutes })], minutes))?.lines;
    late(0, 0);
    expect(late(600, 1)).toMatchObject([{ outcome: 'EXCEPTION' }]);
    expect(late(0, 4)).toMatchObject([{ outcome: 'SUPPRESS', relieved: true }]);
    expect(late(60, 5)).toMatchObject([{ outcome: 'EXCEPTION', baseline: '0' }]);
  });
});

describe('time that passes', () => {
  it('makes an exception of a shortage that was there from the beginning once it is in the frozen zone, once', () => {
    const unit = new JudgedUnit();
    const short = [week(LIQUID_WEEK, 100, { shortage: '40' })];
    unit.take(observed(short));
    expect(unit.take(observed(short, 60))).toBeUndefined();
    const frozen = { today: '2026-01-15', frozenUntil: '2026-01-20', slushyUntil: '2026-01-27' };
    const decision = unit.take(observed(short, 12_000, frozen));
    expect(decision?.lines).toMatchObject([{ measure: 'SHORTAGE', baseline: '0', now: '40', outcome: 'EXCEPTION' }]);
    expect(unit.take(observed(short, 12_060, frozen))).toBeUndefined();
    const more = unit.take(observed([...short, week('2026-03-02', 500)], 12_120, frozen));
    expect(more?.lines).toMatchObject([{ measure: 'DEMAND', week: '2026-03-02' }]);
    for (const each of unit.decisions) expect(replay(each, POLICY).differences).toEqual([]);
  });

  it('takes weeks that are over out of the baseline, without a decision on them', () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(FROZEN_WEEK, 500), week(LIQUID_WEEK, 100)]));
    const later = { today: '2026-01-14', frozenUntil: '2026-01-19', slushyUntil: '2026-01-26' };
    expect(unit.take(observed([week(LIQUID_WEEK, 100)], 10_080, later))).toBeUndefined();
    expect(unit.take(observed([week(LIQUID_WEEK, 110)], 10_081, later))?.lines).toHaveLength(1);
    expect(unit.unit?.baseline.map(({ week }) => week)).toEqual([LIQUID_WEEK]);
  });

  it('decides on what was suppressed once another policy acts on it', () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(LIQUID_WEEK, 100)]));
    expect(unit.take(observed([week(LIQUID_WEEK, 115)], 1))?.outcome).toBe('SUPPRESS');
    const stricter = {
      ...POLICY,
      version: 2,
      rules: [{ ...POLICY.rules[0]!, when: { changeAtLeast: '5' } }],
    };
    expect(unit.take(observed([week(LIQUID_WEEK, 115)], 2))).toBeUndefined();
    expect(unit.take(observed([week(LIQUID_WEEK, 115)], 3), stricter)).toMatchObject({
      outcome: 'RECALCULATE',
      policy: { version: 2 },
    });
  });
});

it('gives the same decision, id included, as often as it is asked', () => {
  const [one, other] = [new JudgedUnit(), new JudgedUnit()];
  for (const unit of [one, other]) {
    unit.take(observed([week(LIQUID_WEEK, 100)]));
    unit.take(observed([week(LIQUID_WEEK, 150)], 1));
  }
  expect(one.decisions).toEqual(other.decisions);
  expect(one.decisions.map(({ id }) => id)).toEqual(['PUMP-10@P100:1', 'PUMP-10@P100:2']);
});

it('demand is judged also while its forecaster is away, and says so', () => {
  const unit = new JudgedUnit();
  unit.take(observed([week(LIQUID_WEEK, 100)]));
  const decision = unit.take(observed([week(LIQUID_WEEK, 200, { shortage: '5' })], 1, { stale: ['planning/demo'] }));
  expect(decision?.deferred).toBeUndefined();
  expect(decision?.lines).toMatchObject([
    { measure: 'DEMAND', outcome: 'RECALCULATE', because: expect.stringContaining('planning/demo') as string },
    { measure: 'SHORTAGE', outcome: 'RECALCULATE' },
  ]);
  expect(decision?.lines[1]).not.toHaveProperty('because');
});

describe('a shortage', () => {
  const short = (pieces: number) => [week(LIQUID_WEEK, 100, { shortage: String(pieces) })];

  it('asks for nothing when it becomes less, and counts as new when it comes back', () => {
    const unit = new JudgedUnit();
    unit.take(observed(short(0)));
    expect(unit.take(observed(short(50), 1))?.outcome).toBe('RECALCULATE');
    const relieved = unit.take(observed(short(0), 2));
    expect(relieved).toMatchObject({ outcome: 'SUPPRESS', lines: [{ baseline: '50', now: '0', relieved: true }] });
    expect(unit.take(observed(short(50), 3))).toMatchObject({
      outcome: 'RECALCULATE',
      lines: [{ baseline: '0', now: '50' }],
    });
  });

  it('that nobody was told of asks for nothing either when it becomes less', () => {
    const unit = new JudgedUnit();
    unit.take(observed([week(FROZEN_WEEK, 100, { shortage: '50' }), ...short(50)]));
    const relieved = unit.take(observed([week(FROZEN_WEEK, 100, { shortage: '20' }), ...short(0)], 1));
    expect(relieved).toMatchObject({ outcome: 'SUPPRESS', lines: [{ relieved: true }, { relieved: true }] });
  });
});
