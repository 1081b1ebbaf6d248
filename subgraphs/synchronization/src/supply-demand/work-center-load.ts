import { bucketEnd, bucketsBetween, type Granularity } from '@takt/planning-time';
import {
  availableMinutes,
  localDays,
  occupiedMinutes,
  openOperations,
  type ProductionOrder,
  type WorkCenterCapacity,
} from '@takt/production-orders/contract';
import type { WorkCenter } from '@takt/work-centers/contract';
import type { WorkCenterFacts } from '../picture/picture.ts';

export interface WorkCenterLoadQuestion {
  /** Whole buckets of the work center's local days that share a day with [from, to). */
  readonly from: string;
  readonly to: string;
  readonly granularity: Granularity;
  readonly now: string;
}

export interface WorkCenterLoad {
  /** In order of time, without gaps. */
  readonly buckets: readonly WorkCenterLoadBucket[];
  readonly criticalLoadPercent: number;
  /** Work of operations that should have ended before now and have not: it counts where it was scheduled. */
  readonly overdueMinutes: number;
}

export interface WorkCenterLoadBucket {
  readonly bucketStart: string;
  /** First day after it. */
  readonly bucketEnd: string;
  readonly loadMinutes: number;
  readonly availableMinutes: number;
  /** Null if it does not work then. */
  readonly utilizationPercent: number | null;
  /** Load beyond what is available. */
  readonly overloadMinutes: number;
  /** More than its critical load, or load while it does not work. */
  readonly critical: boolean;
}

/**
 * What open orders ask of a work center against what it can do, by bucket of its local days; minutes to two decimals.
 *
 * Load and availability are those of `WorkCenter.utilization` (see `occupiedMinutes` and `availableMinutes` of
 * production-orders): of an operation that reaches over a bucket's end, the share of its working time within; working
 * time where shifts and calendar agree, times crews, capacity and efficiency. Here the time that it is away now is not
 * available, see {@link awayUntil}; apart from that, one bucket has the utilization that the other field gives for its
 * days.
 *
 * Source: capacity requirements planning, load against available capacity per bucket, as in the APICS Dictionary
 * (*capacity requirements planning*, *load profile*, *available time × utilization × efficiency*).
 *
 * `availableIn`: what answers for available minutes, where it is to remember answers. Throws a RangeError for a time zone
 * or a date that does not exist and for more than 20,000 days.
 */
export function workCenterLoad(
  { workCenter, ...calendars }: WorkCenterFacts,
  orders: readonly ProductionOrder[],
  { from, to, granularity, now }: WorkCenterLoadQuestion,
  availableIn: typeof availableMinutes = availableMinutes,
): WorkCenterLoad {
  const capacity = capacityOf({ workCenter, ...calendars });
  const operations = orders.flatMap(openOperations).filter((each) => each.workCenter === workCenter.code);
  const away = awayUntil(workCenter, now);
  const { criticalLoadPercent = DEFAULT_CRITICAL_LOAD_PERCENT } = workCenter;
  const overdue = operations.filter(({ end }) => end < now);
  return {
    criticalLoadPercent,
    overdueMinutes: round(total(overdue.map((each) => occupiedMinutes(capacity, [each], wholeOf(each))))),
    buckets: bucketsBetween(from, to, granularity).map((start) => {
      const end = bucketEnd(start, granularity);
      const window = localDays(capacity.timeZone, start, end);
      const loadMinutes = occupiedMinutes(capacity, operations, window);
      const missing = away && overlap(away, window);
      const lost = missing ? availableIn(capacity, missing) : 0;
      const available = Math.max(availableIn(capacity, window) - lost, 0);
      const utilization = available > 0 ? round((loadMinutes / available) * 100) : null;
      return {
        bucketStart: start,
        bucketEnd: end,
        loadMinutes: round(loadMinutes),
        availableMinutes: round(available),
        utilizationPercent: utilization,
        overloadMinutes: round(Math.max(loadMinutes - available, 0)),
        critical: utilization === null ? loadMinutes > 0 : utilization > criticalLoadPercent,
      };
    }),
  };
}

/** Where the source of a work center says nothing. */
const DEFAULT_CRITICAL_LOAD_PERCENT = 90;

/** What bounds the work of a work center. */
export function capacityOf({ workCenter, calendar, capacityCalendar }: WorkCenterFacts): WorkCenterCapacity {
  const { timeZone, capacity, efficiencyPercent = null, shifts = null } = workCenter;
  return {
    timeZone,
    capacity,
    efficiencyPercent,
    shifts,
    calendar: calendar ?? null,
    capacityCalendar: capacityCalendar ?? null,
  };
}

/**
 * The time, half-open, in which a work center that is down or in maintenance does nothing: until its expected end, or
 * until now if nobody said when, or that has passed. Undefined if it works.
 */
function awayUntil({ status }: WorkCenter, now: string): { from: string; to: string } | undefined {
  if (status?.state !== 'DOWN' && status?.state !== 'MAINTENANCE') return undefined;
  const { since, expectedEnd = now } = status;
  const [from, to] = [since, Date.parse(expectedEnd) > Date.parse(now) ? expectedEnd : now].map((instant) =>
    new Date(instant).toISOString(),
  ) as [string, string];
  return from < to ? { from, to } : undefined;
}

interface Window {
  readonly from: string;
  readonly to: string;
}

function overlap(a: Window, b: Window): Window | undefined {
  const [from, to] = [a.from > b.from ? a.from : b.from, a.to < b.to ? a.to : b.to];
  return from < to ? { from, to } : undefined;
}

/** One that takes no time lies within a window that begins with it. */
function wholeOf({ start, end }: { readonly start: string; readonly end: string }): Window {
  return { from: start, to: end > start ? end : new Date(Date.parse(start) + 1).toISOString() };
}

function total(minutes: readonly number[]): number {
  return minutes.reduce((sum, each) => sum + each, 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
