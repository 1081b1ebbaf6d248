import type { ItemLocationRecord } from '@takt/products/contract';
import {
  compare,
  convert,
  decimal,
  isNegative,
  isZero,
  max,
  multiply,
  quantity,
  roundUp,
  subtract,
  type Quantity,
} from '@takt/quantity';

/** How much one order may make. */
export interface LotSize {
  readonly rule: NonNullable<ItemLocationRecord['lotSizeRule']>;
  readonly minimum?: Quantity;
  readonly multiple?: Quantity;
  readonly maximum?: Quantity;
  /** Of what an order makes. */
  readonly scrapPercent: number;
}

/**
 * The quantities of orders that together yield at least `need`, as few and as small as the lot size allows; or why there
 * are none, as a planner would say it. All quantities are in one unit.
 *
 * LOT_FOR_LOT, MIN_MAX and PERIOD: what is needed, at least the minimum, in whole multiples, in several orders where the
 * maximum is below. FIXED: whole lots of the minimum (where that is not said: of the multiple, the maximum). To yield
 * `need`, an order is over need ÷ (1 − scrap), rounded up to the decimals of the need.
 */
export function lotsFor(need: Quantity, lotSize: LotSize): readonly Quantity[] | { readonly conflict: string } {
  const conflict = conflictOf(lotSize);
  if (conflict !== undefined) return { conflict };
  const wanted = grossOf(need, lotSize.scrapPercent);
  const least = smallestLot(lotSize, wanted);
  const most = largestLot(lotSize);
  if (lotSize.rule === 'FIXED') return repeated(least, wanted);
  if (!most || compare(roundedUp(max(wanted, least), lotSize), most) <= 0)
    return [roundedUp(max(wanted, least), lotSize)];
  const whole = repeated(most, wanted);
  const covered = whole.slice(1).reduce((left) => subtract(left, most), wanted);
  return [...whole.slice(1), roundedUp(max(covered, least), lotSize)];
}

/** What an order over so much is expected to yield. */
export function yieldOf(ordered: Quantity, scrapPercent: number): Quantity {
  if (scrapPercent === 0) return ordered;
  return multiply(multiply(ordered, goodPercent(scrapPercent).value), '0.01');
}

/** Why no order can keep to it; undefined if one can. */
function conflictOf({ rule, minimum, multiple, maximum, scrapPercent }: LotSize): string | undefined {
  const nothing = [minimum, multiple, maximum].find((each) => each && isNegative(each));
  if (nothing) return 'A lot size below zero cannot be made.';
  if (scrapPercent >= 100) return 'All of it is expected to be scrap.';
  if (rule === 'FIXED') {
    const size = minimum ?? multiple ?? maximum;
    return size && !isZero(size) ? undefined : 'Its lot size is fixed, but nobody said how much a lot is.';
  }
  const most = largestLot({ rule, scrapPercent, ...(multiple && { multiple }), ...(maximum && { maximum }) });
  if (!most || !maximum) return undefined;
  const least = multiple && minimum && !isZero(multiple) ? roundUp(minimum, multiple) : minimum;
  if (isZero(most)) return `No multiple of ${textOf(multiple ?? maximum)} is within the maximum of ${textOf(maximum)}.`;
  if (!least || compare(least, most) <= 0) return undefined;
  return `A lot of at least ${textOf(least)} is above the maximum of ${textOf(maximum)}.`;
}

function smallestLot({ rule, minimum, multiple, maximum }: LotSize, wanted: Quantity): Quantity {
  const zero = quantity('0', wanted.unit);
  return rule === 'FIXED' ? (minimum ?? multiple ?? maximum ?? zero) : (minimum ?? zero);
}

/** The greatest multiple that is not above the maximum. */
function largestLot({ multiple, maximum }: LotSize): Quantity | undefined {
  if (!maximum || !multiple || isZero(multiple)) return maximum;
  const above = roundUp(maximum, multiple);
  return compare(above, maximum) === 0 ? maximum : subtract(above, multiple);
}

function roundedUp(amount: Quantity, { multiple }: LotSize): Quantity {
  return multiple && !isZero(multiple) ? roundUp(amount, multiple) : amount;
}

/** As many lots as it takes. */
function repeated(lot: Quantity, wanted: Quantity): Quantity[] {
  const lots: Quantity[] = [];
  for (let left = wanted; lots.length < MOST_LOTS && !isZero(left) && !isNegative(left); left = subtract(left, lot)) {
    lots.push(lot);
  }
  return lots;
}

/** What has to go in for so much to come out. */
export function grossOf(need: Quantity, scrapPercent: number): Quantity {
  if (scrapPercent === 0) return need;
  const ratio = [
    { unit: 'good', numerator: '100', denominator: goodPercent(scrapPercent).value },
    { unit: 'made', numerator: '1', denominator: '1' },
  ];
  const { value } = convert({ value: need.value, unit: 'good' }, 'made', ratio);
  const decimals = need.value.split('.')[1]?.length ?? 0;
  return roundUp({ value, unit: need.unit }, quantity(`1e-${decimals}`, need.unit));
}

function goodPercent(scrapPercent: number): Quantity {
  return subtract(quantity('100', '%'), quantity(decimal(scrapPercent), '%'));
}

export function textOf({ value, unit }: Quantity): string {
  return `${value} ${unit}`;
}

/** Of one need; what is still missing is found again the next time. */
const MOST_LOTS = 100;
