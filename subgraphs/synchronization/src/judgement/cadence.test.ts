import { expect, it } from 'vitest';
import { judgedAt } from './cadence.ts';

const cadence = { criticalSeconds: 2, stableMinutes: 15, batchHour: 4 };
const urgent = { isUrgent: true, timeZone: 'Europe/Berlin' };
const stable = { isUrgent: false, timeZone: 'Europe/Berlin' };
const forecast = { type: 'ForecastRevised' };
const stock = { type: 'InventoryChanged' };

it('judges whatever changes of an urgent unit within seconds', () => {
  expect(judgedAt(urgent, forecast, '2026-03-02T10:00:00.000Z', cadence)).toBe('2026-03-02T10:00:02.000Z');
  expect(judgedAt(urgent, stock, '2026-03-02T10:00:00.000Z', cadence)).toBe('2026-03-02T10:00:02.000Z');
});

it('judges what happens in execution of a stable unit within minutes', () => {
  expect(judgedAt(stable, stock, '2026-03-02T10:00:00.000Z', cadence)).toBe('2026-03-02T10:15:00.000Z');
});

it.each([
  ['later on the same day', '2026-03-02T01:00:00.000Z', '2026-03-02T03:00:00.000Z'],
  ['on the next day once the hour has begun', '2026-03-02T03:00:00.000Z', '2026-03-03T03:00:00.000Z'],
  ['by the plant’s clock, which went forward meanwhile', '2026-03-28T10:00:00.000Z', '2026-03-29T02:00:00.000Z'],
])('judges forecasts of a stable unit in the batch %s', (_when, heardAt, dueAt) => {
  expect(judgedAt(stable, forecast, heardAt, cadence)).toBe(dueAt);
});

it('has a batch also on the day that skips its hour', () => {
  const atTwo = { ...cadence, batchHour: 2 };
  expect(judgedAt(stable, forecast, '2026-03-28T23:30:00.000Z', atTwo)).toBe('2026-03-29T01:00:00.000Z');
});

it('knows the batch of an earlier change again after a later one', () => {
  expect(judgedAt(stable, forecast, '2026-05-05T10:00:00.000Z', cadence)).toBe('2026-05-06T02:00:00.000Z');
  expect(judgedAt(stable, forecast, '2026-05-04T10:00:00.000Z', cadence)).toBe('2026-05-05T02:00:00.000Z');
});
