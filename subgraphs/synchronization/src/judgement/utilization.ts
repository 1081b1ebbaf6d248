import { bucketEnd } from '@takt/planning-time';
import {
  availableMinutes,
  isBefore,
  localDays,
  occupiedMinutes,
  type ProductionOrder,
} from '@takt/production-orders/contract';
import type { RoutingRecord } from '@takt/products/contract';
import { capacityOf } from '../picture/capacity.ts';
import type { WorkCenterFacts } from '../picture/picture.ts';

/** Minutes of work in one week: what a work center can do, and what open orders take of it. */
export interface WeeklyLoad {
  readonly available: number;
  readonly occupied: number;
}

/** By code and Monday of the week; undefined for a work center that nobody has told of. */
export type LoadView = (workCenter: string, week: string) => WeeklyLoad | undefined;

/** Computes each week of each work center once. `orders`: those that are open at them. */
export function loadView(
  workCenters: ReadonlyMap<string, WorkCenterFacts>,
  orders: readonly ProductionOrder[],
): LoadView {
  const known = new Map<string, WeeklyLoad>();
  const operations = operationsByWorkCenter(orders);
  return (code, week) => {
    const facts = workCenters.get(code);
    if (!facts) return undefined;
    const key = `${week} ${code}`;
    const before = known.get(key);
    if (before) return before;
    const capacity = capacityOf(facts);
    const window = localDays(capacity.timeZone, week, bucketEnd(week, 'WEEK'));
    const load = {
      available: availableMinutes(capacity, window),
      occupied: occupiedMinutes(capacity, operations.get(code) ?? [], window),
    };
    known.set(key, load);
    return load;
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
  const [routing] = [...routings].sort((one, other) => (one.priority ?? 0) - (other.priority ?? 0));
  const needed = new Map<string, number>();
  for (const { workCenters, setupSeconds = '0', fixedSeconds = '0', secondsPerUnit = '0' } of routing?.operations ??
    []) {
    const [first] = [...workCenters].sort((one, other) => (one.priority ?? 0) - (other.priority ?? 0));
    if (!first) continue;
    const seconds = quantity > 0 ? Number(setupSeconds) + Number(fixedSeconds) + Number(secondsPerUnit) * quantity : 0;
    needed.set(first.code, (needed.get(first.code) ?? 0) + (seconds * Number(first.quantity)) / 60);
  }
  const percents = [...needed].flatMap(([code, minutes]) => {
    const known = load(code, week);
    return known ? [percentOf(known.occupied + minutes, known.available)] : [];
  });
  return percents.length > 0 ? Math.max(...percents) : undefined;
}

/** There is no capacity at all, or many times too little. */
export const MOST_PERCENT = 999;

function percentOf(needed: number, available: number): number {
  if (needed <= 0) return 0;
  const percent = available > 0 ? (needed / available) * 100 : MOST_PERCENT;
  return Math.min(MOST_PERCENT, Math.round(percent * 10) / 10);
}

type OperationLoad = Parameters<typeof occupiedMinutes>[1][number];

function operationsByWorkCenter(orders: readonly ProductionOrder[]): ReadonlyMap<string, readonly OperationLoad[]> {
  const loads = new Map<string, OperationLoad[]>();
  for (const order of orders) {
    if (!isBefore(order.state, 'CONFIRMED')) continue;
    for (const { sequence, workCenter, state, plannedMinutes, scheduledStart, scheduledEnd } of order.operations) {
      if (workCenter === undefined || state === 'CONFIRMED' || state === 'CANCELLED') continue;
      const start = scheduledStart ?? order.scheduledStart;
      const end = scheduledEnd ?? order.scheduledEnd;
      const there = loads.get(workCenter) ?? [];
      loads.set(workCenter, there);
      there.push({ order: order.id, sequence, start, end, minutes: plannedMinutes ?? null });
    }
  }
  return loads;
}
