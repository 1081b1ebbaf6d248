import { bucketStart, type Granularity } from '@takt/planning-time';
import { isNegative, isZero, min, negate, subtract, sum, type Quantity } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { DEMAND_KINDS, type Demand, type DemandQuestion } from './demand.ts';
import type { UnitProblem } from './planning-measure.ts';
import { RECEIPT_KINDS, type Receipt, type ReceiptKind } from './receipt.ts';
import { supplyPlan, type SupplyPlan } from './supply-plan.ts';

export interface PeggingQuestion extends Omit<DemandQuestion, 'until' | 'wholeWeeks'> {
  /** Demands that count within [from, to). */
  readonly from: string;
  readonly to: string;
  /** Forecasts are taken together by such buckets: what is left of one has to be met by its last day. */
  readonly granularity: Granularity;
}

export interface Pegging {
  /** Of all quantities. */
  readonly unit: string;
  /** In the order in which they are served. */
  readonly demands: readonly PeggedDemand[];
  /** What is left out because of its unit. */
  readonly problems: readonly UnitProblem[];
}

/** A demand and what it is met from; `covers` and `uncovered` add up to its quantity. */
export interface PeggedDemand extends Demand {
  readonly covers: readonly Cover[];
  readonly uncovered: Quantity;
}

export interface Cover {
  readonly kind: 'STOCK' | ReceiptKind;
  /** Of the order, the schedule line or the transfer; none of stock. */
  readonly id?: string;
  /** What of it is for this demand. */
  readonly quantity: Quantity;
  readonly availableOn: string;
  /** It comes after the demand is due. */
  readonly late: boolean;
  readonly scheduled: boolean;
}

/**
 * Links each demand to what covers it. Demands are served by day, then priority, the lowest number first and what has none
 * last, then kind and id; they take stock first, then receipts by day, scheduled ones first. Stock below zero has to be
 * made up for before anything is covered: it takes of the receipts what it lacks. So what covers a demand late
 * is what comes next after all that was due before, and the same facts always give the same links.
 *
 * Source: full pegging, first in, first out, as in the APICS Dictionary (*pegging*, *full pegging*).
 *
 * Undefined if nothing is known of the item at the location.
 */
export function pegging(facts: UnitFacts, question: PeggingQuestion): Pegging | undefined {
  const { from, to, granularity } = question;
  const lastNeed = facts.consumingOrders.map(({ scheduledStart }) => scheduledStart.slice(0, 10)).reduce(later, to);
  const plan = supplyPlan(facts, { ...question, until: lastNeed });
  if (!plan) return undefined;
  const { unit, problems } = plan.measure;
  const demands = togetherByBucket(plan.demands, granularity).sort(byTurn);
  const pegged = peg(demands, suppliesOf(plan)).filter(({ on }) => on >= from && on < to);
  return { unit, demands: pegged, problems };
}

/** What an order needs of a component, as that component's own pegging has it. */
export function needsOf(order: string, { demands }: Pegging): readonly PeggedDemand[] {
  return demands.filter(({ kind, id }) => kind === 'COMPONENT' && id === order);
}

interface Supply extends Pick<Cover, 'kind' | 'id' | 'quantity' | 'scheduled'> {
  readonly on: string;
}

function peg(demands: readonly Demand[], supplies: readonly Supply[]): PeggedDemand[] {
  let next = 0;
  let left = supplies[0]?.quantity;
  return demands.map((demand) => {
    let uncovered = demand.quantity;
    const covers: Cover[] = [];
    while (!isZero(uncovered)) {
      const supply = supplies[next];
      if (!supply || !left) break;
      const { on, ...which } = supply;
      const taken = min(uncovered, left);
      covers.push({ ...which, quantity: taken, availableOn: on, late: on > demand.on });
      uncovered = subtract(uncovered, taken);
      left = subtract(left, taken);
      if (isZero(left)) left = supplies[++next]?.quantity;
    }
    return { ...demand, covers, uncovered };
  });
}

function suppliesOf({ stock, today, receipts }: SupplyPlan): Supply[] {
  const coming = [...receipts].sort(byArrival).map(({ kind, id, on, quantity, scheduled }) => {
    return { kind, id, on, quantity, scheduled };
  });
  if (isNegative(stock)) return without(negate(stock), coming);
  return isZero(stock) ? coming : [{ kind: 'STOCK', on: today, quantity: stock, scheduled: true }, ...coming];
}

/** What is left of supplies once so much of the first of them is taken. */
function without(amount: Quantity, supplies: readonly Supply[]): Supply[] {
  let missing = amount;
  return supplies.flatMap((supply) => {
    const taken = min(missing, supply.quantity);
    missing = subtract(missing, taken);
    const left = subtract(supply.quantity, taken);
    return isZero(left) ? [] : [{ ...supply, quantity: left }];
  });
}

function togetherByBucket(demands: readonly Demand[], granularity: Granularity): Demand[] {
  const others = demands.filter(({ kind }) => kind !== 'FORECAST');
  const buckets = new Map<string, Demand[]>();
  for (const demand of demands) {
    if (demand.kind !== 'FORECAST') continue;
    const start = bucketStart(demand.on, granularity);
    buckets.set(start, [...(buckets.get(start) ?? []), demand]);
  }
  const forecasts = [...buckets].map(([id, days]): Demand => {
    const on = days.map((day) => day.on).reduce(later);
    const quantities = days.map(({ quantity }) => quantity);
    const total = sum(quantities, quantities[0]?.unit ?? '');
    return { kind: 'FORECAST', id, dueOn: on, on, quantity: total, committed: false };
  });
  return [...others, ...forecasts];
}

const LAST = Number.MAX_SAFE_INTEGER;

function byTurn(a: Demand, b: Demand): number {
  return (
    compareText(a.on, b.on) ||
    (a.priority ?? LAST) - (b.priority ?? LAST) ||
    DEMAND_KINDS.indexOf(a.kind) - DEMAND_KINDS.indexOf(b.kind) ||
    compareText(a.id, b.id) ||
    (a.position ?? 0) - (b.position ?? 0)
  );
}

function byArrival(a: Receipt, b: Receipt): number {
  return (
    compareText(a.on, b.on) ||
    Number(b.scheduled) - Number(a.scheduled) ||
    RECEIPT_KINDS.indexOf(a.kind) - RECEIPT_KINDS.indexOf(b.kind) ||
    compareText(a.id, b.id)
  );
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}
