import { add, convert, multiply, quantity, subtract } from '@takt/quantity';

/** Exact decimals without a unit, e.g. values in the plant's currency. */
export function plus(left: string, right: string): string {
  return add(bare(left), bare(right)).value;
}

export function difference(left: string, right: string): string {
  return subtract(bare(left), bare(right)).value;
}

export function times(amount: string, factor: number): string {
  return multiply(bare(amount), factor).value;
}

/** To 20 decimals, half to even; the divisor is positive. */
export function over(dividend: string, divisor: string): string {
  const parts = [
    { unit: 'PART', numerator: '1', denominator: divisor },
    { unit: 'WHOLE', numerator: '1', denominator: '1' },
  ];
  return convert(quantity(dividend, 'PART'), 'WHOLE', parts).value;
}

function bare(amount: string) {
  return quantity(amount, 'VALUE');
}
