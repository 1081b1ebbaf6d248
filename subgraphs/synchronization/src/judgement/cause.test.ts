import { expect, it } from 'vitest';
import { causeOf } from './cause.ts';
import type { DecisionLine } from './decision.ts';
import { OBSERVATION } from './judgement.fixture.ts';

it.each([
  ['FORECAST_CHANGE', [line('DEMAND'), line('SHORTAGE')]],
  ['CAPACITY', [line('CAPACITY'), line('SHORTAGE')]],
  ['SHORTAGE', [line('SHORTAGE')]],
  ['SHORTAGE', [line('SHORTAGE'), line('DEMAND', 'SUPPRESS')]],
  ['FORECAST_CHANGE', [line('DEMAND', 'SUPPRESS')]],
])('is %s by what was acted on, or, if nothing was, by what changed', (cause, lines) => {
  expect(causeOf({ lines, observation: OBSERVATION })).toBe(cause);
});

it('is QUALITY if a hold was placed or released', () => {
  const occurredAt = OBSERVATION.observedAt;
  const hold = {
    domain: 'production-orders',
    type: 'QualityHoldPlaced',
    subject: 'PO-1',
    position: 1,
    correlationId: 'c',
    occurredAt,
  };
  expect(causeOf({ lines: [line('SHORTAGE')], observation: { ...OBSERVATION, triggers: [hold] } })).toBe('QUALITY');
});

function line(measure: DecisionLine['measure'], outcome: DecisionLine['outcome'] = 'RECALCULATE'): DecisionLine {
  const figures = { baseline: '1', now: '2', change: '1', changePercent: 100 };
  return { week: '2026-01-19', measure, zone: 'LIQUID', ...figures, outcome, thresholds: [] };
}
