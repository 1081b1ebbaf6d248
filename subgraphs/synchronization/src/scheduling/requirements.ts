import { addWorkingDays, localDateAt } from '@takt/planning-time';
import type { ProductionOrder } from '@takt/production-orders/contract';
import {
  add,
  compare,
  isNegative,
  isZero,
  max,
  min,
  multiply,
  negate,
  quantity,
  subtract,
  type Quantity,
} from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { timeZoneOf } from '../supply-demand/demand.ts';
import type { PlanningMeasure } from '../supply-demand/planning-measure.ts';
import { supplyPlan, type SupplyPlan } from '../supply-demand/supply-plan.ts';
import { lotsFor, textOf, yieldOf, type LotSize } from './lot-size.ts';
import { Projection } from './projection.ts';

/** What would make the supply of an item follow its demand, whatever the capacity. */
export type Requirement =
  | {
      readonly kind: 'CHANGE';
      readonly order: ProductionOrder;
      /** Local date on which it has to be in stock. */
      readonly neededOn: string;
      readonly quantity?: Quantity;
      readonly reason: string;
    }
  /** It stays as it is, and would be needed on that day. */
  | { readonly kind: 'KEEP'; readonly order: ProductionOrder; readonly neededOn: string }
  | { readonly kind: 'CREATE'; readonly quantity: Quantity; readonly neededOn: string; readonly reason: string }
  | { readonly kind: 'CANNOT'; readonly order?: string; readonly reason: string };

export interface RequirementsQuestion {
  readonly now: string;
  /** Demand of days from here on is left out. */
  readonly until: string;
  /** Local date before which nothing new can be there. */
  readonly soonest: string;
  /** Why an order must stay as it is; undefined if it may be moved. */
  readonly fixedBecause: (order: ProductionOrder) => string | undefined;
  readonly mayResize: (order: ProductionOrder) => boolean;
  readonly routing: UnitFacts['routings'][number] | undefined;
}

/**
 * Nets demand against stock and receipts day by day, and says which orders should come earlier or later, be larger or
 * smaller, and which are missing.
 *
 * What is missing on a day and covered by a later receipt is missing for a time: the next order that may be moved comes
 * earlier. What is missing for good takes a larger order, if one that ends in the days before may be changed, or a new one.
 * An order that is there more than {@link EARLY_DAYS} days before anything needs it comes later; one that is larger by more
 * than {@link LARGER_PERCENT} percent, and by more than lots leave over because of their size, than what needs it becomes
 * smaller. What is off by less stays as it is, and so does
 * an order that nothing needs: to cancel it is a planner's decision. An order is there on the day on which it ends, plus
 * the safety time.
 *
 * Sources: the reschedule-in, reschedule-out and order messages of MRP (J. Orlicky, *Material Requirements Planning*, 1975;
 * APICS Dictionary, *exception message*, *nervousness*).
 */
export function requirementsOf(facts: UnitFacts, question: RequirementsQuestion): Requirement[] {
  const today = localDateAt(timeZoneOf(facts), question.now);
  const plan = supplyPlan(facts, { today, until: question.until });
  return plan ? new Netting(facts, plan, question, today).run() : [];
}

/** Days by which an order may be there before it is needed, and stay. */
const EARLY_DAYS = 5;
/** Percent by which an order may be larger than what needs it, and stay. */
const LARGER_PERCENT = 5;
/** Days before a shortage within which an order is made larger rather than another one made. */
const RESIZE_DAYS = 7;
/** Days whose needs one order of lot size rule PERIOD covers. */
const PERIOD_DAYS = 7;

/** An order that may be changed. */
interface Movable {
  readonly order: ProductionOrder;
  /** When it is there, safety time included. */
  day: string;
  /** What it yields. */
  amount: Quantity;
  change?: { neededOn: string; quantity?: Quantity; reason: string };
}

interface Fixed {
  readonly id: string;
  readonly day: string;
  readonly because: string;
}

class Netting {
  readonly #found: Requirement[] = [];
  readonly #movable: Movable[] = [];
  readonly #fixed: Fixed[] = [];
  readonly #zero: Quantity;
  readonly #lotSize: LotSize;
  /** What lots may leave over because of their size. */
  readonly #leftover: Quantity;
  readonly #projection: Projection;
  readonly #lastDemand: string;

  constructor(
    readonly facts: UnitFacts,
    readonly plan: SupplyPlan,
    readonly question: RequirementsQuestion,
    today: string,
  ) {
    const { measure, stock, safetyStock, demands } = plan;
    this.#zero = quantity('0', measure.unit);
    this.#lotSize = lotSizeOf(facts, question.routing, measure);
    const { minimum = this.#zero, multiple = this.#zero } = this.#lotSize;
    this.#leftover = max(minimum, multiple);
    const orders = new Map(facts.makingOrders.map((order) => [order.id, order]));
    const changes = plan.receipts.map(({ kind, id, on, quantity: amount }) => {
      const order = kind === 'PRODUCTION_ORDER' ? orders.get(id) : undefined;
      if (!order) return this.#count({ id, day: on, because: `${id} is not for production to move` }, amount);
      const day = this.#shifted(on, 1);
      const because = question.fixedBecause(order);
      if (because !== undefined) return this.#count({ id, day, because }, amount);
      this.#movable.push({ order, day, amount });
      return { on: day, change: amount };
    });
    const needed = demands.map(({ on, quantity: amount }) => ({ on, change: negate(amount) }));
    this.#lastDemand = demands.reduce((last, { on }) => (on > last ? on : last), '');
    const opening = safetyStock ? subtract(stock, safetyStock) : stock;
    this.#projection = new Projection(opening, [...changes, ...needed], [today]);
    this.#movable.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  run(): Requirement[] {
    this.#coverShortages();
    for (const movable of [...this.#movable].reverse()) this.#postpone(movable);
    for (const movable of [...this.#movable].reverse()) this.#reduce(movable);
    const orders = this.#movable.flatMap((movable): Requirement[] => {
      const { order, change } = movable;
      if (change) return [{ kind: 'CHANGE', order, ...change }];
      const neededOn = this.#neededOn(movable);
      return neededOn === undefined ? [] : [{ kind: 'KEEP', order, neededOn: this.#shifted(neededOn, -1) }];
    });
    return [...orders, ...this.#found];
  }

  #count(fixed: Fixed, amount: Quantity) {
    this.#fixed.push(fixed);
    return { on: fixed.day, change: amount };
  }

  #coverShortages(): void {
    let lateUntil = '';
    for (let index = 0; index < this.#projection.days.length; index++) {
      const day = this.#projection.days[index] as string;
      for (let missing = this.#missingAt(index); missing; missing = this.#missingAt(index)) {
        const forGood = negate(min(this.#projection.most(index), this.#zero));
        if (compare(missing, forGood) > 0 && this.#bringForward(index, missing, forGood)) continue;
        if (!isZero(forGood)) {
          if (!this.#add(day, forGood)) return;
          continue;
        }
        if (day >= lateUntil) lateUntil = this.#tellLate(index, missing);
        break;
      }
    }
  }

  #missingAt(index: number): Quantity | undefined {
    const left = this.#projection.at(index);
    return isNegative(left) ? negate(left) : undefined;
  }

  /** Has the next order come earlier, if that helps before what is missing is there anyway. */
  #bringForward(index: number, missing: Quantity, forGood: Quantity): boolean {
    const day = this.#projection.days[index] as string;
    const { soonest } = this.question;
    const next = this.#movable.find((each) => each.day > day);
    const recovered = this.#projection.days[this.#projection.firstAtLeast(negate(forGood), index)] ?? day;
    if (!next || next.day <= soonest || recovered <= soonest) return false;
    this.#projection.move(next.amount, next.day, day);
    const reason = `${textOf(missing)} are missing on ${day}: it is needed ${daysBetween(day, next.day)} days earlier.`;
    this.#change(next, day, { reason });
    return true;
  }

  #change(movable: Movable, day: string, { reason, quantity: changed }: { reason: string; quantity?: Quantity }): void {
    const before = movable.change;
    movable.day = day;
    movable.change = {
      neededOn: this.#shifted(day, -1),
      reason: before ? `${before.reason} ${reason}` : reason,
      ...(changed ? { quantity: changed } : before?.quantity && { quantity: before.quantity }),
    };
  }

  /** False if the lot size allows no order. */
  #add(day: string, missing: Quantity): boolean {
    const needed = this.#lotSize.rule === 'PERIOD' ? this.#missingInPeriod(day, missing) : missing;
    if (this.#enlarge(day, needed)) return true;
    const lots = lotsFor(needed, this.#lotSize);
    if ('conflict' in lots) {
      this.#found.push({ kind: 'CANNOT', reason: `${textOf(missing)} are missing on ${day}. ${lots.conflict}` });
      return false;
    }
    for (const lot of lots) {
      const reason = `${textOf(missing)} are missing on ${day}, and no order that may be changed covers it.`;
      this.#found.push({ kind: 'CREATE', quantity: lot, neededOn: this.#shifted(day, -1), reason });
      this.#projection.supply(day, yieldOf(lot, this.#lotSize.scrapPercent));
    }
    return lots.length > 0;
  }

  #missingInPeriod(day: string, missing: Quantity): Quantity {
    const end = plusDays(day, PERIOD_DAYS);
    const last = this.#projection.indexOf(end) - 1;
    return max(missing, negate(this.#projection.most(Math.max(last, 0))));
  }

  /** Makes the last order before larger, if it is near and stays one lot. */
  #enlarge(day: string, missing: Quantity): boolean {
    if (this.#lotSize.rule === 'FIXED') return false;
    const near = this.#movable.filter((each) => each.day <= day && daysBetween(each.day, day) <= RESIZE_DAYS);
    const last = near.reverse().find(({ order }) => this.#mayResize(order));
    if (!last) return false;
    const lots = lotsFor(add(last.amount, missing), this.#lotSize);
    if ('conflict' in lots || lots.length !== 1 || !lots[0]) return false;
    this.#resize(last, lots[0], `${textOf(missing)} more are needed on ${day}.`);
    return true;
  }

  #mayResize(order: ProductionOrder): boolean {
    return order.quantity.unit === this.plan.measure.unit && this.question.mayResize(order);
  }

  #resize(movable: Movable, to: Quantity, reason: string): void {
    const amount = yieldOf(to, this.#lotSize.scrapPercent);
    this.#projection.supply(movable.day, subtract(amount, movable.amount));
    movable.amount = amount;
    this.#change(movable, movable.day, { reason, quantity: to });
  }

  #tellLate(index: number, missing: Quantity): string {
    const day = this.#projection.days[index] as string;
    const recovered = this.#projection.days[this.#projection.firstAtLeast(this.#zero, index)] ?? day;
    const late = this.#fixed.find((each) => each.day > day && each.day <= recovered);
    const reason = `${textOf(missing)} that are missing on ${day} come only on ${recovered}`;
    this.#found.push({
      kind: 'CANNOT',
      ...(late && { order: late.id }),
      reason: late ? `${reason}: ${late.because}.` : `${reason}, and nothing can be there sooner.`,
    });
    return recovered;
  }

  #postpone(movable: Movable): void {
    if (movable.change) return;
    const needed = this.#neededOn(movable);
    if (needed === undefined || daysBetween(movable.day, needed) <= EARLY_DAYS) return;
    const reason = `Nothing needs it before ${needed}, ${daysBetween(movable.day, needed)} days later.`;
    this.#projection.move(movable.amount, movable.day, needed);
    this.#change(movable, needed, { reason });
  }

  /** The first day on which something would be missing without it. */
  #neededOn({ day, amount }: Movable): string | undefined {
    return this.#projection.days[this.#projection.firstBelow(amount, this.#projection.indexOf(day))];
  }

  #reduce(movable: Movable): void {
    const { order, day, amount, change } = movable;
    if (change?.quantity || this.#lotSize.rule === 'FIXED' || !this.#mayResize(order) || day >= this.#lastDemand)
      return;
    const surplus = this.#projection.least(this.#projection.indexOf(day));
    if (compare(surplus, this.#leftover) <= 0 || compare(surplus, amount) >= 0) return;
    const lots = lotsFor(subtract(amount, surplus), this.#lotSize);
    if ('conflict' in lots || lots.length !== 1 || !lots[0]) return;
    const difference = subtract(order.quantity, lots[0]);
    if (compare(difference, multiply(order.quantity, LARGER_PERCENT / 100)) <= 0) return;
    this.#resize(movable, lots[0], `${textOf(surplus)} of it are needed by nothing.`);
  }

  /** A day later or earlier by the safety time, in working days of the location. */
  #shifted(day: string, direction: 1 | -1): string {
    const { itemLocation, calendar } = this.facts;
    const days = itemLocation?.safetyTimeDays ?? 0;
    if (days === 0) return day;
    return calendar ? addWorkingDays(calendar, day, direction * days) : plusDays(day, direction * days);
  }
}

function lotSizeOf(
  { itemLocation, sku }: UnitFacts,
  routing: UnitFacts['routings'][number] | undefined,
  measure: PlanningMeasure,
): LotSize {
  const inUnit = (name: 'lotSizeMinimum' | 'lotSizeMultiple' | 'lotSizeMaximum') => {
    const told = itemLocation?.[name] ?? routing?.[name];
    return told && measure.measure(told, 'SAFETY_STOCK', sku);
  };
  const [minimum, multiple, maximum] = [inUnit('lotSizeMinimum'), inUnit('lotSizeMultiple'), inUnit('lotSizeMaximum')];
  return {
    rule: itemLocation?.lotSizeRule ?? 'LOT_FOR_LOT',
    ...(minimum && { minimum }),
    ...(multiple && { multiple }),
    ...(maximum && { maximum }),
    scrapPercent: itemLocation?.scrapPercent ?? 0,
  };
}

/** In the order in which they are there, whatever they are called. */
function keyOf({ day, order }: Movable): string {
  return `${day} ${order.scheduledEnd} ${order.scheduledStart} ${order.id}`;
}

export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

const DAY_MS = 86_400_000;
