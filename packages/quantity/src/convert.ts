import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { canonical, DecimalSchema, Exact } from './decimal.ts';
import { UnknownUnitError } from './errors.ts';
import type { Quantity } from './quantity.ts';

/** One `unit` is `numerator / denominator` of the item's base unit; the base unit itself is 1/1. */
export type UnitConversion = Static<typeof UnitConversionSchema>;

export const UnitConversionSchema = Type.Object(
  {
    unit: Type.String({ minLength: 1, maxLength: 20 }),
    numerator: DecimalSchema,
    denominator: DecimalSchema,
  },
  { additionalProperties: false },
);

/**
 * The same amount in another unit, by way of the base unit. Multiplies before it divides, so that only what does not
 * terminate is rounded: to 20 decimals, half to even.
 *
 * Throws {@link UnknownUnitError} unless both units (also the base unit) are among the conversions, and a RangeError for a
 * conversion by zero or less.
 */
export function convert(quantity: Quantity, toUnit: string, conversions: readonly UnitConversion[]): Quantity {
  if (quantity.unit === toUnit) return quantity;
  const from = find(quantity.unit, conversions);
  const to = find(toUnit, conversions);
  const dividend = new Exact(quantity.value).times(from.numerator).times(to.denominator);
  return { value: canonical(dividend.div(new Exact(from.denominator).times(to.numerator))), unit: toUnit };
}

function find(unit: string, conversions: readonly UnitConversion[]): UnitConversion {
  const found = conversions.find((conversion) => conversion.unit === unit);
  if (found === undefined) {
    throw new UnknownUnitError(
      unit,
      conversions.map((conversion) => conversion.unit),
    );
  }
  if (!isPositive(found.numerator) || !isPositive(found.denominator)) {
    throw new RangeError(`The conversion of ${unit} must be a ratio of positive numbers.`);
  }
  return found;
}

function isPositive(value: string): boolean {
  return new Exact(value).gt(0);
}
