import { isBefore } from '@takt/production-orders/contract';
import { compare, quantity, subtract, sum } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { pegging } from './pegging.ts';
import { supplyPlan } from './supply-plan.ts';

/**
 * Ids of orders that are still to begin and that nothing needs before `to`: no demand is met from them, and what is left
 * without them is the safety stock at least. The last one first.
 */
export function unneededOrders(facts: UnitFacts, { today, to }: { today: string; to: string }): string[] {
  const plan = supplyPlan(facts, { today, until: to });
  const pegged = pegging(facts, { today, from: today, to, granularity: 'WEEK' });
  if (!plan || !pegged) return [];
  const { stock, receipts, demands, measure, safetyStock = quantity('0', measure.unit) } = plan;
  const used = new Set(pegged.demands.flatMap(({ covers }) => covers.map(({ id }) => id)));
  const waiting = new Set(facts.makingOrders.flatMap(({ id, state }) => (isBefore(state, 'IN_PROGRESS') ? [id] : [])));
  const all = sum([stock, ...receipts.map((each) => each.quantity)], measure.unit);
  const needed = sum([safetyStock, ...demands.map((each) => each.quantity)], measure.unit);
  let spare = subtract(all, needed);
  return receipts
    .filter(({ kind, id }) => kind === 'PRODUCTION_ORDER' && waiting.has(id) && !used.has(id))
    .sort((one, other) => (one.on > other.on ? -1 : 1))
    .flatMap((receipt) => {
      if (compare(spare, receipt.quantity) < 0) return [];
      spare = subtract(spare, receipt.quantity);
      return [receipt.id];
    });
}
