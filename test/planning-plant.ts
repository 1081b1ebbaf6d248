import { inboundMessage, type Outcome } from '@takt/intake';
import type { System, SystemOptions } from '@takt/cli';
import { bootSystem } from './system.ts';

/**
 * A plant of one value stream, small enough to be checked by hand, on Monday 2026-11-23, 08:00 UTC (09:00 in Berlin):
 * P1 makes PUMP from one MOTOR and two SEALs on ASSEMBLY, an alternate of which is ASSEMBLY-2. PUMP is frozen for five
 * working days (until Monday 30th) and slushy for fifteen (until Monday, December 14th).
 */
export async function planningPlant(options: Partial<SystemOptions> = {}): Promise<PlanningPlant> {
  let now = Date.parse(MONDAY);
  const { system } = await bootSystem({ clock: () => new Date(now), ...options });
  let told = 0;
  const tell = async (domain: string, type: string, data: object, more: Told = {}): Promise<Outcome> => {
    const { source = 'erp/p1', time = new Date(now).toISOString(), id = `told-${++told}` } = more;
    const message = inboundMessage({ type, source, data, id, time }, () => new Date(now));
    const [outcome] = await system.intake(domain).receive([message]);
    if (!outcome) throw new Error('The intake answered nothing.');
    return outcome;
  };
  const plant: PlanningPlant = {
    system,
    tell,
    now: () => new Date(now),
    advance: (minutes) => {
      now += minutes * 60_000;
    },
    async graph(query, variables = {}) {
      const { data, errors } = await system.gateway.execute({ query, variables });
      if (errors) throw new Error(JSON.stringify(errors));
      return data as never;
    },
    forecast: (quantities, more = {}) =>
      tell(
        'forecasts',
        'ForecastReported',
        {
          sku: 'PUMP',
          location: 'P1',
          granularity: 'WEEK',
          unit: 'EA',
          version: `v${++told}`,
          publishedAt: new Date(now).toISOString(),
          status: 'PUBLISHED',
          complete: true,
          buckets: Object.entries(quantities).map(([start, baseline]) => ({ start, baseline: String(baseline) })),
          ...more,
        },
        { source: 'planning/main' },
      ),
  };
  for (const [domain, type, data] of MASTER_DATA) {
    const outcome = await tell(domain, type, data);
    if (outcome.status !== 'APPLIED') throw new Error(`${type} was not taken: ${JSON.stringify(outcome)}`);
  }
  return plant;
}

export interface PlanningPlant {
  readonly system: System;
  now(): Date;
  /** Moves the clock on. */
  advance(minutes: number): void;
  /** What a backing system tells a domain now. */
  tell(domain: string, type: string, data: object, more?: Told): Promise<Outcome>;
  /** A weekly forecast of PUMP at P1: quantity by Monday. */
  forecast(quantities: Readonly<Record<string, number>>, more?: object): Promise<Outcome>;
  graph<Data = Record<string, unknown>>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>;
}

interface Told {
  readonly source?: string;
  readonly time?: string;
  readonly id?: string;
}

export const MONDAY = '2026-11-23T08:00:00Z';

const WORKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'];
const EA = (value: number) => ({ value: String(value), unit: 'EA' });

/** Early, late and a night shift that crosses midnight. */
const SHIFTS = [
  { name: 'early', days: WORKDAYS, startTime: '06:00', endTime: '14:00' },
  { name: 'late', days: WORKDAYS, startTime: '14:00', endTime: '22:00' },
  { name: 'night', days: WORKDAYS, startTime: '22:00', endTime: '06:00' },
];

const workCenter = (code: string, alternates: readonly string[]) => ({
  code,
  name: code,
  location: 'P1',
  level: 'WORK_CENTER',
  type: 'LINE',
  capacity: '1',
  capacityUnit: 'line',
  shifts: SHIFTS,
  timeZone: 'Europe/Berlin',
  criticalLoadPercent: 90,
  alternates,
});

const MASTER_DATA: readonly (readonly [domain: string, type: string, data: object])[] = [
  [
    'products',
    'CalendarReported',
    {
      code: 'P1-DAYS',
      timeZone: 'Europe/Berlin',
      defaultValue: 0,
      periods: [{ days: WORKDAYS, value: 1, priority: 1 }],
    },
  ],
  [
    'products',
    'LocationReported',
    { code: 'P1', name: 'Plant 1', type: 'PLANT', region: 'EMEA', timeZone: 'Europe/Berlin', calendar: 'P1-DAYS' },
  ],
  [
    'products',
    'ProductReported',
    {
      sku: 'PUMP',
      name: 'Pump',
      type: 'FINISHED',
      baseUnit: 'EA',
      family: 'Pumps',
      procurement: 'MAKE',
      criticality: 'CRITICAL',
      unitCost: '200',
    },
  ],
  ['products', 'ProductReported', { sku: 'MOTOR', name: 'Motor', type: 'RAW', baseUnit: 'EA', procurement: 'BUY' }],
  ['products', 'ProductReported', { sku: 'SEAL', name: 'Seal', type: 'RAW', baseUnit: 'EA', procurement: 'BUY' }],
  [
    'products',
    'ProductReported',
    { sku: 'SEAL-B', name: 'Seal of another maker', type: 'RAW', baseUnit: 'EA', procurement: 'BUY' },
  ],
  [
    'products',
    'ItemLocationReported',
    {
      sku: 'PUMP',
      location: 'P1',
      type: 'FINISHED',
      planner: 'ada',
      lotSizeRule: 'FIXED',
      lotSizeMinimum: EA(50),
      lotSizeMultiple: EA(50),
      leadTimeDays: 5,
      demandTimeFenceDays: 5,
      planningTimeFenceDays: 15,
      strategy: 'MAKE_TO_STOCK',
      refreshClass: 'CRITICAL',
    },
  ],
  ...['MOTOR', 'SEAL', 'SEAL-B'].map(
    (sku) =>
      [
        'products',
        'ItemLocationReported',
        {
          sku,
          location: 'P1',
          type: 'RAW',
          planner: 'grace',
          leadTimeDays: 10,
          demandTimeFenceDays: 5,
          planningTimeFenceDays: 15,
          refreshClass: 'CRITICAL',
        },
      ] as const,
  ),
  ['work-centers', 'WorkCenterReported', workCenter('ASSEMBLY', ['ASSEMBLY-2'])],
  ['work-centers', 'WorkCenterReported', workCenter('ASSEMBLY-2', [])],
  [
    'products',
    'RoutingReported',
    {
      id: 'R-PUMP',
      name: 'Make a pump',
      sku: 'PUMP',
      location: 'P1',
      kind: 'SINGLE',
      operations: [
        {
          id: 'R-PUMP-10',
          sequence: 10,
          name: 'Assemble',
          setupSeconds: '1800',
          secondsPerUnit: '540',
          workCenters: [{ code: 'ASSEMBLY', quantity: '1' }],
        },
      ],
    },
  ],
  [
    'products',
    'BillOfMaterialReported',
    {
      id: 'B-PUMP',
      sku: 'PUMP',
      location: 'P1',
      version: '1',
      routing: 'R-PUMP',
      baseQuantity: EA(1),
      lines: [
        { position: 10, component: 'MOTOR', quantity: EA(1) },
        {
          position: 20,
          component: 'SEAL',
          quantity: EA(2),
          substitutes: [{ component: 'SEAL-B', group: 'seals', priority: 1, ratio: '1', approvalNeeded: true }],
        },
      ],
    },
  ],
];
