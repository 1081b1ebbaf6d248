import { canonical, Exact } from './decimal.ts';
import type { Quantity } from './quantity.ts';

/**
 * Divides a quantity in proportion to whole weights; the parts add up to it exactly.
 *
 * Largest remainder method (Hamilton): each part is rounded towards zero to `decimals` (by default as many as the
 * quantity has), then what is left goes, one last digit each, to the largest remainders, earlier parts first.
 * A quantity with more decimals than asked for keeps its own. Throws a RangeError unless the weights are non-negative
 * integers with a positive sum.
 */
export function allocate(quantity: Quantity, weights: readonly number[], decimals = 0): Quantity[] {
  const totalWeight = weights.reduce((total, weight) => total + weight, 0);
  if (!weights.every((weight) => Number.isSafeInteger(weight) && weight >= 0) || totalWeight <= 0) {
    throw new RangeError('Weights must be non-negative integers with a positive sum.');
  }
  const scale = Math.max(decimals, quantity.value.split('.')[1]?.length ?? 0);
  const unit = new Exact(10).pow(scale);
  const total = BigInt(new Exact(quantity.value).times(unit).toFixed());
  const divisor = BigInt(totalWeight);
  const parts = weights.map((weight) => (total * BigInt(weight)) / divisor);

  let left = Number(total - parts.reduce((allocated, part) => allocated + part, 0n));
  const step = total < 0n ? -1n : 1n;
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (total * BigInt(weight) * step) % divisor }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder) {
    if (left === 0) break;
    parts[index] = (parts[index] ?? 0n) + step;
    left -= Number(step);
  }
  return parts.map((part) => ({ value: canonical(new Exact(part.toString()).div(unit)), unit: quantity.unit }));
}
