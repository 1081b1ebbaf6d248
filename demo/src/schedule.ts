import { shiftPeriods, workingIntervals } from '@takt/planning-time';
import { DAY_MS } from './dates.ts';
import { siteCalendar } from './network.ts';
import type { PlantCode } from './network.ts';
import type { Plan } from './plan.ts';
import { shiftsOf } from './work-centers.ts';
import type { ShiftModel, WorkCenterPlan } from './work-centers.ts';

/** A stretch of time in milliseconds, half-open. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The working time of each plant's shift models around the plan's day. */
export class WorkingTime {
  private readonly known = new Map<string, readonly Span[]>();

  constructor(private readonly plan: Plan) {}

  of(plant: PlantCode, model: ShiftModel): readonly Span[] {
    const key = `${plant}/${model}`;
    const known = this.known.get(key) ?? this.compute(plant, model);
    this.known.set(key, known);
    return known;
  }

  private compute(plant: PlantCode, model: ShiftModel): Span[] {
    const { now, shape } = this.plan;
    const site = siteCalendar(plant, this.plan);
    const pattern = { ...site, code: `${site.code}-${model}`, periods: shiftPeriods(shiftsOf(model)) };
    const from = new Date(now - (shape.weeksBack + 2) * 7 * DAY_MS).toISOString();
    const to = new Date(now + (shape.weeksAhead + 26) * 7 * DAY_MS).toISOString();
    return workingIntervals([site, pattern], from, to).map(({ start, end }) => ({
      start: Date.parse(start),
      end: Date.parse(end),
    }));
  }
}

/** Loads a work center to finite capacity: each operation takes the unit that is free first. */
export class Timeline {
  private readonly freeAt: number[];

  constructor(
    workCenter: WorkCenterPlan,
    private readonly working: readonly Span[],
  ) {
    this.freeAt = Array.from({ length: workCenter.units }, () => 0);
  }

  /** Occupies one unit for so many working minutes, not before `earliest`. Throws a RangeError beyond the horizon. */
  place(earliest: number, minutes: number): Span {
    const unit = this.freeAt.indexOf(Math.min(...this.freeAt));
    const from = Math.max(earliest, this.freeAt[unit] ?? 0);
    let left = minutes * 60_000;
    let start: number | undefined;
    for (let index = firstEndingAfter(this.working, from); index < this.working.length; index++) {
      const span = this.working[index];
      if (span === undefined) break;
      const begin = Math.max(span.start, from);
      start ??= begin;
      if (span.end - begin >= left) {
        const end = begin + left;
        this.freeAt[unit] = end;
        return { start, end };
      }
      left -= span.end - begin;
    }
    throw new RangeError(`There are not ${String(minutes)} working minutes left within the planning horizon.`);
  }
}

function firstEndingAfter(spans: readonly Span[], instant: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.end ?? Infinity) > instant) high = middle;
    else low = middle + 1;
  }
  return low;
}
