import { bucketEnd, bucketsBetween, bucketStart, type Granularity } from '@takt/planning-time';
import { add, compare, max, min, negate, quantity, subtract, sum, type Quantity } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { phasedForecast, type Demand, type DemandQuestion } from './demand.ts';
import type { UnitProblem } from './planning-measure.ts';
import { supplyPlan, type SupplyPlan } from './supply-plan.ts';

export interface SupplyDemandQuestion extends Omit<DemandQuestion, 'until' | 'wholeWeeks'> {
  /** Whole buckets that share a day with [from, to); those that ended before today are left out. */
  readonly from: string;
  readonly to: string;
  readonly granularity: Granularity;
}

export interface SupplyDemand {
  /** Of all quantities. */
  readonly unit: string;
  /** Projected available balance before the first bucket; if that is today's, the stock. */
  readonly openingBalance: Quantity;
  readonly safetyStock?: Quantity;
  /** In order of time, without gaps. */
  readonly buckets: readonly SupplyDemandBucket[];
  /** What the figures leave out because of its unit. */
  readonly problems: readonly UnitProblem[];
}

export interface SupplyDemandBucket {
  readonly bucketStart: string;
  /** First day after it. */
  readonly bucketEnd: string;
  /** As it is forecast, whatever was ordered of it. */
  readonly forecast: Quantity;
  readonly netForecast: Quantity;
  readonly customerOrders: Quantity;
  /** Components for production orders, and what leaves for other locations. */
  readonly dependentDemand: Quantity;
  readonly grossDemand: Quantity;
  readonly netDemand: Quantity;
  readonly scheduledReceipts: Quantity;
  readonly plannedReceipts: Quantity;
  /** At its end; negative while more is needed than there is. */
  readonly projectedAvailableBalance: Quantity;
  /** Negative where more is promised than there will be. */
  readonly availableToPromise: Quantity;
  readonly shortage: Quantity;
  readonly belowSafetyStock: boolean;
}

/**
 * The time-phased record of an item at a location. Everything counts on its day in the location's time zone, what is
 * past due today; a bucket is the sum of its days, so that days, weeks and months agree.
 *
 * - Gross demand = forecast + open customer orders + dependent demand: what is ordered of a forecast counts twice.
 * - Net demand = net forecast + open customer orders + dependent demand, where the net forecast is what orders left of
 *   it: of both together, the greater counts.
 * - Projected available balance(t) = balance(t − 1) + scheduled receipts(t) + planned receipts(t) − net demand(t), from
 *   the stock that planning may count on.
 * - Available to promise(t) = the least, from the end of the bucket on, of stock + scheduled receipts − committed demand,
 *   each cumulated to that day: what is short later is taken from what could be promised earlier, and until the next
 *   receipt nothing is added. Forecasts, planned receipts and what planned orders need do not count. It looks at all
 *   that is known, beyond `to` as well.
 * - Shortage(t) = min(net demand(t), −balance(t)), not below zero: what of the bucket's demand is not met at its end if
 *   what is due earlier is served first.
 *
 * Sources: the time-phased record of MRP as in the APICS Dictionary (*projected available balance*, *scheduled
 * receipt*, *available-to-promise*: cumulative, with look-ahead) and Vollmann, Berry, Whybark & Jacobs, *Manufacturing
 * Planning and Control for Supply Chain Management*; net forecast as in
 * https://frepple.com/docs/current/examples/forecasting/forecast-netting.php.
 *
 * Undefined if nothing is known of the item at the location. Throws a RangeError for a date that does not exist and for
 * more than 20,000 days.
 */
export function supplyDemand(facts: UnitFacts, question: SupplyDemandQuestion): SupplyDemand | undefined {
  const { from, to, granularity, today } = question;
  const starts = from < to ? bucketsBetween(today, to, granularity) : [];
  const last = starts.at(-1);
  const until = last === undefined ? today : bucketEnd(last, granularity);
  const phasing = { ...question, until, wholeWeeks: granularity === 'WEEK' };
  const plan = supplyPlan(facts, phasing);
  if (!plan) return undefined;
  const { measure, safetyStock, stock } = plan;
  const { unit, problems } = measure;
  const flows = flowsByBucket(plan, phasedForecast(facts, measure, { ...phasing, asked: 'TOTAL' }), granularity);
  const promisable = promisableBy(plan);

  let openingBalance = stock;
  let balance = stock;
  const buckets: SupplyDemandBucket[] = [];
  for (const start of starts) {
    const end = bucketEnd(start, granularity);
    const totals = totalsOf(flows.get(start), unit);
    balance = subtract(sum([balance, totals.scheduledReceipts, totals.plannedReceipts], unit), totals.netDemand);
    if (end <= from) {
      openingBalance = balance;
      continue;
    }
    buckets.push({
      bucketStart: start,
      bucketEnd: end,
      ...totals,
      projectedAvailableBalance: balance,
      availableToPromise: promisable(end),
      shortage: max(min(totals.netDemand, negate(balance)), quantity('0', unit)),
      belowSafetyStock: safetyStock !== undefined && compare(balance, safetyStock) < 0,
    });
  }
  return { unit, openingBalance, ...(safetyStock && { safetyStock }), buckets, problems };
}

interface Flows {
  readonly forecast: Quantity[];
  readonly netForecast: Quantity[];
  readonly customerOrders: Quantity[];
  readonly dependentDemand: Quantity[];
  readonly scheduledReceipts: Quantity[];
  readonly plannedReceipts: Quantity[];
}

const DEMAND_FLOW = {
  CUSTOMER_ORDER: 'customerOrders',
  FORECAST: 'netForecast',
  COMPONENT: 'dependentDemand',
  TRANSFER_ORDER: 'dependentDemand',
} as const satisfies Record<Demand['kind'], keyof Flows>;

function flowsByBucket(
  { demands, receipts }: SupplyPlan,
  forecast: ReturnType<typeof phasedForecast>,
  granularity: Granularity,
): ReadonlyMap<string, Flows> {
  const flows = new Map<string, Flows>();
  const put = (on: string, flow: keyof Flows, amount: Quantity) => {
    const start = bucketStart(on, granularity);
    const known = flows.get(start) ?? noFlows();
    flows.set(start, known);
    known[flow].push(amount);
  };
  for (const each of forecast) put(each.on, 'forecast', each.quantity);
  for (const each of demands) put(each.on, DEMAND_FLOW[each.kind], each.quantity);
  for (const each of receipts) put(each.on, each.scheduled ? 'scheduledReceipts' : 'plannedReceipts', each.quantity);
  return flows;
}

function noFlows(): Flows {
  return {
    forecast: [],
    netForecast: [],
    customerOrders: [],
    dependentDemand: [],
    scheduledReceipts: [],
    plannedReceipts: [],
  };
}

function totalsOf(flows: Flows = noFlows(), unit: string) {
  const forecast = sum(flows.forecast, unit);
  const netForecast = sum(flows.netForecast, unit);
  const customerOrders = sum(flows.customerOrders, unit);
  const dependentDemand = sum(flows.dependentDemand, unit);
  return {
    forecast,
    netForecast,
    customerOrders,
    dependentDemand,
    grossDemand: sum([forecast, customerOrders, dependentDemand], unit),
    netDemand: sum([netForecast, customerOrders, dependentDemand], unit),
    scheduledReceipts: sum(flows.scheduledReceipts, unit),
    plannedReceipts: sum(flows.plannedReceipts, unit),
  };
}

/** Available to promise until before a day. */
function promisableBy({ stock, demands, receipts }: SupplyPlan): (end: string) => Quantity {
  const changes = [
    ...receipts.filter(({ scheduled }) => scheduled),
    ...demands.filter(({ committed }) => committed).map((each) => ({ ...each, quantity: negate(each.quantity) })),
  ].sort((a, b) => (a.on === b.on ? 0 : a.on < b.on ? -1 : 1));
  const days: { readonly on: string; readonly left: Quantity }[] = [];
  let left = stock;
  for (const { on, quantity: change } of changes) {
    left = add(left, change);
    if (days.at(-1)?.on === on) days.pop();
    days.push({ on, left });
  }
  const leastFrom = days.map(({ left: there }) => there);
  for (let index = leastFrom.length - 2; index >= 0; index--) {
    leastFrom[index] = min(leastFrom[index] as Quantity, leastFrom[index + 1] as Quantity);
  }
  return (end) => {
    const next = days.findIndex(({ on }) => on >= end);
    const before = next === -1 ? days.at(-1) : days[next - 1];
    const then = before?.left ?? stock;
    const later = leastFrom[next];
    return later ? min(then, later) : then;
  };
}
