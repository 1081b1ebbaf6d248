import { itemLocationId, type BillOfMaterialRecord } from '@takt/products/contract';
import type { PlanningUnitKey } from './unit-facts.ts';

/**
 * For each unit, given by its own bills, the bills of the phantoms in them, of the phantoms in those, and so on, up to
 * {@link MOST_LEVELS}; each once, also if a phantom is part of itself. One read for each level, whatever the number of
 * units; none without phantoms.
 */
export async function phantomBills(
  units: readonly Bills[],
  read: (phantoms: readonly PlanningUnitKey[]) => Promise<readonly Bills[]>,
): Promise<BillOfMaterialRecord[][]> {
  const known = new Map<string, Bills>();
  let level: Bills = units.flat();
  for (let depth = 0; depth < MOST_LEVELS; depth++) {
    const wanted = [...phantomsIn(level)].filter(([id]) => !known.has(id));
    if (wanted.length === 0) break;
    const found = await read(wanted.map(([, phantom]) => phantom));
    wanted.forEach(([id], index) => known.set(id, found[index] ?? []));
    level = found.flat();
  }
  return units.map((own) => reachedFrom(own, known));
}

function reachedFrom(own: Bills, known: ReadonlyMap<string, Bills>): BillOfMaterialRecord[] {
  const reached = new Set(phantomsIn(own).keys());
  // A set hands out also what is added while it is gone through.
  for (const id of reached) for (const inside of phantomsIn(known.get(id) ?? []).keys()) reached.add(inside);
  return [...reached].flatMap((id) => known.get(id) ?? []);
}

function phantomsIn(bills: Bills): Map<string, PlanningUnitKey> {
  return new Map(
    bills.flatMap(({ location, lines }) =>
      lines
        .filter(({ phantom }) => phantom)
        .map(({ component: sku }) => [itemLocationId(sku, location), { sku, location }] as const),
    ),
  );
}

type Bills = readonly BillOfMaterialRecord[];

const MOST_LEVELS = 10;
