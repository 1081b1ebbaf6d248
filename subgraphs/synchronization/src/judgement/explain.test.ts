import { expect, it } from 'vitest';
import { explain } from './explain.ts';
import { JudgedUnit, LIQUID_WEEK, observed, POLICY, week } from './judgement.fixture.ts';

it('tells what changed, which rule applied or how much was missing, and what follows', () => {
  const unit = new JudgedUnit({ ...POLICY, coolDownMinutes: 60 });
  const short = (pieces: number) => [week(LIQUID_WEEK, 100, { shortage: String(pieces) })];
  unit.take(observed(short(0)));
  unit.take(observed([week(LIQUID_WEEK, 90)], 1));
  unit.take(observed(short(50), 2));
  unit.take(observed(short(70), 3, { away: ['erp/1'] }));
  unit.take(observed(short(0), 4));
  expect(unit.decisions.map(explain)).toEqual([
    ['What was observed of PUMP-10 at P100 is the baseline from now on; nothing was known of it before.'],
    [
      'PUMP-10 at P100: nothing is done.',
      'Week of 2026-01-19 (liquid): demand fell from 100 to 90 EA (-10, -10 %). No rule applies; the nearest ask for more: demand: |change| ≥ 10 % and ≥ 20 EA. So nothing is done.',
    ],
    [
      'PUMP-10 at P100: the schedule follows by itself.',
      'Week of 2026-01-19 (liquid): the shortage rose from 0 to 50 EA (+50). Rule others applies: measure SHORTAGE or CAPACITY. So the schedule follows by itself.',
    ],
    [
      'PUMP-10 at P100: nothing is done.',
      'Week of 2026-01-19 (liquid): the shortage rose from 50 to 70 EA (+20, +40 %). Rule others applies: measure SHORTAGE or CAPACITY. Cooling down until 2026-01-07T09:02:00.000Z. So nothing is done.',
      'What cools down is judged again at 2026-01-07T09:02:00.000Z.',
    ],
    [
      'PUMP-10 at P100: nothing is done.',
      'Week of 2026-01-19 (liquid): the shortage fell from 50 to 0 EA (-50, -100 %). Less is short. So nothing is done.',
    ],
  ]);
});
