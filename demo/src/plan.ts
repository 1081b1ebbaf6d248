import { midnight, monday } from './dates.ts';

/** What a demo plant is made of; the same options always give the same plant. */
export interface DemoOptions {
  readonly seed: number | string;
  readonly size: DemoSize;
  /** `YYYY-MM-DD` in UTC: nothing that the plant reports as done lies after the start of this day. */
  readonly today: string;
}

/** `small`: about 50 items. `large`: about 50,000 item-locations and 250,000 lines of bills of material. */
export type DemoSize = 'small' | 'large';

/** The options with what follows from them; passed to everything that builds a part of the plant. */
export interface Plan extends DemoOptions {
  readonly shape: Shape;
  /** First day of the current week. */
  readonly monday: string;
  /** Start of today in UTC, in milliseconds: the moment at which the plant is described. */
  readonly now: number;
}

interface Shape {
  /** A segment makes its pumps on value streams of its own, one in each plant. */
  readonly segments: number;
  readonly seriesAtP100: number;
  readonly seriesAtP200: number;
  /** Nominal sizes of each series. */
  readonly ratings: number;
  /** Pumps a week that a segment makes in each plant. */
  readonly weeklyPumps: { readonly P100: number; readonly P200: number };
  /** Production orders reach from so many weeks back… */
  readonly weeksBack: number;
  /** …to so many ahead. */
  readonly weeksAhead: number;
  /** Weeks of demand that a lot covers, by ABC class. */
  readonly lotWeeks: { readonly A: number; readonly B: number; readonly C: number };
  /** Forecast cycles, the current one included. */
  readonly cycles: number;
  readonly promisesBack: number;
  readonly promisesAhead: number;
  readonly worksPerSupplier: number;
  readonly customers: number;
  readonly customerOrders: number;
}

/** Throws a RangeError unless `today` is a date that exists. */
export function planFor(options: DemoOptions): Plan {
  return {
    seed: options.seed,
    size: options.size,
    today: options.today,
    shape: SHAPES[options.size],
    monday: monday(options.today),
    now: midnight(options.today),
  };
}

const SHAPES: Readonly<Record<DemoSize, Shape>> = {
  small: {
    segments: 1,
    seriesAtP100: 2,
    seriesAtP200: 1,
    ratings: 1,
    weeklyPumps: { P100: 1000, P200: 900 },
    weeksBack: 2,
    weeksAhead: 8,
    lotWeeks: { A: 1, B: 2, C: 4 },
    cycles: 4,
    promisesBack: 2,
    promisesAhead: 5,
    worksPerSupplier: 1,
    customers: 8,
    customerOrders: 6,
  },
  large: {
    segments: 115,
    seriesAtP100: 6,
    seriesAtP200: 3,
    ratings: 4,
    weeklyPumps: { P100: 2500, P200: 1500 },
    weeksBack: 1,
    weeksAhead: 3,
    lotWeeks: { A: 2, B: 4, C: 4 },
    cycles: 1,
    promisesBack: 1,
    promisesAhead: 2,
    worksPerSupplier: 5,
    customers: 40,
    customerOrders: 1,
  },
};
