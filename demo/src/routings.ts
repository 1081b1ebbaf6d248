import type { InboundMessage } from '@takt/intake';
import type { RoutingRecord } from './contracts.ts';
import type { MadeItem } from './items.ts';
import { amount, planMessage } from './messages.ts';
import type { PlantCode } from './network.ts';
import type { Plan } from './plan.ts';

/** What a work center of a value stream does. */
export const STATIONS = [
  'MACHINING',
  'COATING',
  'WINDING',
  'IMPREGNATION',
  'ROTOR_LINE',
  'MOTOR_ASSEMBLY',
  'FINAL_ASSEMBLY',
  'TEST_BENCH',
  'PACKING',
  'ELECTRONICS',
] as const;
export type Station = (typeof STATIONS)[number];

export interface Step {
  readonly sequence: number;
  readonly name: string;
  readonly station: Station;
  readonly setupMinutes: number;
  readonly secondsPerPiece: number;
}

/** How an item is made; a phantom is not made by itself. */
export function stepsOf({ makes }: MadeItem): readonly Step[] {
  return STEPS[makes];
}

/** Minutes of one unit of a work center's capacity. */
export function minutesFor({ setupMinutes, secondsPerPiece }: Step, pieces: number): number {
  return Math.round(setupMinutes + (pieces * secondsPerPiece) / 60);
}

export function routingId(item: MadeItem): string | undefined {
  return stepsOf(item).length === 0 ? undefined : `RTG-${item.sku}`;
}

/** Each station of a segment is one work center in each plant. */
export function workCenterCode(plant: PlantCode, segment: number, station: Station): string {
  return `${plant}-${String(segment).padStart(3, '0')}-${STATION_CODES[station]}`;
}

export function* routingMessages(plan: Plan, segment: number, items: readonly MadeItem[]): Generator<InboundMessage> {
  for (const item of items) {
    const id = routingId(item);
    if (id === undefined) continue;
    const data: RoutingRecord = {
      id,
      name: `Make ${item.name}`,
      sku: item.sku,
      location: item.plant,
      kind: stepsOf(item).length === 1 ? 'SINGLE' : 'SEQUENCE',
      lotSizeMinimum: amount(item.lotSize, item.unit),
      lotSizeMultiple: amount(5, item.unit),
      operations: stepsOf(item).map(({ sequence, name, station, setupMinutes, secondsPerPiece }) => ({
        id: `${id}/${String(sequence)}`,
        sequence,
        name,
        category: station,
        setupSeconds: String(setupMinutes * 60),
        secondsPerUnit: String(secondsPerPiece),
        queueSeconds: '1800',
        moveSeconds: '600',
        workCenters: [{ code: workCenterCode(item.plant, segment, station), quantity: '1' }],
      })),
    };
    yield planMessage(plan, { system: 'erp', type: 'RoutingReported', key: id, data });
  }
}

const STATION_CODES: Readonly<Record<Station, string>> = {
  MACHINING: 'CNC',
  COATING: 'COAT',
  WINDING: 'WIND',
  IMPREGNATION: 'IMPR',
  ROTOR_LINE: 'ROTOR',
  MOTOR_ASSEMBLY: 'MOTOR',
  FINAL_ASSEMBLY: 'FINAL',
  TEST_BENCH: 'TEST',
  PACKING: 'PACK',
  ELECTRONICS: 'ELEC',
};

const STEPS: Readonly<Record<MadeItem['makes'], readonly Step[]>> = {
  PUMP: [
    step(10, 'Assemble pump', 'FINAL_ASSEMBLY', 25, 330),
    step(20, 'Test pressure and flow', 'TEST_BENCH', 15, 120),
    step(30, 'Label and pack', 'PACKING', 5, 115),
  ],
  PUMP_END: [],
  MOTOR: [step(10, 'Assemble motor', 'MOTOR_ASSEMBLY', 20, 270), step(20, 'Test motor', 'TEST_BENCH', 10, 80)],
  STATOR: [step(10, 'Wind stator', 'WINDING', 35, 240), step(20, 'Impregnate and bake', 'IMPREGNATION', 30, 110)],
  ROTOR: [step(10, 'Stack, cast and balance rotor', 'ROTOR_LINE', 40, 120)],
  HOUSING: [step(10, 'Turn and drill housing', 'MACHINING', 45, 200), step(20, 'Coat housing', 'COATING', 20, 110)],
  DRIVE: [step(10, 'Assemble and burn in inverter', 'ELECTRONICS', 20, 230)],
};

function step(sequence: number, name: string, station: Station, setupMinutes: number, secondsPerPiece: number): Step {
  return { sequence, name, station, setupMinutes, secondsPerPiece };
}
