import { localDateAt } from '@takt/planning-time';
import { isBefore, localDays, type ProductionOrder } from '@takt/production-orders/contract';
import type { RoutingRecord } from '@takt/products/contract';
import type { Quantity } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { timeZoneOf } from '../supply-demand/demand.ts';
import { fixedBecause, mayResize } from './fixed-order.ts';
import { endOf, type Job, type Placement } from './job.ts';
import { textOf } from './lot-size.ts';
import { newOrder, routingOf } from './new-order.ts';
import { orderAt, placementOf, workOf, workOfRouting, type Places } from './order-work.ts';
import { placeJobs, placeWell } from './place-jobs.ts';
import { daysBetween, plusDays, requirementsOf, type Requirement } from './requirements.ts';
import type { SchedulingProblem, SchedulingUnit, Unschedulable } from './scheduler.ts';
import { Shop } from './shop.ts';
import { WorkCenterTime } from './work-center-time.ts';

export interface RecalculationOptions {
  /** Days from now on of which demand counts. */
  readonly horizonDays: number;
  /** How many operations may be placed in search of a better sequence. */
  readonly placements: number;
}

/** What orders would be, and why. */
export interface Recalculated {
  /** Those that are other than before, and new ones, each with its unit. */
  readonly changed: readonly ChangedOrder[];
  readonly cannot: readonly Unschedulable[];
}

export interface ChangedOrder {
  readonly unit: SchedulingUnit;
  /** Undefined if it is new. */
  readonly before: ProductionOrder | undefined;
  readonly after: ProductionOrder;
  readonly reason: string;
}

/**
 * Makes supply follow demand in rounds, until a round changes nothing: what is proposed is where the next recalculation
 * would leave it, and what an order takes from others, such as its components, is seen in the next round.
 *
 * A round nets each unit ({@link requirementsOf}), fills the work centers with what stays, and places what has to come
 * earlier or later, is missing, or has no capacity where it is. An order is moved only if that brings it nearer to its need
 * by {@link WORTH_MOVING}. Yields every now and then.
 */
export function* recalculate(problem: SchedulingProblem, options: RecalculationOptions): Generator<void, Recalculated> {
  const state = new Recalculation(problem, options);
  let cannot: readonly Unschedulable[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const result = yield* state.round();
    cannot = result.cannot;
    if (!result.isChanged) break;
  }
  const known = new Set(
    [...problem.orders, ...problem.units.flatMap(({ facts }) => facts.makingOrders)].map(({ id }) => id),
  );
  return { changed: state.changed(), cannot: cannot.map((each) => withoutNew(each, known)) };
}

/** Nobody has heard of an order that is to be made. */
function withoutNew({ order, ...each }: Unschedulable, known: ReadonlySet<string>): Unschedulable {
  return { ...each, ...(order !== undefined && known.has(order) && { order }) };
}

/** Milliseconds by which a move has to bring an order nearer to its need. */
const WORTH_MOVING = 4 * 3_600_000;
const MOST_ROUNDS = 12;
/** Days behind the last day of which demand counts, and in which there is still room to be late. */
const ROOM_DAYS = 120;
const DAY_MS = 86_400_000;

/** One order, or one that is to be made, that has to be placed. */
interface Candidate extends Job {
  readonly unit: SchedulingUnit;
  /** Local date on which it is needed. */
  readonly neededOn: string;
  /** The last instant at which it is not late. */
  readonly latest: number;
  readonly order?: ProductionOrder;
  readonly quantity: Quantity;
  readonly routing: RoutingRecord | undefined;
  readonly reason: string;
}

interface Round {
  readonly isChanged: boolean;
  readonly cannot: readonly Unschedulable[];
}

class Recalculation {
  readonly #now: number;
  readonly #times: ReadonlyMap<string, WorkCenterTime>;
  readonly #alternates: ReadonlyMap<string, readonly string[]>;
  /** All orders as they would be. */
  readonly #orders: Map<string, ProductionOrder>;
  readonly #created = new Map<string, ProductionOrder[]>();
  readonly #reasons = new Map<string, string>();
  readonly #unitOf = new Map<string, SchedulingUnit>();
  readonly #until: string;
  #number = 1;

  constructor(
    readonly problem: SchedulingProblem,
    readonly options: RecalculationOptions,
  ) {
    const { now, units, orders, workCenters } = problem;
    this.#now = Date.parse(now);
    this.#until = plusDays(new Date(this.#now).toISOString().slice(0, 10), options.horizonDays);
    const open = [...orders, ...units.flatMap(({ facts }) => facts.makingOrders)];
    this.#orders = new Map(open.filter(({ state }) => isBefore(state, 'CONFIRMED')).map((order) => [order.id, order]));
    const from = Math.min(this.#now, ...[...this.#orders.values()].map((order) => Date.parse(order.scheduledStart)));
    const to = this.#now + (options.horizonDays + ROOM_DAYS) * DAY_MS;
    this.#times = new Map(workCenters.map(({ code, capacity }) => [code, new WorkCenterTime(capacity, from, to)]));
    this.#alternates = new Map(workCenters.map(({ code, alternates }) => [code, alternates]));
    for (const unit of units) for (const { id } of unit.facts.makingOrders) this.#unitOf.set(id, unit);
  }

  *round(): Generator<void, Round> {
    const places = this.#emptyPlaces();
    const cannot: Unschedulable[] = [];
    const moves = new Map<string, Candidate>();
    const toPlace: Candidate[] = [];
    const needs = new Map<string, string>();
    for (const unit of this.problem.units) {
      const facts = this.#factsOf(unit);
      for (const requirement of this.#requirementsOf(unit, facts)) {
        if (requirement.kind === 'KEEP') {
          needs.set(requirement.order.id, requirement.neededOn);
          continue;
        }
        const candidate = this.#candidateOf(requirement, unit, facts, places);
        if ('cannot' in candidate) cannot.push(candidate.cannot);
        else if (candidate.order && candidate.quantity === candidate.order.quantity) moves.set(candidate.id, candidate);
        else toPlace.push(candidate);
      }
      yield;
    }
    toPlace.push(...this.#fill(places, moves, needs, new Set(toPlace.map(({ id }) => id))));
    yield;
    const moved = this.#moveAlone(places, moves, cannot);
    const jobs = [...moved.keys(), ...toPlace];
    const placed = placeJobs(toPlace, places.shop);
    const schedule = yield* placeWell(jobs, [...moved.values(), ...placed], places.shop, this.options.placements);
    let isChanged = false;
    jobs.forEach((job, index) => {
      const placement = schedule[index];
      if (placement) isChanged = this.#apply(job, placement) || isChanged;
      else
        cannot.push(
          cannotOf(
            job,
            `There is no room for ${textOf(job.quantity)} needed on ${job.neededOn} before ${this.#until}.`,
          ),
        );
    });
    return { isChanged, cannot };
  }

  changed(): ChangedOrder[] {
    const before = new Map(this.problem.orders.map((order) => [order.id, order]));
    for (const { facts } of this.problem.units) for (const order of facts.makingOrders) before.set(order.id, order);
    return [...this.#reasons].flatMap(([id, reason]): ChangedOrder[] => {
      const [unit, after] = [this.#unitOf.get(id), this.#orders.get(id)];
      const old = before.get(id);
      return unit && after && !(old && isSame(old, after)) ? [{ unit, before: old, after, reason }] : [];
    });
  }

  #emptyPlaces(): Places {
    const shop = new Shop(this.#times);
    for (const { code, away } of this.problem.workCenters) {
      for (const { from, to } of away) shop.block(code, Date.parse(from), Date.parse(to));
    }
    return { shop, alternates: this.#alternates };
  }

  /** With orders as they would be. */
  #factsOf({ facts }: SchedulingUnit): UnitFacts {
    const current = (order: ProductionOrder) => this.#orders.get(order.id) ?? order;
    const created = [...this.#created.values()].flat();
    const needs = ({ location, components }: ProductionOrder) =>
      location === facts.location && components.some(({ sku }) => sku === facts.sku);
    return {
      ...facts,
      makingOrders: [...facts.makingOrders.map(current), ...(this.#created.get(keyOf(facts)) ?? []).map(current)],
      consumingOrders: [...facts.consumingOrders.map(current), ...created.map(current).filter(needs)],
    };
  }

  #requirementsOf(unit: SchedulingUnit, facts: UnitFacts): Requirement[] {
    return requirementsOf(facts, {
      now: this.problem.now,
      until: this.#until,
      soonest: localDateAt(timeZoneOf(facts), new Date(this.#earliestOf(unit)).toISOString()),
      fixedBecause: (order) => fixedBecause(order, unit, this.problem.now),
      mayResize,
      routing: routingOf(facts),
    });
  }

  #earliestOf({ frozenUntil }: SchedulingUnit): number {
    return Math.max(this.#now, Date.parse(frozenUntil));
  }

  #candidateOf(
    requirement: Exclude<Requirement, { kind: 'KEEP' }>,
    unit: SchedulingUnit,
    facts: UnitFacts,
    places: Places,
  ): Candidate | { readonly cannot: Unschedulable } {
    const { sku, location } = facts;
    const { reason } = requirement;
    if (requirement.kind === 'CANNOT') {
      return {
        cannot: { sku, location, ...(requirement.order !== undefined && { order: requirement.order }), reason },
      };
    }
    const { neededOn } = requirement;
    const common = {
      unit,
      neededOn,
      reason,
      earliest: this.#earliestOf(unit),
      ...dayOf(neededOn, facts),
    };
    const routing = routingOf(facts);
    if (requirement.kind === 'CHANGE') {
      const { order, quantity = order.quantity } = requirement;
      const operations = workOf(order, routingFor(order, facts), places, quantity);
      return { ...common, id: order.id, order, quantity, routing, operations };
    }
    const { quantity } = requirement;
    if (!routing && facts.makingOrders.length === 0 && facts.billsOfMaterial.length === 0) {
      return { cannot: { sku, location, reason: `${reason} Nobody told how it is made: it has to be bought.` } };
    }
    const id = `new ${this.#number++} of ${keyOf(facts)}`;
    const elapsed = (facts.itemLocation?.leadTimeDays ?? 0) * DAY_MS;
    const operations = routing
      ? workOfRouting(routing, quantity, places)
      : [{ sequence: 0, places: [], elapsed, units: 1, wait: 0 }];
    return { ...common, id, quantity, routing, operations };
  }

  /** Fills work centers with everything where it is, what must not move first; answers what does not fit there. */
  #fill(
    { shop, alternates }: Places,
    moves: Map<string, Candidate>,
    needs: ReadonlyMap<string, string>,
    elsewhere: ReadonlySet<string>,
  ): Candidate[] {
    const places = { shop, alternates };
    const displaced: Candidate[] = [];
    const movable: { order: ProductionOrder; unit: SchedulingUnit }[] = [];
    for (const order of this.#orders.values()) {
      const unit = this.#unitOf.get(order.id);
      if (elsewhere.has(order.id)) continue;
      if (unit && fixedBecause(order, unit, this.problem.now) === undefined) movable.push({ order, unit });
      else take(order, this.#workOf(order, places), places);
    }
    movable.sort((a, b) => (keyOfStart(a.order) < keyOfStart(b.order) ? -1 : 1));
    for (const { order, unit } of movable) {
      const work = this.#workOf(order, places);
      const placement = placementOf(order, work, places);
      if (!placement) continue;
      if (shop.fits(work, placement)) {
        shop.take(work, placement);
        continue;
      }
      const move = moves.get(order.id);
      moves.delete(order.id);
      displaced.push(move ?? this.#displaced(order, unit, work, needs.get(order.id)));
    }
    return displaced;
  }

  #displaced(
    order: ProductionOrder,
    unit: SchedulingUnit,
    operations: Job['operations'],
    needed: string | undefined,
  ): Candidate {
    const endsOn = localDateAt(timeZoneOf(unit.facts), order.scheduledEnd);
    const neededOn = needed !== undefined && needed > endsOn ? needed : endsOn;
    const day = dayOf(neededOn, unit.facts);
    return {
      id: order.id,
      unit,
      order,
      operations,
      earliest: this.#earliestOf(unit),
      due: Math.max(Date.parse(order.scheduledEnd), day.due),
      latest: day.latest,
      neededOn,
      quantity: order.quantity,
      routing: undefined,
      reason: `${order.workCenters.join(', ')}: there is no capacity for it where it is.`,
    };
  }

  #workOf(order: ProductionOrder, places: Places) {
    const unit = this.#unitOf.get(order.id);
    return workOf(order, unit && routingFor(order, unit.facts), places);
  }

  /** Moves one order after the other where that is worth it, all others where they are. */
  #moveAlone(
    places: Places,
    moves: ReadonlyMap<string, Candidate>,
    cannot: Unschedulable[],
  ): Map<Candidate, Placement> {
    const { shop } = places;
    const moved = new Map<Candidate, Placement>();
    for (const job of [...moves.values()].sort(byDue)) {
      const old = job.order && placementOf(job.order, job.operations, places);
      if (!old) continue;
      shop.giveBack(job.operations, old);
      const alone = shop.backward(job, job.due) ?? shop.forward(job);
      if (alone && isWorth(job, old, alone)) {
        shop.take(job.operations, alone);
        moved.set(job, alone);
      } else {
        shop.take(job.operations, old);
        if (endOf(old) > job.latest) cannot.push(this.#late(job, old));
      }
    }
    return moved;
  }

  #late(job: Candidate, placement: Placement): Unschedulable {
    const on = localDateAt(timeZoneOf(job.unit.facts), new Date(endOf(placement)).toISOString());
    const late = daysBetween(job.neededOn, on);
    let from = job.earliest;
    let longest = { waits: 0, why: 'its operations take until then' };
    placement.forEach(({ start, end, place }, index) => {
      const operation = job.operations[index];
      const waits = start - from - (operation?.wait ?? 0);
      if (place && waits > longest.waits) longest = { waits, why: `${place.workCenter} has no room for it before` };
      from = end;
    });
    const what = `${textOf(job.quantity)} needed on ${job.neededOn} are there on ${on}, ${late} days late`;
    return cannotOf(job, `${what}: ${longest.why}.`);
  }

  /** Answers whether anything is other than before. */
  #apply(job: Candidate, placement: Placement): boolean {
    const { id, order, unit, quantity, operations } = job;
    const after = order
      ? orderAt(order, placement, quantity)
      : newOrder(id, unit.facts, job.routing, quantity, operations, placement);
    if (order && isSame(order, after)) return false;
    this.#orders.set(id, after);
    if (!this.#reasons.has(id)) this.#reasons.set(id, job.reason);
    if (order) return true;
    this.#unitOf.set(id, unit);
    const key = keyOf(unit.facts);
    this.#created.set(key, [...(this.#created.get(key) ?? []), after]);
    return true;
  }
}

/** What is needed on a day should be there when it begins, and is late when it has ended. */
function dayOf(neededOn: string, facts: UnitFacts): Pick<Candidate, 'due' | 'latest'> {
  const { from, to } = localDays(timeZoneOf(facts), neededOn, plusDays(neededOn, 1));
  return { due: Date.parse(from), latest: Date.parse(to) };
}

function isSame(one: ProductionOrder, other: ProductionOrder): boolean {
  const scheduleOf = ({ scheduledStart, scheduledEnd, quantity, operations }: ProductionOrder) =>
    JSON.stringify([scheduledStart, scheduledEnd, quantity, operations]);
  return scheduleOf(one) === scheduleOf(other);
}

function take(order: ProductionOrder, work: Job['operations'], places: Places): void {
  const placement = placementOf(order, work, places);
  if (placement) places.shop.take(work, placement);
}

/** Nearer to its need by enough: less late, or, if neither is late, less early. */
function isWorth({ due, latest }: Candidate, old: Placement, alone: Placement): boolean {
  const late = (placement: Placement) => Math.max(0, endOf(placement) - latest);
  const early = (placement: Placement) => Math.max(0, due - endOf(placement));
  if (late(old) - late(alone) > WORTH_MOVING) return true;
  return late(alone) === 0 && (late(old) > 0 || early(old) - early(alone) > WORTH_MOVING);
}

function cannotOf({ unit, order }: Candidate, reason: string): Unschedulable {
  const { sku, location } = unit.facts;
  return { sku, location, ...(order && { order: order.id }), reason };
}

function routingFor({ routing }: ProductionOrder, { routings }: UnitFacts): RoutingRecord | undefined {
  return routings.find(({ id }) => id === routing);
}

function keyOf({ sku, location }: UnitFacts): string {
  return `${sku}@${location}`;
}

function keyOfStart({ scheduledStart, id }: ProductionOrder): string {
  return `${scheduledStart} ${id}`;
}

function keyOfMove({ id, order }: Candidate): string {
  return order ? keyOfStart(order) : id;
}

function byDue(a: Candidate, b: Candidate): number {
  return a.due - b.due || (keyOfMove(a) < keyOfMove(b) ? -1 : 1);
}
