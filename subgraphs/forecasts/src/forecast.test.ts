import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecisionContext } from '@takt/intake';
import { given } from '@takt/intake/testing';
import { effective, forecast, forecastId, isPlanned, MOST_BUCKETS, type Forecast } from './forecast.ts';
import type { ForecastReport, OverrideForecast } from './messages.ts';

type Message = Parameters<typeof forecast.decide>[1];
type Event = Parameters<typeof forecast.evolve>[1];

const MONDAYS = ['2026-11-16', '2026-11-23', '2026-11-30', '2026-12-07', '2026-12-14'] as const;

function reported(quantities: readonly (string | null)[], rest: Partial<ForecastReport> = {}) {
  const data: ForecastReport = {
    sku: 'PUMP',
    location: 'P100',
    granularity: 'WEEK',
    unit: 'EA',
    version: '2026-W48',
    publishedAt: '2026-11-23T05:00:00Z',
    status: 'PUBLISHED',
    complete: true,
    buckets: quantities.flatMap((baseline, week) => (baseline === null ? [] : { start: MONDAYS[week]!, baseline })),
    ...rest,
  };
  return { type: 'ForecastReported', data } as const;
}

const next = { version: '2026-W49', publishedAt: '2026-11-30T05:00:00Z' };

function overridden(...buckets: OverrideForecast['buckets']) {
  return { type: 'OverrideForecast', data: { id: 'PUMP@P100', reason: 'Campaign', buckets } } as const;
}

const withdrawn = { type: 'WithdrawForecast', data: { id: 'PUMP@P100', reason: 'Delisted' } } as const;

/** The events of these messages, each of which must be accepted. */
function eventsOf(...messages: readonly Message[]): Event[] {
  const events: Event[] = [];
  for (const message of messages) {
    const { decision } = given(forecast, events).when(message);
    if ('refused' in decision) throw new Error(`${decision.refused.code}: ${decision.refused.reason}`);
    events.push(...decision.events);
  }
  return events;
}

const after = (...messages: readonly Message[]): Forecast => given(forecast, eventsOf(...messages)).state!;
const planOf = (state: Forecast) =>
  Object.fromEntries(state.buckets.map((bucket) => [bucket.start, effective(bucket)]));
const changesOf = (events: readonly Event[]) => events.at(-1)!.data.buckets;

describe('a forecast report', () => {
  it('opens a series, with or without buckets', () => {
    expect(planOf(after(reported(['5', '6'])))).toEqual({ '2026-11-16': '5', '2026-11-23': '6' });
    expect(after(reported([]))).toMatchObject({ sku: 'PUMP', buckets: [] });
  });

  it('says what changed against which version, and nothing else', () => {
    given(forecast, eventsOf(reported([null, '10', '20', '30'])))
      .when(reported([null, '10', '25', '30'], next))
      .then([
        {
          type: 'ForecastRevised',
          data: {
            id: 'PUMP@P100',
            sku: 'PUMP',
            location: 'P100',
            granularity: 'WEEK',
            unit: 'EA',
            status: 'PUBLISHED',
            ...next,
            priorVersion: '2026-W48',
            buckets: [{ start: '2026-11-30', prior: '20', quantity: '25' }],
          },
        },
      ]);
  });

  it('of a later cycle that brings nothing new causes no event', () => {
    given(forecast, eventsOf(reported(['10', '20'])))
      .when(reported(['10', '20'], next))
      .then([]);
  });

  it('published earlier than what is known is refused, whatever it says', () => {
    const known = eventsOf(reported(['10'], next));
    given(forecast, known)
      .when(reported(['10']))
      .thenRefused('OLDER_THAN_KNOWN');
    given(forecast, known)
      .when(reported(['11']))
      .thenRefused('OLDER_THAN_KNOWN');
  });

  it('that comes after an unchanged later one of the same system is refused', () => {
    given(forecast, eventsOf(reported(['10'])))
      .when(reported(['11'], next), { lastTold: '2026-12-07T05:00:00Z', time: next.publishedAt })
      .thenRefused('OLDER_THAN_KNOWN');
  });

  it('that is complete takes away what it does not name from its own bucket on, and keeps history', () => {
    const events = eventsOf(reported(['1', '2', '3', '4']), reported([null, null, null, '4'], next));
    expect(planOf(given(forecast, events).state!)).toEqual({ '2026-11-16': '1', '2026-11-23': '2', '2026-12-07': '4' });
    expect(changesOf(events)).toEqual([{ start: '2026-11-30', prior: '3', quantity: null }]);
  });

  it('that is not complete leaves what it does not name', () => {
    const state = after(reported(['1', '2', '3']), reported([null, null, '4'], { ...next, complete: false }));
    expect(planOf(state)).toEqual({ '2026-11-16': '1', '2026-11-23': '2', '2026-11-30': '4' });
  });

  it.each([
    ['BUCKET_NOT_ALIGNED', [{ start: '2026-11-24', baseline: '1' }]],
    ['BUCKET_NOT_ALIGNED', [{ start: '9999-12-27', baseline: '1' }]],
    ['DUPLICATE_BUCKET', Array.from({ length: 2 }, () => ({ start: '2026-11-23', baseline: '1' }))],
    ['NEGATIVE_FORECAST', [{ start: '2026-11-23', baseline: '-1' }]],
  ])('with buckets that cannot be is refused as %s', (code, buckets) => {
    given(forecast, []).when(reported([], { buckets })).thenRefused(code);
  });

  it('that is a draft does not replace what is published', () => {
    given(forecast, eventsOf(reported(['1'])))
      .when(reported(['2'], { ...next, status: 'DRAFT' }))
      .thenRefused('DRAFT_AFTER_PUBLISHED');
  });

  it('in another unit or by other buckets must be complete, and starts afresh', () => {
    const buckets = [{ start: '2026-12-01', baseline: '90' }];
    const monthly: Partial<ForecastReport> = { ...next, granularity: 'MONTH', buckets };
    const known = eventsOf(reported(['1', '2']), overridden({ start: MONDAYS[1], quantity: '7' }));
    given(forecast, known)
      .when(reported([], { ...monthly, complete: false }))
      .thenRefused('SHAPE_MISMATCH');
    const { decision } = given(forecast, known).when(reported([], monthly));
    const events = 'events' in decision ? decision.events : [];
    expect(events.map(({ data }) => [data.granularity, data.buckets])).toEqual([
      [
        'WEEK',
        [
          { start: '2026-11-16', prior: '1', quantity: null },
          { start: '2026-11-23', prior: '7', quantity: null },
        ],
      ],
      ['MONTH', [{ start: '2026-12-01', prior: null, quantity: '90' }]],
    ]);
    expect(given(forecast, [...known, ...events]).state).toMatchObject({
      granularity: 'MONTH',
      buckets: [{ start: '2026-12-01', baseline: '90' }],
    });
  });

  it('keeps two years of history and no more buckets than can be bounded', () => {
    const old = [
      { start: '2024-11-18', baseline: '1' },
      { start: '2024-11-25', baseline: '2' },
    ];
    expect(planOf(after(reported([], { buckets: old })))).toEqual({ '2024-11-25': '2' });
    given(forecast, eventsOf(reported([], { buckets: old })))
      .when(reported([], { buckets: old }))
      .then([]);
    const day = (offset: number) => new Date(Date.UTC(2026, 10, 23 + offset)).toISOString().slice(0, 10);
    const days = (from: number) =>
      reported([], {
        granularity: 'DAY',
        complete: false,
        buckets: Array.from({ length: MOST_BUCKETS }, (_, offset) => ({ start: day(from + offset), baseline: '1' })),
      });
    const state = after(days(0), days(500));
    expect(state.buckets).toHaveLength(MOST_BUCKETS);
    expect(state.buckets[0]?.start).toBe(day(500));
  });
});

describe('an override', () => {
  it('replaces the baseline until it is taken back', () => {
    const events = eventsOf(reported(['10', '20']), overridden({ start: MONDAYS[1], quantity: '50' }));
    expect(changesOf(events)).toEqual([{ start: '2026-11-23', prior: '20', quantity: '50' }]);
    const back = eventsOf(
      reported(['10', '20']),
      overridden({ start: MONDAYS[1], quantity: '50' }),
      overridden({ start: MONDAYS[1] }),
    );
    expect(changesOf(back)).toEqual([{ start: '2026-11-23', prior: '50', quantity: '20' }]);
    expect(given(forecast, back).state?.buckets[1]).toEqual({
      start: '2026-11-23',
      baseline: '20',
      prior: '50',
      version: '2026-W48',
    });
  });

  it('stands when the statistics beneath it change or no longer name the bucket', () => {
    const known = [reported([null, null, '10']), overridden({ start: MONDAYS[2], quantity: '50' })];
    const revised = eventsOf(...known, reported([null, null, '12'], next));
    expect(changesOf(revised)).toEqual([]);
    expect(given(forecast, revised).state?.buckets).toMatchObject([{ baseline: '12', override: '50' }]);
    expect(after(...known, reported([], next)).buckets).toMatchObject([{ baseline: '0', override: '50' }]);
  });

  it('that says what is planned for already is remembered, and changes no quantity', () => {
    const events = eventsOf(reported(['10']), overridden({ start: MONDAYS[0], quantity: '10' }));
    expect(changesOf(events)).toEqual([]);
    expect(
      planOf(
        after(
          reported(['10']),
          overridden({ start: MONDAYS[0], quantity: '10' }),
          reported(['99'], { ...next, complete: false }),
        ),
      ),
    ).toEqual({ '2026-11-16': '10' });
  });

  it('given again causes no event', () => {
    const word = overridden({ start: MONDAYS[1], quantity: '50' });
    given(forecast, eventsOf(reported(['10', '20']), word))
      .when(word)
      .then([]);
  });

  it('needs a series that is there, and buckets that can be', () => {
    given(forecast, [])
      .when(overridden({ start: MONDAYS[1], quantity: '1' }))
      .thenRefused('UNKNOWN_FORECAST');
    const known = eventsOf(reported(['10']));
    given(forecast, known)
      .when(overridden({ start: '2026-11-24', quantity: '1' }))
      .thenRefused('BUCKET_NOT_ALIGNED');
    given(forecast, known)
      .when(overridden({ start: MONDAYS[0], quantity: '-1' }))
      .thenRefused('NEGATIVE_FORECAST');
    given(forecast, known)
      .when(overridden({ start: '2020-11-23', quantity: '1' }))
      .thenRefused('BUCKET_NOT_KEPT');
    given(forecast, eventsOf(reported(['10']), withdrawn))
      .when(overridden({ start: MONDAYS[0], quantity: '1' }))
      .thenRefused('FORECAST_WITHDRAWN');
  });
});

describe('a withdrawal', () => {
  const time = '2026-11-25T09:00:00Z';

  it('takes away what has not ended, once', () => {
    const known = eventsOf(reported(['1', '2', '3']));
    const { decision } = given(forecast, known).when(withdrawn, { time });
    const events = 'events' in decision ? decision.events : [];
    expect(changesOf(events)).toEqual([
      { start: '2026-11-23', prior: '2', quantity: null },
      { start: '2026-11-30', prior: '3', quantity: null },
    ]);
    const state = given(forecast, [...known, ...events]).state!;
    expect(isPlanned(state)).toBe(false);
    given(forecast, [...known, ...events])
      .when(withdrawn)
      .then([]);
    given(forecast, []).when(withdrawn).thenRefused('UNKNOWN_FORECAST');
  });

  it('holds until a version is published later', () => {
    const known = eventsOf(reported(['1', '2', '3']));
    const { decision } = given(forecast, known).when(withdrawn, { time });
    const events = [...known, ...('events' in decision ? decision.events : [])];
    given(forecast, events)
      .when(reported(['1', '2', '3']))
      .thenRefused('OLDER_THAN_KNOWN');
    const revived = given(forecast, events).when(reported(['1', '2', '3'], next)).decision;
    const state = given(forecast, [...events, ...('events' in revived ? revived.events : [])]).state!;
    expect(isPlanned(state)).toBe(true);
    expect(state.withdrawnAt).toBeUndefined();
    expect(planOf(state)).toEqual({ '2026-11-16': '1', '2026-11-23': '2', '2026-11-30': '3' });
  });
});

it('gives every item, location and customer an id of its own', () => {
  const part = fc
    .string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
    .filter((text) => !/\p{Surrogate}/u.test(text));
  const series = fc.tuple(part, part, fc.option(part, { nil: undefined }));
  fc.assert(
    fc.property(series, series, (a, b) => {
      expect(forecastId(...a) === forecastId(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});

describe('whatever is reported and overridden', () => {
  const context: DecisionContext = {
    now: new Date('2026-11-23T12:00:00Z'),
    time: '2026-11-23T12:00:00Z',
    cause: 'REPORTED',
    origin: { system: 'planning', instance: 'p' },
    known: undefined,
    lastTold: undefined,
  };
  const quantity = fc.integer({ min: 0, max: 5 }).map(String);
  const step = fc.oneof(
    fc.record({
      quantities: fc.array(fc.option(quantity), { maxLength: MONDAYS.length }),
      complete: fc.boolean(),
      week: fc.integer({ min: 0, max: 9 }),
    }),
    fc.record({ start: fc.constantFrom(...MONDAYS), quantity: fc.option(quantity) }),
  );

  it('the changes told add up to what is planned for, and buckets stay in order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let state: Forecast | undefined;
        const told = new Map<string, string>();
        for (const given_ of steps) {
          const message =
            'start' in given_
              ? overridden(given_)
              : reported(given_.quantities, {
                  complete: given_.complete,
                  version: `W${given_.week}`,
                  publishedAt: `2026-11-2${given_.week}T05:00:00Z`,
                });
          const decision = forecast.decide(state, message, context);
          if ('refused' in decision) continue;
          for (const event of decision.events) {
            state = forecast.evolve(state, event);
            for (const { start, prior, quantity: now } of event.data.buckets) {
              expect(told.get(start) ?? null).toBe(prior);
              expect(prior).not.toBe(now);
              if (now === null) told.delete(start);
              else told.set(start, now);
            }
          }
          const again = forecast.decide(state, message, context);
          expect('refused' in again || again.events.length === 0).toBe(true);
        }
        expect(state ? planOf(state) : {}).toEqual(Object.fromEntries(told));
        const starts = state?.buckets.map(({ start }) => start) ?? [];
        expect(starts).toEqual([...new Set(starts)].sort());
      }),
    );
  });
});
