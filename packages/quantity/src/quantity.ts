import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import type Big from 'big.js';
import { canonical, decimal, DecimalSchema, Exact, MOST_DECIMALS } from './decimal.ts';
import { UnitMismatchError } from './errors.ts';

/** An exact amount of a unit; the value is a canonical decimal, see {@link decimal}. */
export type Quantity = Static<typeof QuantitySchema>;

export const QuantitySchema = Type.Object(
  {
    value: DecimalSchema,
    unit: Type.String({ minLength: 1, maxLength: 20, description: 'Unit of measure, e.g. PC, KG, M.' }),
  },
  { additionalProperties: false },
);

/** Reads a quantity. Throws {@link InvalidDecimalError} for what is not a decimal and a RangeError for a bad unit. */
export function quantity(value: string | number, unit: string): Quantity {
  if (unit.length < 1 || unit.length > 20) throw new RangeError('A unit has between 1 and 20 characters.');
  return { value: decimal(value), unit };
}

/** Exact. Throws {@link UnitMismatchError}. */
export function add(left: Quantity, right: Quantity): Quantity {
  const unit = commonUnit(left, right);
  return { value: canonical(new Exact(left.value).plus(right.value)), unit };
}

/** Exact. Throws {@link UnitMismatchError}. */
export function subtract(left: Quantity, right: Quantity): Quantity {
  const unit = commonUnit(left, right);
  return { value: canonical(new Exact(left.value).minus(right.value)), unit };
}

/** Exact; the unit says what the sum of nothing is. Throws {@link UnitMismatchError} if a quantity has another unit. */
export function sum(quantities: Iterable<Quantity>, unit: string): Quantity {
  let first: Quantity | undefined;
  let total: Big | undefined;
  for (const each of quantities) {
    if (each.unit !== unit) throw new UnitMismatchError(unit, each.unit);
    if (first) total = (total ?? new Exact(first.value)).plus(each.value);
    else first = each;
  }
  return { value: total ? canonical(total) : (first?.value ?? '0'), unit };
}

/** Negative if left is smaller, 0 if equal, positive if greater. Throws {@link UnitMismatchError}. */
export function compare(left: Quantity, right: Quantity): -1 | 0 | 1 {
  commonUnit(left, right);
  return new Exact(left.value).cmp(right.value);
}

export function negate({ value, unit }: Quantity): Quantity {
  if (value === '0') return { value, unit };
  return { value: value.startsWith('-') ? value.slice(1) : `-${value}`, unit };
}

/** By a factor without unit, e.g. a quantity per or a scrap factor; at most 20 decimals, rounded half to even. */
export function multiply({ value, unit }: Quantity, factor: string | number): Quantity {
  const product = new Exact(value).times(decimal(factor));
  return { value: canonical(product.round(MOST_DECIMALS, Exact.roundHalfEven)), unit };
}

/** The least whole number of steps that is not less; exact. Throws {@link UnitMismatchError}, a RangeError unless the step is positive. */
export function roundUp(amount: Quantity, step: Quantity): Quantity {
  const unit = commonUnit(amount, step);
  const of = new Exact(step.value);
  if (!of.gt(0)) throw new RangeError('A step must be positive.');
  const over = new Exact(amount.value).mod(of);
  const down = new Exact(amount.value).minus(over);
  return { value: canonical(over.gt(0) ? down.plus(of) : down), unit };
}

export function isZero({ value }: Quantity): boolean {
  return value === '0';
}

/** Less than zero. */
export function isNegative({ value }: Quantity): boolean {
  return value.startsWith('-');
}

/** The greatest. Throws {@link UnitMismatchError}. */
export function max(first: Quantity, ...others: readonly Quantity[]): Quantity {
  return others.reduce((greatest, each) => (compare(each, greatest) > 0 ? each : greatest), first);
}

/** The least. Throws {@link UnitMismatchError}. */
export function min(first: Quantity, ...others: readonly Quantity[]): Quantity {
  return others.reduce((least, each) => (compare(each, least) < 0 ? each : least), first);
}

function commonUnit(left: Quantity, right: Quantity): string {
  if (left.unit !== right.unit) throw new UnitMismatchError(left.unit, right.unit);
  return left.unit;
}
