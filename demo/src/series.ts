import type { MadeItem } from './items.ts';
import type { Material } from './materials.ts';
import type { PlantCode } from './network.ts';
import type { Plan } from './plan.ts';
import { randomFor } from './random.ts';

/** A part of the assortment with value streams of its own: what one pass of the generator holds in memory. */
export interface Segment {
  /** From 1. */
  readonly number: number;
  readonly ratings: readonly Rating[];
  /** Made at P100 for the speed-controlled pumps of both plants. */
  readonly drive: MadeItem;
}

/** One nominal size of a series: its pumps and the parts that only they have. */
export interface Rating {
  readonly plant: PlantCode;
  readonly kind: PumpKind;
  /** Weight and material grow with it; 1 is DN 25. */
  readonly scale: number;
  readonly pumps: readonly MadeItem[];
  readonly motor: MadeItem;
  readonly stator: MadeItem;
  readonly rotor: MadeItem;
  readonly housing: MadeItem;
  /** Phantom: impeller, seal and sleeve are assembled with the pump and never stocked together. */
  readonly pumpEnd: MadeItem;
  readonly casting: Material;
  readonly impeller: Material;
  readonly seal: Material;
}

type PumpKind = 'CIRCULATOR' | 'BOOSTER' | 'SUBMERSIBLE';

/** Index of the speed-controlled variant among a rating's pumps: the one with a drive. */
export const SPEED_CONTROLLED = 1;

/** The segments one after the other, each made anew from the seed. */
export function* segments(plan: Plan): Generator<Segment> {
  for (let number = 1; number <= plan.shape.segments; number++) yield segment(plan, number);
}

function segment(plan: Plan, number: number): Segment {
  const { shape } = plan;
  const perSegment = shape.seriesAtP100 + shape.seriesAtP200;
  const drafts: Draft[] = [];
  for (let place = 0; place < perSegment; place++) {
    const plant: PlantCode = place < shape.seriesAtP100 ? 'P100' : 'P200';
    const series = seriesOf((number - 1) * perSegment + place, plant, place);
    for (let size = 0; size < shape.ratings; size++) drafts.push(draft(plan, series, size));
  }
  const ratings = (['P100', 'P200'] as const).flatMap((plant) =>
    ratingsOf(
      plan,
      drafts.filter((each) => each.series.plant === plant),
      shape.weeklyPumps[plant],
    ),
  );
  const driven = ratings.reduce((sum, { pumps }) => sum + (pumps[SPEED_CONTROLLED]?.weekly ?? 0), 0);
  return { number, ratings, drive: drive(plan, number, driven) };
}

interface Series {
  readonly code: string;
  readonly name: string;
  readonly kind: PumpKind;
  readonly plant: PlantCode;
}

interface Draft {
  readonly series: Series;
  readonly size: (typeof SIZES)[number];
  /** Shares of demand of the variants, not yet normalised. */
  readonly popularity: readonly number[];
}

function seriesOf(index: number, plant: PlantCode, place: number): Series {
  const waters = plant === 'P100' ? RIVERS : LAKES;
  const [code, name] = waters[index % waters.length] ?? RIVERS[0];
  const generation = Math.floor(index / waters.length) + 1;
  return {
    code: generation === 1 ? code : `${code}${String(generation)}`,
    name: generation === 1 ? name : `${name} ${String(generation)}`,
    kind: plant === 'P200' ? 'SUBMERSIBLE' : place % 2 === 0 ? 'CIRCULATOR' : 'BOOSTER',
    plant,
  };
}

function draft(plan: Plan, series: Series, sizeIndex: number): Draft {
  const size = SIZES[sizeIndex] ?? SIZES[0];
  const random = randomFor(plan.seed, 'popularity', series.code, size.dn);
  const ofRating = random.between(0.6, 1.4);
  return { series, size, popularity: [6, 3, 1].map((share) => share * ofRating * random.between(0.75, 1.25)) };
}

function ratingsOf(plan: Plan, drafts: readonly Draft[], weeklyPumps: number): Rating[] {
  const total = drafts.reduce((sum, { popularity }) => sum + popularity.reduce((a, b) => a + b, 0), 0);
  const average = weeklyPumps / (drafts.length * 3);
  return drafts.map(({ series, size, popularity }) =>
    rating(
      plan,
      series,
      size,
      popularity.map((share) => Math.max(1, Math.round((share / total) * weeklyPumps))),
      average,
    ),
  );
}

function rating(plan: Plan, series: Series, size: (typeof SIZES)[number], weekly: number[], average: number): Rating {
  const { kind, plant } = series;
  const { prefix, noun, family, variants } = KINDS[kind];
  const of = `${series.code}-${size.dn}`;
  const label = `${series.name} ${size.dn}`;
  const all = weekly.reduce((sum, each) => sum + each, 0);
  const made = (
    makes: MadeItem['makes'],
    sku: string,
    name: string,
    demand: number,
    more: Partial<MadeItem>,
  ): MadeItem => madeItem(plan, average, { makes, sku, name, plant, family, weekly: demand, category: noun, ...more });
  const bought = (sku: string, name: string, trade: Material['trade'], unitCost: number): Material => ({
    sku: `${sku}-${of}`,
    name: `${name} for ${label}`,
    type: 'RAW',
    unit: 'PC',
    procurement: 'BUY',
    family,
    category: 'Purchased parts',
    abc: all >= average * 3 ? 'A' : 'B',
    xyz: 'Y',
    criticality: trade === 'SEALS' ? 'CRITICAL' : 'NORMAL',
    unitCost: Math.round(unitCost * size.scale * 100) / 100,
    trade,
    lotControlled: trade !== 'PLASTICS',
  });
  return {
    plant,
    kind,
    scale: size.scale,
    pumps: variants.map(([suffix, variant, cost], index) =>
      made('PUMP', `${prefix}-${of}-${suffix}`, `${label} ${noun}, ${variant}`, weekly[index] ?? 1, {
        type: 'FINISHED',
        unitCost: Math.round(cost * size.scale),
        weightKg: Math.round(14 * size.scale * 10) / 10,
        serialControlled: true,
      }),
    ),
    motor: made('MOTOR', `MOT-${of}`, `Motor ${size.kilowatts} kW for ${label}`, all, {
      unitCost: 61 * size.scale,
      weightKg: 8,
    }),
    stator: made('STATOR', `STA-${of}`, `Wound stator for ${label}`, all, { unitCost: 28 * size.scale, weightKg: 4 }),
    rotor: made('ROTOR', `ROT-${of}`, `Rotor with shaft for ${label}`, all, {
      unitCost: 17 * size.scale,
      weightKg: 2.5,
    }),
    housing: made('HOUSING', `HSG-${of}`, `Pump housing, machined and coated, for ${label}`, all, {
      unitCost: 22 * size.scale,
    }),
    pumpEnd: made('PUMP_END', `PHE-${of}`, `Pump end for ${label}`, all, {
      type: 'PHANTOM',
      unitCost: 15 * size.scale,
    }),
    casting: bought('CST', 'Housing casting EN-GJL-250', 'CASTINGS', 12.5),
    impeller: bought('IMP', 'Impeller PPE-GF20', 'PLASTICS', 3.1),
    seal: bought('SEA', 'Mechanical seal MG1', 'SEALS', 6.8),
  };
}

function drive(plan: Plan, segmentNumber: number, weekly: number): MadeItem {
  const number = String(segmentNumber).padStart(3, '0');
  return madeItem(plan, weekly / 2, {
    makes: 'DRIVE',
    sku: `DRV-${number}`,
    name: `Frequency inverter, pump-mounted, type ${number}`,
    plant: 'P100',
    family: 'Drives',
    category: 'electronics',
    weekly,
    unitCost: 46,
    criticality: 'CRITICAL',
  });
}

type MadeDraft = Pick<MadeItem, 'makes' | 'sku' | 'name' | 'plant' | 'family' | 'category' | 'weekly'> &
  Partial<MadeItem>;

function madeItem(plan: Plan, average: number, draft: MadeDraft): MadeItem {
  const random = randomFor(plan.seed, 'item', draft.sku);
  const abc = draft.weekly >= average * 1.4 ? 'A' : draft.weekly >= average * 0.6 ? 'B' : 'C';
  const lot = draft.weekly * plan.shape.lotWeeks[abc];
  const step = lot >= 50 ? 10 : 5;
  return {
    type: 'SEMI_FINISHED',
    unit: 'PC',
    procurement: 'MAKE',
    abc,
    xyz: random.pick(abc === 'A' ? ['X', 'X', 'Y'] : abc === 'B' ? ['X', 'Y', 'Z'] : ['Y', 'Z']),
    criticality: abc === 'A' && random.chance(0.4) ? 'CRITICAL' : random.pick(['HIGH', 'NORMAL', 'NORMAL', 'LOW']),
    unitCost: 10,
    lotSize: Math.max(step, Math.ceil(lot / step) * step),
    ...draft,
  };
}

const SIZES = [
  { dn: '25', kilowatts: '0.25', scale: 1 },
  { dn: '32', kilowatts: '0.37', scale: 1.3 },
  { dn: '40', kilowatts: '0.55', scale: 1.7 },
  { dn: '50', kilowatts: '0.75', scale: 2.2 },
] as const;

const KINDS = {
  CIRCULATOR: {
    prefix: 'CP',
    noun: 'circulator pump',
    family: 'Circulators',
    variants: [
      ['230', '230 V', 189],
      ['E', 'speed-controlled, 230 V', 279],
      ['SS', 'stainless, 230 V', 329],
    ],
  },
  BOOSTER: {
    prefix: 'BP',
    noun: 'booster pump',
    family: 'Boosters',
    variants: [
      ['400', '400 V', 349],
      ['E', 'speed-controlled, 400 V', 469],
      ['SS', 'stainless, 400 V', 529],
    ],
  },
  SUBMERSIBLE: {
    prefix: 'SP',
    noun: 'submersible pump',
    family: 'Submersibles',
    variants: [
      ['480', '480 V', 389],
      ['E', 'speed-controlled, 480 V', 499],
      ['SS', 'stainless, 480 V', 579],
    ],
  },
} as const;

const RIVERS = [
  ['ALS', 'Alster'],
  ['ELB', 'Elbe'],
  ['WES', 'Weser'],
  ['EMS', 'Ems'],
  ['EID', 'Eider'],
  ['TRA', 'Trave'],
  ['ODR', 'Oder'],
  ['SPR', 'Spree'],
  ['HAV', 'Havel'],
  ['SAA', 'Saale'],
  ['FUL', 'Fulda'],
  ['LEI', 'Leine'],
  ['ALL', 'Aller'],
] as const;

const LAKES = [
  ['MIC', 'Michigan'],
  ['HUR', 'Huron'],
  ['SUP', 'Superior'],
  ['ERI', 'Erie'],
  ['ONT', 'Ontario'],
  ['GEN', 'Geneva'],
  ['PEP', 'Pepin'],
  ['TAH', 'Tahoe'],
  ['MEA', 'Mead'],
  ['POW', 'Powell'],
  ['CHA', 'Champlain'],
] as const;
