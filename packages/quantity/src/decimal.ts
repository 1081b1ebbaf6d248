import { Type } from '@sinclair/typebox';
import Big from 'big.js';
import { InvalidDecimalError } from './errors.ts';

/**
 * The canonical form of a decimal: plain digits, no exponent, no plus sign, no needless zeros, never `-0`, at most 34
 * digits (what a decimal128 holds). Equal decimals are equal strings.
 *
 * A JSON number is taken as its shortest decimal, so `0.1` is `"0.1"`. Strings may carry a sign, zeros and an exponent.
 * Throws {@link InvalidDecimalError} for anything else: NaN, Infinity, an empty or padded string, hexadecimal, too many digits.
 */
export function decimal(value: string | number): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > LONGEST_INPUT || !NUMERAL.test(text)) {
    throw new InvalidDecimalError(value, 'a decimal number such as 12.5');
  }
  return canonical(new Exact(text.startsWith('+') ? text.slice(1) : text));
}

/** JSON Schema of a decimal in canonical form. */
export const DecimalSchema = Type.String({
  pattern: '^(0|-?[1-9][0-9]*(\\.[0-9]*[1-9])?|-?0\\.[0-9]*[1-9])$',
  maxLength: 36,
  description: 'Exact decimal: plain digits, no exponent, no needless zeros, at most 34 digits.',
});

/** Products and quotients keep this many decimals, rounded half to even; sums and differences are exact. */
export const MOST_DECIMALS = 20;

/** An arithmetic of our own, so that nobody else's settings of big.js reach us. */
export const Exact = Big();
Exact.DP = MOST_DECIMALS;
Exact.RM = Exact.roundHalfEven;

/** Canonical form of a result; throws {@link InvalidDecimalError} above 34 digits rather than lose one. */
export function canonical(value: Big): string {
  const text = value.toFixed();
  if (text.length > MOST_DIGITS && text.replace(/[-.]/g, '').length > MOST_DIGITS) {
    throw new InvalidDecimalError(text, `at most ${String(MOST_DIGITS)} digits`);
  }
  return text === '-0' ? '0' : text;
}

const MOST_DIGITS = 34;
const LONGEST_INPUT = 64;
const NUMERAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
