import { add, compare, isZero, min, quantity, subtract, type Quantity } from '@takt/quantity';

export interface ForecastInBucket {
  /** First day of the bucket. */
  readonly bucketStart: string;
  /** First day after it. */
  readonly bucketEnd: string;
  readonly quantity: Quantity;
}

export interface ConsumptionWindow {
  /** Calendar days before its due date in which an order may consume the forecast of earlier buckets. */
  readonly backwardDays: number;
  /** Calendar days after its due date in which it may consume the forecast of later ones. */
  readonly forwardDays: number;
}

export interface NettedBucket {
  readonly bucketStart: string;
  /** What orders have taken of the forecast. */
  readonly consumed: Quantity;
  /** What is left of it: demand that is expected and not ordered yet. */
  readonly net: Quantity;
}

/**
 * Nets a forecast against the orders that it foresaw, so that demand is not planned for twice. Each order consumes the
 * bucket that it is due in; once all have, what is left of an order consumes earlier buckets that reach into its
 * window, the nearest first, then later ones, the nearest first; orders that are due earlier go first. What is left then
 * exceeds the forecast and consumes nothing. Consumed and net add up to the forecast exactly.
 *
 * Sources: backward then forward consumption days and over-consumption as in Oracle MRP
 * (https://docs.oracle.com/cd/A60725_05/html/comnls/us/mrp/consum04.htm); net = gross forecast − orders, not below zero,
 * as in https://frepple.com/docs/current/examples/forecasting/forecast-netting.php; orders of a bucket before what spills
 * over from others as in QAD's forward and backward consumption.
 *
 * Buckets must be in order of time, not overlap, hold nothing negative and have the unit of the orders: throws
 * UnitMismatchError otherwise.
 */
export function consume(
  forecast: readonly ForecastInBucket[],
  orders: readonly { readonly dueOn: string; readonly quantity: Quantity }[],
  { backwardDays, forwardDays }: ConsumptionWindow,
): NettedBucket[] {
  const left = forecast.map(({ quantity: gross }) => gross);
  const take = (index: number, wanted: Quantity): Quantity => {
    const there = left[index] as Quantity;
    const taken = min(there, wanted);
    left[index] = subtract(there, taken);
    return subtract(wanted, taken);
  };

  const spilling = perDay(orders).map(({ dueOn, quantity: ordered }) => {
    const own = forecast.findIndex((bucket) => bucket.bucketStart <= dueOn && dueOn < bucket.bucketEnd);
    return { dueOn, rest: own === -1 ? ordered : take(own, ordered) };
  });
  for (const { dueOn, rest } of spilling) {
    let wanted = rest;
    const [earliest, latest] = [shift(dueOn, -backwardDays), shift(dueOn, forwardDays)];
    const before: number[] = [];
    const after: number[] = [];
    forecast.forEach((bucket, index) => {
      if (bucket.bucketEnd <= dueOn && bucket.bucketEnd > earliest) before.push(index);
      if (bucket.bucketStart > dueOn && bucket.bucketStart <= latest) after.push(index);
    });
    for (const index of [...before.reverse(), ...after]) {
      if (isZero(wanted)) break;
      wanted = take(index, wanted);
    }
  }
  return forecast.map(({ bucketStart, quantity: gross }, index) => {
    const net = left[index] as Quantity;
    return { bucketStart, consumed: subtract(gross, net), net };
  });
}

/** What is due on each day, in order of time. */
function perDay(orders: readonly { readonly dueOn: string; readonly quantity: Quantity }[]) {
  const days = new Map<string, Quantity>();
  for (const { dueOn, quantity: ordered } of orders) {
    if (compare(ordered, quantity('0', ordered.unit)) <= 0) continue;
    const known = days.get(dueOn);
    days.set(dueOn, known ? add(known, ordered) : ordered);
  }
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([dueOn, ordered]) => ({ dueOn, quantity: ordered }));
}

function shift(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
