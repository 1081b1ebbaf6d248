const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'];
const pieces = (value: number) => ({ value: String(value), unit: 'EA' });

/** Each pump is made on a line that has nothing else to do, and costs 10. There are 100 of each, and nobody needs any. */
export function pumpWorks(pumps: number): readonly Told[] {
  return [
    tell('products', 'CalendarReported', {
      ...{ code: 'P1', timeZone: 'Europe/Berlin', defaultValue: 0 },
      periods: [{ days: WEEKDAYS, value: 1, priority: 1 }],
    }),
    tell('products', 'LocationReported', {
      ...{ code: 'P1', name: 'Pump works', type: 'PLANT', timeZone: 'Europe/Berlin', calendar: 'P1' },
    }),
    ...Array.from({ length: pumps }, (_, number) => pumpOf(number)).flat(),
  ];
}

/** What is needed of a pump changes: more than there is in the frozen zone, and in two weeks beyond all fences. */
export function spike(number: number, publishedAt: string): Told {
  return forecast(number, publishedAt, { '2026-11-23': 150, '2027-01-11': 300, '2027-02-15': 200 });
}

/** Stock is counted: there is enough for everything. */
export function windfall(number: number): Told {
  return tell('inventory', 'StockReported', stockOf(number, 5_000));
}

/** One piece leaves. */
export function sale(number: number): Told {
  return tell('inventory', 'StockMoved', {
    ...{ type: 'ISSUE', sku: skuOf(number), location: 'P1', document: `S-${number}`, line: 1 },
    status: 'UNRESTRICTED',
    quantity: pieces(1),
  });
}

export const skuOf = (number: number) => `PUMP-${number}`;

export interface Told {
  readonly domain: string;
  readonly type: string;
  readonly data: object;
  readonly source: string;
}

function pumpOf(number: number): Told[] {
  const sku = skuOf(number);
  const line = `LINE-${number}`;
  const at = { sku, location: 'P1' };
  return [
    tell('products', 'ProductReported', {
      ...{ sku, name: sku, type: 'FINISHED', baseUnit: 'EA', family: 'Pumps', procurement: 'MAKE', unitCost: '10' },
    }),
    tell('products', 'ItemLocationReported', {
      ...{ ...at, type: 'FINISHED', demandTimeFenceDays: 5, planningTimeFenceDays: 20, refreshClass: 'CRITICAL' },
    }),
    tell('work-centers', 'WorkCenterReported', {
      ...{ code: line, name: line, location: 'P1', level: 'WORK_CENTER', type: 'LINE', capacity: '1' },
      ...{ capacityUnit: 'line', calendar: 'P1', timeZone: 'Europe/Berlin' },
    }),
    tell('products', 'RoutingReported', {
      ...{ ...at, id: `R-${number}`, name: sku, kind: 'SINGLE' },
      operations: [
        {
          ...{ id: `R-${number}/10`, sequence: 10, name: 'Assemble', secondsPerUnit: '60' },
          workCenters: [{ code: line, quantity: '1' }],
        },
      ],
    }),
    tell('inventory', 'StockReported', stockOf(number, 100)),
    forecast(number, '2026-11-20T05:00:00Z', { '2026-11-23': 5, '2027-01-11': 5, '2027-02-15': 5 }),
  ];
}

function stockOf(number: number, quantity: number) {
  return {
    ...{ sku: skuOf(number), location: 'P1', unit: 'EA' },
    stock: [{ status: 'UNRESTRICTED', quantity: pieces(quantity) }],
  };
}

function forecast(number: number, publishedAt: string, weeks: Readonly<Record<string, number>>): Told {
  const buckets = Object.entries(weeks).map(([start, baseline]) => ({ start, baseline: String(baseline) }));
  return tell(
    'forecasts',
    'ForecastReported',
    {
      ...{ sku: skuOf(number), location: 'P1', granularity: 'WEEK', unit: 'EA', status: 'PUBLISHED', complete: true },
      ...{ version: publishedAt, publishedAt, buckets },
    },
    'planning/one',
  );
}

function tell(domain: string, type: string, data: object, source = 'erp/one'): Told {
  return { domain, type, data, source };
}
