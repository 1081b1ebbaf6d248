import { plannable } from '@takt/inventory/contract';
import { quantity, type Quantity } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { demandsOf, type Demand, type DemandQuestion } from './demand.ts';
import { planningMeasure, type PlanningMeasure } from './planning-measure.ts';
import { receiptsOf, type Receipt } from './receipt.ts';

/** All that is known of the supply and demand of an item at a location, each entry on its day, in one unit. */
export interface SupplyPlan {
  readonly measure: PlanningMeasure;
  readonly today: string;
  /** What planning may count on today: quality-inspection stock included, blocked stock not. */
  readonly stock: Quantity;
  /** As the planner set it, else as the stock's source told it. */
  readonly safetyStock?: Quantity;
  readonly demands: readonly Demand[];
  readonly receipts: readonly Receipt[];
}

/** Undefined if nothing is known of the item at the location in any unit. */
export function supplyPlan(facts: UnitFacts, question: DemandQuestion): SupplyPlan | undefined {
  const measure = planningMeasure(facts);
  if (!measure) return undefined;
  const { stock, itemLocation, sku } = facts;
  const safety = itemLocation?.safetyStock ?? stock?.safetyStock;
  const safetyStock = safety && measure.measure(safety, 'SAFETY_STOCK', sku);
  return {
    measure,
    today: question.today,
    stock: (stock && measure.measure(plannable(stock), 'STOCK', sku)) ?? quantity('0', measure.unit),
    ...(safetyStock && { safetyStock }),
    demands: demandsOf(facts, measure, question),
    receipts: receiptsOf(facts, measure, question.today),
  };
}
