import type { InboundMessage } from '@takt/intake';
import type { Shift } from '@takt/planning-time';
import type { WorkCenterReport, WorkCenterStateReport } from './contracts.ts';
import type { MadeItem } from './items.ts';
import { planMessage } from './messages.ts';
import { timeZoneOf, WORKDAYS } from './network.ts';
import type { PlantCode } from './network.ts';
import type { Plan } from './plan.ts';
import { randomFor } from './random.ts';
import { minutesFor, STATIONS, stepsOf, workCenterCode } from './routings.ts';
import type { Station } from './routings.ts';

/** One station of a value stream, staffed for the load that its segment puts on it. */
export interface WorkCenterPlan {
  readonly code: string;
  readonly plant: PlantCode;
  readonly station: Station;
  /** Machines or crews that work at once. */
  readonly units: number;
  readonly shiftModel: ShiftModel;
}
export type ShiftModel = keyof typeof SHIFT_MODELS;

/** Staffs each station with the fewest hours that leave some capacity free. */
export function planWorkCenters(segment: number, items: readonly MadeItem[]): WorkCenterPlan[] {
  return (['P100', 'P200'] as const).flatMap((plant) =>
    STATIONS.flatMap((station): WorkCenterPlan[] => {
      const hours = weeklyHours(
        items.filter((item) => item.plant === plant),
        station,
      );
      if (hours === 0) return [];
      return [{ code: workCenterCode(plant, segment, station), plant, station, ...staffing(hours) }];
    }),
  );
}

export function* workCenterMessages(
  plan: Plan,
  segment: number,
  workCenters: readonly WorkCenterPlan[],
): Generator<InboundMessage> {
  for (const plant of ['P100', 'P200'] as const) yield reported(plan, valueStream(plant, segment));
  for (const workCenter of workCenters) yield reported(plan, record(workCenter, segment));
  for (const workCenter of workCenters) {
    const data = stateOf(plan, workCenter);
    const at = plan.now - 40 * 60_000;
    yield planMessage(plan, { system: 'mes', type: 'WorkCenterStateReported', key: data.code, data, at });
  }
}

/** The shifts of a model, as planning-time and the work-center record have them. */
export function shiftsOf(model: ShiftModel): Shift[] {
  return [...SHIFT_MODELS[model].shifts];
}

/** A machine shop next to each plant, where machining goes when the plant's own machines are full or down. */
export function* subcontractorMessages(plan: Plan): Generator<InboundMessage> {
  for (const plant of ['P100', 'P200'] as const) {
    yield reported(plan, {
      code: subcontractorOf(plant),
      name: plant === 'P100' ? 'Contract machining Harburg' : 'Contract machining Cicero',
      location: plant,
      level: 'WORK_CENTER',
      type: 'SUBCONTRACT',
      category: 'MACHINING',
      capacity: '2',
      capacityUnit: 'MACHINE',
      calendar: `${plant}-WORKDAYS`,
      shifts: shiftsOf('ONE'),
      timeZone: timeZoneOf(plant),
    });
  }
}

const EARLY = { name: 'EARLY', days: [...WORKDAYS], startTime: '06:00', endTime: '14:00' };
const LATE = { name: 'LATE', days: [...WORKDAYS], startTime: '14:00', endTime: '22:00' };
const SHORT_LATE = { ...LATE, endTime: '18:00' };
/** Ends on the next morning. */
const NIGHT = { name: 'NIGHT', days: [...WORKDAYS], startTime: '22:00', endTime: '06:00' };

/** How a work center is staffed, and for how many hours a week. */
const SHIFT_MODELS = {
  ONE: { words: 'one shift', weeklyHours: 40, shifts: [EARLY] },
  EXTENDED: { words: 'one shift and a short one', weeklyHours: 60, shifts: [EARLY, SHORT_LATE] },
  TWO: { words: 'two shifts', weeklyHours: 80, shifts: [EARLY, LATE] },
  THREE: { words: 'three shifts', weeklyHours: 120, shifts: [EARLY, LATE, NIGHT] },
} as const;

function weeklyHours(items: readonly MadeItem[], station: Station): number {
  let minutes = 0;
  for (const item of items) {
    for (const step of stepsOf(item)) {
      if (step.station === station) minutes += (minutesFor(step, item.lotSize) * item.weekly) / item.lotSize;
    }
  }
  return minutes / 60;
}

/** Above 93 % of its hours a station would never catch up after a stop. */
function staffing(hours: number): Pick<WorkCenterPlan, 'units' | 'shiftModel'> {
  const needed = hours / 0.93;
  const options = (Object.keys(SHIFT_MODELS) as ShiftModel[]).map((shiftModel) => {
    const { weeklyHours: each } = SHIFT_MODELS[shiftModel];
    const units = Math.ceil(needed / each);
    return { shiftModel, units, free: units * each - needed };
  });
  const { shiftModel, units } = options.reduce((best, option) =>
    option.free < best.free || (option.free === best.free && option.units < best.units) ? option : best,
  );
  return { shiftModel, units };
}

function valueStream(plant: PlantCode, segment: number): WorkCenterReport {
  const number = String(segment).padStart(3, '0');
  return {
    code: `${plant}-${number}`,
    name: `Value stream ${number}`,
    location: plant,
    level: 'AREA',
    type: 'LINE',
    capacity: '1',
    capacityUnit: 'LINE',
    calendar: `${plant}-WORKDAYS`,
    timeZone: timeZoneOf(plant),
  };
}

function record({ code, plant, station, units, shiftModel }: WorkCenterPlan, segment: number): WorkCenterReport {
  const { name, type, unit, level } = STATION_FACTS[station];
  return {
    code,
    name,
    description: `${name} of value stream ${String(segment).padStart(3, '0')}, ${SHIFT_MODELS[shiftModel].words}`,
    location: plant,
    level,
    parent: `${plant}-${String(segment).padStart(3, '0')}`,
    type,
    category: station,
    capacity: String(units),
    capacityUnit: unit,
    efficiencyPercent: 100,
    calendar: `${plant}-WORKDAYS`,
    shifts: shiftsOf(shiftModel),
    timeZone: timeZoneOf(plant),
    constrained: station === 'FINAL_ASSEMBLY' || station === 'WINDING' || station === 'MACHINING',
    criticalLoadPercent: station === 'FINAL_ASSEMBLY' ? 85 : 90,
    ...(station === 'MACHINING' ? { alternates: [subcontractorOf(plant)] } : {}),
    ...(station === 'TEST_BENCH' || station === 'FINAL_ASSEMBLY' ? { skills: [{ name: station }] } : {}),
  };
}

function subcontractorOf(plant: PlantCode): string {
  return `${plant}-SUB-CNC`;
}

function stateOf(plan: Plan, { code }: WorkCenterPlan): WorkCenterStateReport {
  const random = randomFor(plan.seed, 'work-center-state', code);
  const draw = random.next();
  if (draw < 0.76) return { code, state: 'RUNNING' };
  if (draw < 0.86) return { code, state: 'IDLE' };
  if (draw < 0.93) return { code, state: 'SETUP' };
  const expectedEnd = new Date(plan.now + random.integer(1, 8) * 3_600_000).toISOString();
  if (draw < 0.96) return { code, state: 'MAINTENANCE', reason: 'Preventive maintenance', expectedEnd };
  return { code, state: 'DOWN', reason: random.pick(DOWNTIME_REASONS), expectedEnd };
}

export const DOWNTIME_REASONS = [
  'Spindle bearing overheated',
  'Hydraulic pressure lost',
  'Wire breakage',
  'Safety light curtain tripped',
  'Waiting for a tool',
  'Sensor fault',
];

function reported(plan: Plan, data: WorkCenterReport): InboundMessage {
  return planMessage(plan, { system: 'mes', type: 'WorkCenterReported', key: data.code, data });
}

interface StationFacts extends Pick<WorkCenterReport, 'name' | 'type' | 'level'> {
  readonly unit: string;
}

const STATION_FACTS: Readonly<Record<Station, StationFacts>> = {
  MACHINING: { name: 'CNC machining centre', type: 'MACHINE', unit: 'MACHINE', level: 'WORK_UNIT' },
  COATING: { name: 'Powder coating booth', type: 'MACHINE', unit: 'BOOTH', level: 'WORK_UNIT' },
  WINDING: { name: 'Stator winding cell', type: 'MACHINE', unit: 'MACHINE', level: 'WORK_UNIT' },
  IMPREGNATION: { name: 'Impregnation oven', type: 'MACHINE', unit: 'OVEN', level: 'WORK_UNIT' },
  ROTOR_LINE: { name: 'Rotor line', type: 'LINE', unit: 'LINE', level: 'WORK_CENTER' },
  MOTOR_ASSEMBLY: { name: 'Motor assembly', type: 'LABOR', unit: 'CREW', level: 'WORK_CENTER' },
  FINAL_ASSEMBLY: { name: 'Final assembly line', type: 'LINE', unit: 'LINE', level: 'WORK_CENTER' },
  TEST_BENCH: { name: 'Test bench', type: 'MACHINE', unit: 'BENCH', level: 'WORK_UNIT' },
  PACKING: { name: 'Packing', type: 'LABOR', unit: 'CREW', level: 'WORK_CENTER' },
  ELECTRONICS: { name: 'Electronics assembly and burn-in', type: 'LINE', unit: 'LINE', level: 'WORK_CENTER' },
};
