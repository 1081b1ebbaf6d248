import { bucketEnd } from '@takt/planning-time';
import type { ProductionOrder } from '@takt/production-orders/contract';
import type { RoutingRecord } from '@takt/products/contract';
import type { WorkCenterFacts } from '../picture/picture.ts';
import { workCenterLoad, type WorkCenterLoadBucket } from '../supply-demand/work-center-load.ts';

/** Load against capacity by code of the work center and Monday; undefined for one that nobody has told of. */
export type LoadView = (
  workCenter: string,
  week: string,
) => Pick<WorkCenterLoadBucket, 'loadMinutes' | 'availableMinutes'> | undefined;

/** Computes each week of each work center once, and only if it is asked for. `orders`: those that are open at them. */
export function loadView(
  workCenters: ReadonlyMap<string, WorkCenterFacts>,
  orders: readonly ProductionOrder[],
  now: string,
): LoadView {
  const known = new Map<string, WorkCenterLoadBucket | undefined>();
  const ordersAt = new Map<string, ProductionOrder[]>([...workCenters.keys()].map((code) => [code, []]));
  for (const order of orders) for (const code of order.workCenters) ordersAt.get(code)?.push(order);
  return (code, week) => {
    const facts = workCenters.get(code);
    if (!facts) return undefined;
    const key = `${week} ${code}`;
    if (!known.has(key)) {
      const question = { from: week, to: bucketEnd(week, 'WEEK'), granularity: 'WEEK', now } as const;
      known.set(key, workCenterLoad(facts, ordersAt.get(code) ?? [], question).buckets[0]);
    }
    return known.get(key);
  };
}

/**
 * Percent of the capacity, of the work center that is loaded most of those that make an item, if `quantity` more of it has
 * to be made in a week; at most {@link MOST_PERCENT}. Of alternatives the one with the lowest priority number counts.
 */
export function utilizationAfter(
  routings: readonly RoutingRecord[],
  quantity: number,
  week: string,
  load: LoadView,
): number | undefined {
  const percents = [...minutesToMake(routings, quantity)].flatMap(([code, minutes]) => {
    const known = load(code, week);
    return known ? [percentOf(known.loadMinutes + minutes, known.availableMinutes)] : [];
  });
  return percents.length > 0 ? Math.max(...percents) : undefined;
}

/** There is no capacity at all, or many times too little. */
export const MOST_PERCENT = 999;

/** By work center; all of the preferred routing, also those that have nothing to do for it. */
function minutesToMake(routings: readonly RoutingRecord[], quantity: number): ReadonlyMap<string, number> {
  const minutes = new Map<string, number>();
  for (const operation of preferred(routings)?.operations ?? []) {
    const workCenter = preferred(operation.workCenters);
    if (!workCenter) continue;
    const { setupSeconds = '0', fixedSeconds = '0', secondsPerUnit = '0' } = operation;
    const seconds = quantity > 0 ? Number(setupSeconds) + Number(fixedSeconds) + Number(secondsPerUnit) * quantity : 0;
    const before = minutes.get(workCenter.code) ?? 0;
    minutes.set(workCenter.code, before + (seconds * Number(workCenter.quantity)) / 60);
  }
  return minutes;
}

function preferred<Option extends { readonly priority?: number }>(options: readonly Option[]): Option | undefined {
  return [...options].sort((one, other) => (one.priority ?? 0) - (other.priority ?? 0))[0];
}

function percentOf(needed: number, available: number): number {
  if (needed <= 0) return 0;
  const percent = available > 0 ? (needed / available) * 100 : MOST_PERCENT;
  return Math.min(MOST_PERCENT, Math.round(percent * 10) / 10);
}
