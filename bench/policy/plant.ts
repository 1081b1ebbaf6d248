import type { Observation, Week } from '@takt/synchronization/contract';

/** Weekly buckets of each item at a location. */
export const WEEKS = 50;
/** So many publications, a day apart: the first is what the others are compared with. */
export const PUBLICATIONS = 4;

/** A bucket as plain numbers, for the oracle. */
export interface Bucket {
  readonly demand: number;
  readonly shortage: number;
}

export interface BenchUnit {
  readonly sku: string;
  readonly location: string;
  readonly criticality: Observation['criticality'];
  readonly bought: boolean;
}

export function unitAt(index: number): BenchUnit {
  const criticality = (['CRITICAL', 'HIGH', 'NORMAL', 'NORMAL', 'NORMAL', 'LOW'] as const)[index % 6] ?? 'NORMAL';
  return { sku: `SKU-${index % 2000}`, location: `P${Math.floor(index / 2000)}`, criticality, bought: index % 4 === 0 };
}

/** Buckets of a unit at its first publication. */
export function firstBuckets(index: number): Bucket[] {
  const random = generator(index + 1);
  return Array.from({ length: WEEKS }, () => ({ demand: Math.floor(random() * 2000), shortage: 0 }));
}

/**
 * The next publication: of a hundred buckets 15 change. Of these 93 by up to 7 %, five by up to 20 %, two to anything, zero
 * among it; of a thousand changed ones two have a shortage as well, which the next change takes away.
 */
export function nextBuckets(index: number, publication: number, before: readonly Bucket[]): Bucket[] {
  const random = generator((index + 1) * 7919 + publication);
  return before.map((bucket) => {
    if (random() >= 0.15) return bucket;
    const kind = random();
    const swing = kind < 0.93 ? 0.07 : 0.2;
    const around = Math.round(bucket.demand * (1 + swing * (2 * random() - 1)));
    const anything = random() < 0.3 ? 0 : Math.floor(random() * 4000);
    // A change is one: where rounding leaves nothing of it, one piece more is.
    const told = kind < 0.98 ? around : anything;
    const demand = told === bucket.demand ? told + 1 : told;
    return { demand, shortage: random() < 0.002 ? Math.ceil(random() * 200) : 0 };
  });
}

/** The first week is frozen, the next three slushy, the rest liquid. */
export function observationOf(unit: BenchUnit, publication: number, buckets: readonly Bucket[]): Observation {
  const observedAt = new Date(MONDAY_MS + publication * DAY_MS + 6 * 3_600_000).toISOString();
  return {
    sku: unit.sku,
    location: unit.location,
    unit: 'EA',
    observedAt,
    today: observedAt.slice(0, 10),
    frozenUntil: MONDAYS[1] ?? '',
    slushyUntil: MONDAYS[4] ?? '',
    criticality: unit.criticality,
    refreshClass: 'STABLE',
    bought: unit.bought,
    away: [],
    weeks: buckets.map(({ demand, shortage }, week): Week => {
      return { week: MONDAYS[week] ?? '', demand: String(demand), shortage: String(shortage), lateMinutes: 0 };
    }),
    triggers: [],
  };
}

export function zoneAt(week: number): 'FROZEN' | 'SLUSHY' | 'LIQUID' {
  if (week < 1) return 'FROZEN';
  return week < 4 ? 'SLUSHY' : 'LIQUID';
}

/** Mulberry32: the same numbers from the same seed. */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const DAY_MS = 86_400_000;
const MONDAY_MS = Date.UTC(2026, 10, 23);
export const MONDAYS: readonly string[] = Array.from({ length: WEEKS }, (_, week) =>
  new Date(MONDAY_MS + week * 7 * DAY_MS).toISOString().slice(0, 10),
);
