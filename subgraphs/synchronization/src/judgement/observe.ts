import { bucketStart, localDateAt } from '@takt/planning-time';
import { add } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { orderedByWeek, timeZoneOf } from '../supply-demand/demand.ts';
import { planningMeasure } from '../supply-demand/planning-measure.ts';
import { supplyDemand, type SupplyDemandBucket } from '../supply-demand/supply-demand.ts';
import { fencesOf } from './fences.ts';
import { lateMinutes, type Hindrances } from './lateness.ts';
import type { Observation, Trigger, Week } from './observation.ts';
import { utilizationAfter, type LoadView } from './utilization.ts';

export interface Surroundings extends Pick<Hindrances, 'now' | 'workCenters'> {
  readonly load: LoadView;
  /** `system/instance` of those that cannot be reached now. */
  readonly away: ReadonlySet<string>;
  readonly triggers: readonly Trigger[];
}

/** Weeks that are looked at, this one included. */
export const HORIZON_WEEKS = 78;

/**
 * An item at a location as it stands now. Undefined if nothing is known of it: there is no unit to count it in.
 */
export function observe(facts: UnitFacts, surroundings: Surroundings): Observation | undefined {
  const { now, away, triggers } = surroundings;
  const { sku, location, product, itemLocation, place } = facts;
  const timeZone = timeZoneOf(facts);
  const today = localDateAt(timeZone, now);
  const horizon = { from: today, to: dayAfter(bucketStart(today, 'WEEK'), HORIZON_WEEKS * 7) };
  const picture = supplyDemand(facts, { ...horizon, granularity: 'WEEK', today });
  if (!picture) return undefined;
  const { planner } = itemLocation ?? {};
  const stale = (facts.forecastSources ?? []).filter((system) => away.has(system));
  return {
    sku,
    location,
    unit: picture.unit,
    observedAt: now,
    today,
    ...fencesOf(facts, today, horizon.to),
    criticality: product?.criticality ?? 'NORMAL',
    refreshClass: itemLocation?.refreshClass ?? 'STABLE',
    bought: isBought(facts),
    ...(product?.family !== undefined && { family: product.family }),
    ...(place?.region !== undefined && { region: place.region }),
    ...(planner !== undefined && { planner }),
    away: ownersOf(facts).filter((system) => away.has(system)),
    ...(stale.length > 0 && { stale }),
    weeks: weeksOf(facts, picture.buckets, { ...surroundings, timeZone, today }),
    triggers: triggers.slice(0, MOST_TRIGGERS),
  };
}

/** Codes of the work centers that make the item, by its routings and its open orders. */
export function madeAt({ routings, makingOrders }: UnitFacts): string[] {
  const planned = routings.flatMap(({ operations }) => operations.flatMap(({ workCenters }) => workCenters));
  return [...new Set([...planned.map(({ code }) => code), ...makingOrders.flatMap(({ workCenters }) => workCenters)])];
}

/** Bought, and neither made here nor brought from elsewhere. */
function isBought({ product, billsOfMaterial, routings, makingOrders }: UnitFacts): boolean {
  if (product?.procurement !== undefined && product.procurement !== 'MAKE_OR_BUY') return product.procurement === 'BUY';
  return billsOfMaterial.length + routings.length + makingOrders.length === 0;
}

/** Backing systems that would have to take what changes: owners of orders that make it and are not over. */
function ownersOf({ makingOrders }: UnitFacts): string[] {
  const open = makingOrders.filter(({ state }) => state !== 'CLOSED' && state !== 'CANCELLED');
  return [...new Set(open.flatMap(({ ownerSystem }) => ownerSystem ?? []))].sort();
}

interface Surrounded extends Surroundings {
  readonly timeZone: string;
  readonly today: string;
}

function weeksOf(facts: UnitFacts, buckets: readonly SupplyDemandBucket[], surrounded: Surrounded): Week[] {
  const late = lateByWeek(facts, surrounded);
  const priorities = prioritiesByWeek(facts, surrounded);
  const measure = planningMeasure(facts);
  const ordered = measure && orderedByWeek(facts, measure);
  return buckets.flatMap(({ bucketStart: week, netForecast, shortage }): Week[] => {
    const lateInWeek = late.get(week) ?? 0;
    const inOrders = ordered?.get(week);
    const demand = inOrders ? add(netForecast, inOrders) : netForecast;
    if (demand.value === '0' && shortage.value === '0' && lateInWeek === 0) return [];
    const utilization = utilizationAfter(facts.routings, Number(shortage.value), week, surrounded.load);
    const priority = priorities.get(week);
    return [
      {
        week,
        demand: demand.value,
        shortage: shortage.value,
        lateMinutes: lateInWeek,
        ...(utilization !== undefined && { utilizationPercent: utilization }),
        ...(priority !== undefined && { customerPriority: priority }),
      },
    ];
  });
}

function lateByWeek({ makingOrders }: UnitFacts, surrounded: Surrounded): ReadonlyMap<string, number> {
  const late = new Map<string, number>();
  for (const order of makingOrders) {
    const minutes = lateMinutes(order, surrounded);
    if (minutes === 0) continue;
    const week = weekOf(order.scheduledEnd, surrounded);
    late.set(week, (late.get(week) ?? 0) + minutes);
  }
  return late;
}

function prioritiesByWeek({ customerOrders }: UnitFacts, surrounded: Surrounded): ReadonlyMap<string, number> {
  const priorities = new Map<string, number>();
  for (const { status, dueAt, priority } of customerOrders) {
    if (status !== 'OPEN' || priority === undefined) continue;
    const week = weekOf(dueAt, surrounded);
    priorities.set(week, Math.min(priorities.get(week) ?? Infinity, priority));
  }
  return priorities;
}

/** Monday of the week that an instant lies in; what is past due counts today. */
function weekOf(instant: string, { timeZone, today }: Surrounded): string {
  const date = localDateAt(timeZone, instant);
  return bucketStart(date < today ? today : date, 'WEEK');
}

function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const MOST_TRIGGERS = 10;
