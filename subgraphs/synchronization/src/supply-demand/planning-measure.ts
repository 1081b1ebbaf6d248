import { convert, type Quantity } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';

/** Something that is told in a unit from which the product has no way to the one that it is planned in. */
export interface UnitProblem {
  readonly kind: SupplyDemandSource;
  /** Of what is told so: of an order, a schedule line, a transfer or a forecast series. */
  readonly id: string;
  readonly unit: string;
  /** As a planner would say it. */
  readonly message: string;
}

export const SUPPLY_DEMAND_SOURCES = [
  'STOCK',
  'SAFETY_STOCK',
  'FORECAST',
  'CUSTOMER_ORDER',
  'COMPONENT',
  'PRODUCTION_ORDER',
  'SUPPLIER_COMMITMENT',
  'TRANSFER_ORDER',
] as const;
type SupplyDemandSource = (typeof SUPPLY_DEMAND_SOURCES)[number];

/** Brings quantities into the unit in which an item is planned, and keeps what it could not. */
export interface PlanningMeasure {
  readonly unit: string;
  readonly problems: readonly UnitProblem[];
  /** Undefined, and a problem more, where there is no conversion. */
  measure(quantity: Quantity, kind: SupplyDemandSource, id: string): Quantity | undefined;
}

/**
 * An item is planned in its base unit; if no product record says which that is, in the unit of its stock, else of the
 * first of its orders, lines or forecasts. Undefined if there is none: then there is nothing to plan.
 */
export function planningMeasure(facts: UnitFacts): PlanningMeasure | undefined {
  const unit = unitOf(facts);
  if (unit === undefined) return undefined;
  const problems: UnitProblem[] = [];
  const conversions = [
    ...(facts.product?.unitConversions ?? []),
    ...(facts.product ? [{ unit: facts.product.baseUnit, numerator: '1', denominator: '1' }] : []),
  ];
  return {
    unit,
    problems,
    measure: (quantity, kind, id) => {
      try {
        return convert(quantity, unit, conversions);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        const message = `${quantity.value} ${quantity.unit} of ${facts.sku} cannot be counted in ${unit}: ${error.message}`;
        if (!problems.some((known) => known.kind === kind && known.id === id)) {
          problems.push({ kind, id, unit: quantity.unit, message });
        }
        return undefined;
      }
    },
  };
}

function unitOf(facts: UnitFacts): string | undefined {
  const { product, stock, makingOrders, consumingOrders, customerOrders, forecasts, commitments } = facts;
  const components = consumingOrders.flatMap((order) => order.components.filter(({ sku }) => sku === facts.sku));
  const transfers = [...facts.arriving, ...facts.leaving];
  return (
    product?.baseUnit ??
    stock?.unit ??
    [
      ...[...makingOrders, ...customerOrders, ...transfers].map(({ quantity }) => quantity.unit),
      ...forecasts.map(({ unit }) => unit),
      ...[...components, ...commitments].map(({ required }) => required.unit),
    ][0]
  );
}
