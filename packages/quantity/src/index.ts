export { allocate } from './allocate.ts';
export { convert } from './convert.ts';
export type { UnitConversion } from './convert.ts';
export { UnitConversionSchema } from './convert.ts';
export { decimal, DecimalSchema } from './decimal.ts';
export { InvalidDecimalError, UnitMismatchError, UnknownUnitError } from './errors.ts';
export {
  add,
  compare,
  isNegative,
  isZero,
  max,
  min,
  multiply,
  negate,
  quantity,
  QuantitySchema,
  roundUp,
  subtract,
  sum,
} from './quantity.ts';
export type { Quantity } from './quantity.ts';
