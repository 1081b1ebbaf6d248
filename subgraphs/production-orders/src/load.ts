import { isBefore } from './lifecycle.ts';
import type { ProductionOrder } from './order.ts';

/** What open orders ask of one work center within one month (UTC). */
export interface WorkCenterLoad {
  readonly workCenter: string;
  /** YYYY-MM */
  readonly month: string;
  /** All that touch the month, with their whole duration; by order, then by sequence. */
  readonly operations: readonly OperationLoad[];
}

export interface OperationLoad {
  readonly order: string;
  readonly sequence: number;
  /** UTC, from `start` until before `end`. */
  readonly start: string;
  readonly end: string;
  /** Working time that it takes; null if nobody said, then it is all working time from start to end. */
  readonly minutes: number | null;
}

/** Where an order loads whom, by id of the load document: see {@link openOperations}. */
export function loadsOf(order: ProductionOrder): ReadonlyMap<string, readonly OperationLoad[]> {
  const loads = new Map<string, OperationLoad[]>();
  for (const { workCenter, ...load } of openOperations(order)) {
    for (const month of monthsOf(load.start, load.end)) {
      const id = workCenterLoadId(workCenter, month);
      loads.set(id, [...(loads.get(id) ?? []), load]);
    }
  }
  return loads;
}

/**
 * The operations of an order that are still to be done, and where. A finished order loads nobody, nor does an operation
 * that is confirmed finally or has no work center. An operation without dates of its own takes those of its order.
 */
export function openOperations(order: ProductionOrder): (OperationLoad & { readonly workCenter: string })[] {
  if (!isBefore(order.state, 'CONFIRMED')) return [];
  return order.operations.flatMap(({ sequence, workCenter, state, plannedMinutes, ...operation }) => {
    if (workCenter === undefined || state === 'CONFIRMED' || state === 'CANCELLED') return [];
    const start = operation.scheduledStart ?? order.scheduledStart;
    const end = operation.scheduledEnd ?? order.scheduledEnd;
    return { workCenter, order: order.id, sequence, start, end, minutes: plannedMinutes ?? null };
  });
}

/** The load with an order's part of it replaced as a whole: the same whatever the order in which orders come. */
export function withOrder(load: WorkCenterLoad, order: string, operations: readonly OperationLoad[]): WorkCenterLoad {
  const others = load.operations.filter((each) => each.order !== order);
  return { ...load, operations: [...others, ...operations].sort(byOrderAndSequence) };
}

function byOrderAndSequence(one: OperationLoad, other: OperationLoad): number {
  if (one.order !== other.order) return one.order < other.order ? -1 : 1;
  return one.sequence - other.sequence;
}

/** The months (UTC, YYYY-MM) that [from, to) touches, at most {@link MOST_MONTHS}; the month of `from` in any case. */
export function monthsOf(from: string, to: string): string[] {
  const months = [from.slice(0, 7)];
  const last = new Date(Math.max(Date.parse(from), Date.parse(to) - 1)).toISOString().slice(0, 7);
  while (months.at(-1) !== last && months.length < MOST_MONTHS) months.push(monthAfter(months.at(-1) ?? last));
  return months;
}

/** An operation that takes longer is not looked for beyond. */
export const MOST_MONTHS = 60;

export function workCenterLoadId(workCenter: string, month: string): string {
  return `${encodeURIComponent(workCenter)}/${month}`;
}

/** The load of nobody yet, under an id that {@link workCenterLoadId} made. */
export function emptyLoad(id: string): WorkCenterLoad {
  const [workCenter = '', month = ''] = id.split('/');
  return { workCenter: decodeURIComponent(workCenter), month, operations: [] };
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
}
