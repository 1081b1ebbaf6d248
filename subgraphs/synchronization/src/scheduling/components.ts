import type { ProductionOrder } from '@takt/production-orders/contract';
import type { BillOfMaterialRecord, RoutingRecord } from '@takt/products/contract';
import { convert, isZero, type Quantity } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { planningMeasure } from '../supply-demand/planning-measure.ts';
import { grossOf } from './lot-size.ts';

/**
 * What the bill of material asks for, which is valid on a date: base quantities of it times what a line takes, and what
 * is expected to be scrap of that; a fixed line takes the same whatever is made.
 *
 * Instead of a phantom it is what the phantom's own bill asks for, at the operation that takes the phantom, with positions
 * behind those of the order's bill. A phantom is asked for itself where it cannot be looked into: no bill of it is valid, its
 * bill is over another unit than the line, or it is part of itself.
 */
export function componentsOf(
  facts: UnitFacts,
  routing: RoutingRecord | undefined,
  over: Quantity,
  date: string,
): ProductionOrder['components'] {
  const bill = billOf(facts.billsOfMaterial, routing, date);
  const base = bill && planningMeasure(facts)?.measure(bill.baseQuantity, 'COMPONENT', bill.id);
  if (!bill || !base || isZero(base)) return [];
  const sequences = new Map(routing?.operations.map(({ id, sequence }) => [id, sequence]));
  const context = { date, sequences, phantomBills: facts.phantomBills ?? [] };
  let last = Math.max(...bill.lines.map(({ position }) => position));
  return linesOn(bill, date).flatMap((line) => {
    const needs = needsOf(line, { over, base, isPhantom: false }, context);
    return needs.map(({ isInPhantom, ...need }) => ({ position: isInPhantom ? ++last : line.position, ...need }));
  });
}

/** What one line asks for: its component, or what is in that. */
function needsOf(line: Line, { over, base, isPhantom, operation: above }: Making, context: Context): Need[] {
  const { component, quantity: per, fixed, scrapPercent = 0 } = line;
  const required = grossOf(fixed ? per : times(over, per, base), scrapPercent);
  const operation = context.sequences.get(line.operation ?? '') ?? above;
  const bill = line.phantom ? billInto(component, per.unit, context) : undefined;
  if (!bill) {
    return [{ isInPhantom: isPhantom, sku: component, required, ...(operation !== undefined && { operation }) }];
  }
  const making = { over: required, base: bill.baseQuantity, isPhantom: true, operation };
  return linesOn(bill, context.date).flatMap((inside) => needsOf(inside, making, context));
}

/** The bill by which a phantom can be looked into, which ends: it is not part of itself. */
function billInto(phantom: string, unit: string, context: Context): BillOfMaterialRecord | undefined {
  const bill = phantomBillOf(phantom, context);
  if (bill?.baseQuantity.unit !== unit || isZero(bill.baseQuantity)) return undefined;
  const below = new Set([phantom]);
  // A set hands out also what is added while it is gone through.
  for (const each of below) {
    const found = phantomBillOf(each, context);
    const inside = found ? linesOn(found, context.date).filter((line) => line.phantom) : [];
    for (const { component } of inside) {
      if (component === phantom) return undefined;
      below.add(component);
    }
  }
  return bill;
}

function phantomBillOf(phantom: string, { phantomBills, date }: Context): BillOfMaterialRecord | undefined {
  return billOf(
    phantomBills.filter(({ sku }) => sku === phantom),
    undefined,
    date,
  );
}

function billOf(bills: readonly BillOfMaterialRecord[], routing: RoutingRecord | undefined, date: string) {
  const valid = bills.filter(({ validFrom = '', validTo = '9999' }) => validFrom <= date && date < validTo);
  return valid.find((bill) => bill.routing !== undefined && bill.routing === routing?.id) ?? valid[0];
}

function linesOn({ lines }: BillOfMaterialRecord, date: string): Line[] {
  return lines.filter(
    ({ effectiveFrom = '', effectiveTo = '9999', quantity }) =>
      effectiveFrom <= date && date < effectiveTo && !isZero(quantity),
  );
}

function times(over: Quantity, per: Quantity, base: Quantity): Quantity {
  const ratio = [
    { unit: 'made', numerator: per.value, denominator: base.value },
    { unit: 'taken', numerator: '1', denominator: '1' },
  ];
  return { value: convert({ value: over.value, unit: 'made' }, 'taken', ratio).value, unit: per.unit };
}

type Line = BillOfMaterialRecord['lines'][number];

interface Need extends Omit<ProductionOrder['components'][number], 'position'> {
  readonly isInPhantom: boolean;
}

/** What is made by a bill: so much, while the bill is over `base`. */
interface Making {
  readonly over: Quantity;
  readonly base: Quantity;
  readonly isPhantom: boolean;
  /** Sequence of the operation that takes it. */
  readonly operation?: number | undefined;
}

interface Context {
  readonly date: string;
  /** Of the order's operations, by their ids. */
  readonly sequences: ReadonlyMap<string, number>;
  readonly phantomBills: readonly BillOfMaterialRecord[];
}
