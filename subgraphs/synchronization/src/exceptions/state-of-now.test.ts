import { expect, it } from 'vitest';
import type { DecisionLine } from '../judgement/decision.ts';
import { pump } from '../supply-demand/facts.fixture.ts';
import { line, proposing } from './decision.fixture.ts';
import { stateOfNow } from './state-of-now.ts';

const WEEK = '2026-12-07';
const NOW = '2026-11-23T09:00:00Z';
const LED = proposing('D1', 0, [line(WEEK, 'PROPOSE')]);
const HELD = { rule: 'slushy-demand', change: '-60' } as const;

it.each<[string, DecisionLine, string | undefined, string]>([
  ['acts on its week', line(WEEK, 'PROPOSE'), undefined, 'D2'],
  ['will act on its week once that has cooled down', line(WEEK, 'SUPPRESS', HELD), '2026-11-23T13:00:00Z', 'D2'],
  ['acts on another week', line('2026-12-14', 'PROPOSE'), undefined, 'D1'],
  ['acts on nothing', line(WEEK, 'SUPPRESS', HELD), undefined, 'D1'],
  ['saw the schedule follow', line(WEEK, 'SUPPRESS', { ...HELD, relieved: true }), '2026-11-23T13:00:00Z', 'D1'],
])('an approval is judged against the latest decision if that %s', (_, changed, againAt, decision) => {
  const latest = { ...proposing('D2', 1, [changed]), ...(againAt !== undefined && { againAt }) };
  const known = { orders: [], facts: pump(), led: [LED], latest: [latest, LED], now: NOW };
  expect(stateOfNow({ proposal: [], decisions: ['D1'] }, known).decision).toBe(decision);
});
