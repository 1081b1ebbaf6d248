import { zoneAt, type BenchUnit, type Bucket } from './plant.ts';

/**
 * Says which changes have to act under the default policy, by brute force and on its own: plain numbers, every bucket
 * compared with the value that acted last, the policy's sentences written out. Knows nothing of tables or decisions.
 */
export class Oracle {
  readonly #told: { demand: number; shortage: number }[];
  /** By `week measure`: up or down, of what acted last. */
  readonly #directions = new Map<string, number>();

  constructor(
    readonly unit: BenchUnit,
    first: readonly Bucket[],
  ) {
    this.#told = first.map((bucket) => ({ ...bucket }));
  }

  /** `week measure` of each change that acts; they count as told from then on. */
  acting(buckets: readonly Bucket[]): Set<string> {
    const acting = new Set<string>();
    for (const [week, bucket] of buckets.entries()) {
      for (const measure of ['demand', 'shortage'] as const) {
        const told = this.#told[week];
        if (!told || bucket[measure] === told[measure]) continue;
        const key = `${week} ${measure}`;
        const direction = Math.sign(bucket[measure] - told[measure]);
        if (measure === 'shortage' && direction < 0) {
          told.shortage = bucket.shortage;
          continue;
        }
        const isBack = (this.#directions.get(key) ?? direction) !== direction;
        if (!this.#isEnough(measure, week, told[measure], bucket[measure], isBack ? 125 : 100)) continue;
        acting.add(key);
        told[measure] = bucket[measure];
        this.#directions.set(key, direction);
      }
    }
    return acting;
  }

  /** `scale`: 100, or 125 for a change back. */
  #isEnough(measure: 'demand' | 'shortage', week: number, from: number, to: number, scale: number): boolean {
    const size = Math.abs(to - from);
    const reaches = (percent: number, floor: number) =>
      size * 100 >= floor * scale && (from === 0 || to === 0 || size * 10_000 >= from * percent * scale);
    if (measure === 'shortage') return reaches(5, 1);
    const { criticality, bought } = this.unit;
    if (bought && zoneAt(week) !== 'FROZEN') return false;
    const isCritical = criticality === 'CRITICAL';
    switch (zoneAt(week)) {
      case 'FROZEN':
        return reaches(10, 10) || (isCritical && reaches(3, 2));
      case 'SLUSHY':
        return reaches(15, 20) || ((isCritical || criticality === 'HIGH') && reaches(5, 5));
      case 'LIQUID':
        return reaches(25, 50) || ((isCritical || criticality === 'HIGH') && reaches(10, 10));
    }
  }
}
