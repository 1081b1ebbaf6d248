import type { InventoryChange } from '@takt/inventory/contract';
import { convert, isNegative, isZero, multiply, quantity, subtract, type UnitConversion } from '@takt/quantity';
import { difference, plus } from './amount.ts';

/** What the measures need of an item at a location. */
export interface MeasuredStock {
  readonly plant: string;
  readonly sku: string;
  readonly family: string | null;
  /** Of the event of its stock that is counted last, in its domain's log. */
  readonly position: number;
  /** Value of what is on hand, at the cost that was known when it moved last; null if none was. */
  readonly value: string | null;
  readonly isValued: boolean;
  /** When nothing was available: half-open, in order of time, at most {@link SPELLS_KEPT}. */
  readonly spells: readonly Spell[];
  /** When the latest of them ended; {@link NOT_YET} if it has not. Absent if there never was one. */
  readonly outUntil?: string;
}

export interface Spell {
  readonly from: string;
  readonly to?: string;
}

/** What happened to the value of stock on one day of a plant's calendar, in one product family. */
export interface StockDay {
  readonly plant: string;
  readonly family: string | null;
  /** {@link ALL_DAYS}: of all days together. */
  readonly day: string;
  /** Of the latest event that is counted, in the log of the inventory. */
  readonly position: number;
  /** Value at the end of the day less value at its beginning. */
  readonly change: string;
  /** Value of what was issued, less what of it was taken back. */
  readonly issued: string;
}

export const SPELLS_KEPT = 100;
/** Later than every instant. */
export const NOT_YET = '9999-12-31T00:00:00.000Z';
export const ALL_DAYS = '0000-00-00';

/** One event of an item's stock. */
export interface StockChange {
  readonly position: number;
  readonly occurredAt: string;
  readonly change: InventoryChange;
  /** What a movement does or, if it is a reversal, takes back; absent if neither is known. */
  readonly kind?: NonNullable<InventoryChange['movement']>['type'];
}

export interface StockSurroundings {
  readonly family: string | null;
  /** Day of the event in the plant's time zone. */
  readonly day: string;
  /** Of one base unit. */
  readonly unitCost?: string;
  readonly baseUnit?: string;
  readonly unitConversions?: readonly UnitConversion[];
}

/** What is known of the stock after an event; one that is counted already changes nothing. */
export function withStockChange(
  known: MeasuredStock | undefined,
  { position, occurredAt, change }: StockChange,
  surroundings: StockSurroundings,
): MeasuredStock {
  if (known && position <= known.position) return known;
  const { available } = change.after;
  const spells = spellsAfter(known?.spells ?? [], isZero(available) || isNegative(available), occurredAt);
  const last = spells.at(-1);
  const value = valueOf(change.after.onHand.value, change.unit, surroundings);
  return {
    plant: change.location,
    sku: change.sku,
    family: surroundings.family,
    position,
    value,
    isValued: value !== null,
    spells,
    ...(last && { outUntil: last.to ?? NOT_YET }),
  };
}

/** What the step from one state to the next adds to which days: to the day of the event, and to all days together. */
export function stockSteps(
  known: MeasuredStock | undefined,
  after: MeasuredStock,
  { position, change, kind }: StockChange,
  surroundings: StockSurroundings,
): StockDay[] {
  if (known && position <= known.position) return [];
  const { plant, family } = after;
  const issued = valueOf(issuedBy(change, kind), change.unit, surroundings) ?? '0';
  const before = known?.value ?? '0';
  const now = after.value ?? '0';
  const ofFamilies =
    known && known.family !== family
      ? [
          { family: known.family, change: difference('0', before), issued: '0' },
          { family, change: now, issued },
        ]
      : [{ family, change: difference(now, before), issued }];
  return ofFamilies
    .filter((amounts) => amounts.change !== '0' || amounts.issued !== '0')
    .flatMap((amounts) => [surroundings.day, ALL_DAYS].map((day) => ({ plant, day, position, ...amounts })));
}

/** Adds a step to its day; one that is counted already, by its position, changes nothing. */
export function withStockStep(day: StockDay | undefined, step: StockDay): StockDay {
  if (!day) return step;
  if (step.position <= day.position) return day;
  return {
    ...day,
    position: step.position,
    change: plus(day.change, step.change),
    issued: plus(day.issued, step.issued),
  };
}

function issuedBy({ before, after }: InventoryChange, kind: StockChange['kind']): string {
  return kind === 'ISSUE' ? subtract(before.onHand, after.onHand).value : '0';
}

function spellsAfter(spells: readonly Spell[], isOut: boolean, at: string): readonly Spell[] {
  const last = spells.at(-1);
  const wasOut = last !== undefined && last.to === undefined;
  if (isOut === wasOut) return spells;
  if (!wasOut) return [...spells, { from: at }].slice(-SPELLS_KEPT);
  return [...spells.slice(0, -1), { ...last, to: at }];
}

/** Null if the cost, or how the unit relates to the base unit, is not known. */
function valueOf(amount: string, unit: string, about: StockSurroundings): string | null {
  const { unitCost, baseUnit, unitConversions = [] } = about;
  if (unitCost === undefined || baseUnit === undefined) return null;
  const conversions = [{ unit: baseUnit, numerator: '1', denominator: '1' }, ...unitConversions];
  if (unit !== baseUnit && !unitConversions.some((each) => each.unit === unit)) return null;
  const { value } = convert(quantity(amount, unit), baseUnit, conversions);
  return multiply(quantity(value, baseUnit), unitCost).value;
}
