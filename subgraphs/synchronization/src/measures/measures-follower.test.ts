import { rebuild } from '@takt/log-consumer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LoggedEvent } from '@takt/event-log';
import { decision, made, openEngines, written, type DecisionPlan } from './measures.fixture.ts';
import {
  decisionLatencyOf,
  forecastSynchronizationOf,
  suppressionOf,
  withDecision,
  type JudgementDay,
} from './judgement-day.ts';
import { ACTED_DECISIONS, JUDGEMENT_DAYS, judgementDays } from './measures-follower.ts';

function given(...plans: readonly DecisionPlan[]): JudgementDay[] {
  const day = plans.reduce<JudgementDay | undefined>(
    (known, plan, index) => withDecision(known, { position: index + 1, decision: decision(plan) }),
    undefined,
  );
  return day ? [day] : [];
}

it('tells which share of the changes was suppressed, but for those that were put off', () => {
  const days = given(
    { decidedAt: '2026-03-02T08:00:00Z', outcomes: ['SUPPRESS', 'SUPPRESS', 'RECALCULATE'] },
    { decidedAt: '2026-03-02T09:00:00Z', outcomes: ['SUPPRESS'] },
    { decidedAt: '2026-03-02T10:00:00Z', outcomes: ['PROPOSE', 'SUPPRESS'], deferred: 'erp/p100 is away.' },
  );
  expect(suppressionOf(days)).toEqual({ part: 3, whole: 4, percent: 75 });
});

it('tells which share of the forecast revisions was judged as soon as was promised', () => {
  const revised = (occurredAt: string) => ({ type: 'ForecastRevised', occurredAt });
  const days = given(
    { decidedAt: '2026-03-02T08:00:00Z', triggers: [revised('2026-03-01T07:00:00Z'), revised('2026-03-01T06:59:59Z')] },
    { decidedAt: '2026-03-02T08:00:00Z', refreshClass: 'CRITICAL', triggers: [revised('2026-03-02T07:58:59Z')] },
    { decidedAt: '2026-03-02T08:00:00Z', refreshClass: 'CRITICAL', triggers: [revised('2026-03-02T07:59:00Z')] },
    {
      decidedAt: '2026-03-02T08:00:00Z',
      triggers: [{ type: 'CustomerOrderChanged', occurredAt: '2026-01-01T00:00:00Z' }],
    },
  );
  expect(forecastSynchronizationOf(days)).toEqual({ part: 2, whole: 4, percent: 50 });
});

it('measures the way to the decision from the earliest change that led to it', () => {
  const days = given(
    {
      decidedAt: '2026-03-02T08:00:00Z',
      triggers: [
        { type: 'InventoryChanged', occurredAt: '2026-03-02T07:59:00Z' },
        { type: 'ForecastRevised', occurredAt: '2026-03-02T08:30:00+01:00' },
      ],
    },
    { decidedAt: '2026-03-02T08:00:00Z' },
  );
  const latency = decisionLatencyOf(days);
  expect(latency).toMatchObject({ count: 1, maxSeconds: 1800 });
  expect(latency!.p50Seconds).toBeGreaterThan(1782);
  expect(latency!.p95Seconds).toBeLessThanOrEqual(1800);
});

it('says nothing where nothing was judged', () => {
  expect([suppressionOf([]), forecastSynchronizationOf([]), decisionLatencyOf([])]).toEqual([null, null, null]);
});

const plan: fc.Arbitrary<DecisionPlan> = fc.record({
  plant: fc.constantFrom('P100', 'P200'),
  family: fc.constantFrom('PUMPS', 'VALVES'),
  decidedAt: fc.constantFrom('2026-03-02T08:00:00Z', '2026-03-03T08:00:00Z'),
  outcomes: fc.array(fc.constantFrom('SUPPRESS', 'RECALCULATE', 'EXCEPTION'), { maxLength: 3 }),
  triggers: fc.array(
    fc.record({
      type: fc.constantFrom('ForecastRevised', 'StockMoved'),
      occurredAt: fc.constantFrom('2026-03-01T08:00:00Z', '2026-03-02T07:00:00Z'),
    }),
    { maxLength: 2 },
  ),
});

it('counts each decision once, however often and in whatever batches it is told, and again from the log alone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(plan, { minLength: 1, maxLength: 20 }),
      fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 6 }),
      async (plans, retold) => {
        const { store, log } = await openEngines();
        const events = plans.map((each, index) => made(index + 1, decision({ ...each, id: `D-${index + 1}` })));
        await log.append(events.map(({ event }) => event));
        const consumer = await judgementDays(store);
        const once = await openEngines();
        await (await judgementDays(once.store)).apply(events);
        const expected = await written(once.store, JUDGEMENT_DAYS, ACTED_DECISIONS);

        for (const batch of batchesOf(events, retold)) await consumer.apply(batch);
        expect(await written(store, JUDGEMENT_DAYS, ACTED_DECISIONS)).toEqual(expected);

        await rebuild({ store, log, consumer, signal: new AbortController().signal });
        expect(await written(store, JUDGEMENT_DAYS, ACTED_DECISIONS)).toEqual(expected);
      },
    ),
    { numRuns: 8 },
  );
});

/** In order, with stretches from anywhere up to what came last told once more, and all that is left at the end. */
function* batchesOf(events: readonly LoggedEvent[], retold: readonly (readonly [number, number])[]) {
  let reached = 0;
  for (const [back, ahead] of retold) {
    const from = Math.max(0, reached - back);
    reached = Math.max(reached, Math.min(events.length, from + ahead));
    if (from < reached) yield events.slice(from, reached);
  }
  yield events.slice(Math.max(0, reached - 1));
}
