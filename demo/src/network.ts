import type { InboundMessage } from '@takt/intake';
import type { CalendarPeriod, PlanningCalendar } from '@takt/planning-time';
import type { CalendarRecord, DistributionLaneRecord, LocationRecord } from './contracts.ts';
import { addDays } from './dates.ts';
import { amount, planMessage } from './messages.ts';
import type { Plan } from './plan.ts';

export type PlantCode = 'P100' | 'P200';
export const WAREHOUSE = 'W100';

/** Regions, plants, the warehouse and their calendars. Supplier sites come with their suppliers. */
export function* networkMessages(plan: Plan): Generator<InboundMessage> {
  for (const code of Object.keys(SITES) as (keyof typeof SITES)[]) {
    const data: CalendarRecord = siteCalendar(code, plan);
    yield planMessage(plan, { system: 'erp', type: 'CalendarReported', key: data.code, data });
  }
  for (const data of LOCATIONS) {
    yield planMessage(plan, { system: 'erp', type: 'LocationReported', key: data.code, data });
  }
}

/**
 * Working days of a site: a production day lasts from 06:00 to 06:00, so that Friday's night shift belongs to Friday.
 * Holidays are those of the plan's year and its neighbours.
 */
export function siteCalendar(site: keyof typeof SITES, plan: Plan): PlanningCalendar {
  const { timeZone, holidays } = SITES[site];
  const year = Number(plan.today.slice(0, 4));
  return {
    code: `${site}-WORKDAYS`,
    timeZone,
    defaultValue: 0,
    periods: [
      { days: WORKDAYS, startTime: '06:00', endTime: '06:00', value: 1, priority: 100 },
      ...[year - 1, year, year + 1].flatMap((each) => holidays.map((holiday) => dayOff(each, holiday))),
    ],
  };
}

export function timeZoneOf(site: keyof typeof SITES): string {
  return SITES[site].timeZone;
}

/** How an item travels: by truck within Europe, by sea between the continents. */
export function laneMessage(
  plan: Plan,
  { sku, origin, destination, weekly }: { sku: string; origin: PlantCode; destination: string; weekly: number },
): InboundMessage {
  const data: DistributionLaneRecord = {
    id: `${sku}/${origin}/${destination}`,
    sku,
    origin,
    destination,
    leadTimeDays: transitDays(origin, destination),
    minimum: amount(Math.max(5, Math.ceil(weekly / 20) * 5), 'PC'),
    multiple: amount(5, 'PC'),
    priority: 1,
  };
  return planMessage(plan, { system: 'erp', type: 'DistributionLaneReported', key: data.id, data });
}

export function transitDays(origin: PlantCode, destination: string): number {
  if (origin === 'P100' && destination === WAREHOUSE) return 3;
  return destination === WAREHOUSE ? 28 : 21;
}

export const WORKDAYS = [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
] as const satisfies CalendarPeriod['days'];

const SITES = {
  P100: { timeZone: 'Europe/Berlin', holidays: ['01-01', '05-01', '10-03', '10-31', '12-25', '12-26'] },
  P200: { timeZone: 'America/Chicago', holidays: ['01-01', '06-19', '07-04', '11-11', '12-25'] },
  W100: { timeZone: 'Europe/Amsterdam', holidays: ['01-01', '04-27', '12-25', '12-26'] },
} as const;

const LOCATIONS: readonly LocationRecord[] = [
  { code: 'EMEA', name: 'Europe, Middle East and Africa', type: 'REGION', timeZone: 'Europe/Berlin' },
  { code: 'AMER', name: 'Americas', type: 'REGION', timeZone: 'America/Chicago' },
  { code: 'APAC', name: 'Asia and Pacific', type: 'REGION', timeZone: 'Asia/Shanghai' },
  {
    code: 'P100',
    name: 'Hamburg pump works',
    description: 'Circulators and boosters, motors, drive electronics',
    type: 'PLANT',
    region: 'EMEA',
    timeZone: SITES.P100.timeZone,
    calendar: 'P100-WORKDAYS',
    parent: 'EMEA',
  },
  {
    code: 'P200',
    name: 'Chicago pump works',
    description: 'Submersible pumps',
    type: 'PLANT',
    region: 'AMER',
    timeZone: SITES.P200.timeZone,
    calendar: 'P200-WORKDAYS',
    parent: 'AMER',
  },
  {
    code: WAREHOUSE,
    name: 'Rotterdam distribution centre',
    type: 'WAREHOUSE',
    region: 'EMEA',
    timeZone: SITES.W100.timeZone,
    calendar: 'W100-WORKDAYS',
    parent: 'EMEA',
  },
];

function dayOff(year: number, monthAndDay: string): CalendarPeriod {
  const day = `${String(year)}-${monthAndDay}`;
  const next = addDays(day, 1);
  const everyDay = [...WORKDAYS, 'SATURDAY', 'SUNDAY'] as const;
  return { from: `${day}T06:00`, to: `${next}T06:00`, days: [...everyDay], value: 0, priority: 1 };
}
