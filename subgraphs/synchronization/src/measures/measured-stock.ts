import { available, onHand, type InventoryPosition, type StockMovement } from '@takt/inventory/contract';
import { localDateAt } from '@takt/planning-time';
import type { ProductRecord } from '@takt/products/contract';
import { convert, isNegative, isZero, multiply, subtract, quantity, type Quantity } from '@takt/quantity';
import type { Static } from '@sinclair/typebox';
import { difference } from './amount.ts';
import type { LedgerEntry } from './stock-ledger.ts';

/** What the measures need of an item at a location. */
export interface MeasuredStock {
  readonly plant: string;
  readonly sku: string;
  readonly family: string | null;
  /** Of the event of its stock that is counted last, in its domain's log. */
  readonly position: number;
  readonly onHand: Quantity;
  /** Of what is on hand, as it is in the ledger of its plant and family; null if the cost is not known. */
  readonly value: string | null;
  readonly isValued: boolean;
  /** When nothing was available: half-open, in order of time, the latest {@link SPELLS_KEPT}. */
  readonly spells: readonly Spell[];
  /** When the latest of them ended; {@link NOT_YET} if it has not. Absent if there never was one. */
  readonly outUntil?: string;
}

export interface Spell {
  readonly from: string;
  readonly to?: string;
}

const SPELLS_KEPT = 100;
/** Later than every instant. */
const NOT_YET = '9999-12-31T00:00:00.000Z';

/** What happened to the stock of an item at a location. */
export interface StockChange {
  readonly sku: string;
  readonly location: string;
  readonly position: number;
  /** Of the event; absent if a snapshot told it, perhaps of another log than before: it holds whatever its position. */
  readonly event?: string | undefined;
  readonly occurredAt: string;
  readonly before?: InventoryPosition | undefined;
  /** None if it is gone. */
  readonly after?: InventoryPosition | undefined;
  /** That caused it; absent if a report did. */
  readonly movement?: Movement | undefined;
}

type Movement = Static<typeof StockMovement>;

/** What is counted of an item, and what has to be booked for it first. */
export interface Counted {
  readonly stock: MeasuredStock;
  readonly entries: readonly LedgerEntry[];
}

/** A change that is counted already, or older, changes nothing. */
export function withStockChange(
  known: MeasuredStock | undefined,
  change: StockChange,
  { product, timeZone }: { readonly product: ProductRecord | undefined; readonly timeZone: string },
): Counted | undefined {
  const { sku, location: plant, position, event, occurredAt, before, after } = change;
  if (known && event !== undefined && position <= known.position) return { stock: known, entries: [] };
  const seen = after ?? before;
  if (!seen) return undefined;
  const left = after ? onHand(after) : quantity('0', seen.unit);
  const isOut = after !== undefined && !isPositive(available(after));
  const spells = spellsAfter(known?.spells ?? [], isOut, occurredAt);
  const last = spells.at(-1);
  const stock = {
    plant,
    sku,
    position,
    spells,
    ...valued(left, product),
    ...(last && { outUntil: last.to ?? NOT_YET }),
  };
  const issued = valueOf(issuedBy(change), product) ?? '0';
  const day = localDateAt(timeZone, occurredAt);
  return {
    stock,
    entries: entriesOf(known, stock, { day, issued, entry: event ?? `snapshot/${position}/${sku}/${stock.value}` }),
  };
}

/** The same item where something else is known of its product; `cause` is unique for ever. */
export function revalued(
  known: MeasuredStock,
  product: ProductRecord | undefined,
  { cause, day }: { readonly cause: string; readonly day: string },
): Counted {
  const stock = { ...known, ...valued(known.onHand, product) };
  if (stock.family === known.family && stock.value === known.value) return { stock: known, entries: [] };
  return { stock, entries: entriesOf(known, stock, { day, issued: '0', entry: cause }) };
}

function valued(left: Quantity, product: ProductRecord | undefined) {
  const value = valueOf(left, product);
  return { family: product?.family ?? null, onHand: left, value, isValued: value !== null };
}

function entriesOf(
  known: MeasuredStock | undefined,
  { plant, family, value }: MeasuredStock,
  about: Pick<LedgerEntry, 'day' | 'entry' | 'issued'>,
): LedgerEntry[] {
  const now = value ?? '0';
  const before = known?.value ?? '0';
  const entries =
    known && known.family !== family
      ? [
          { plant, ...about, family: known.family, change: difference('0', before), issued: '0' },
          { plant, ...about, family, change: now },
        ]
      : [{ plant, ...about, family, change: difference(now, before) }];
  return entries.filter(({ change, issued }) => change !== '0' || issued !== '0');
}

/** What an issue, or the reversal of one, took from what is on hand. */
function issuedBy({ before, after, movement }: StockChange): Quantity {
  const unit = after?.unit ?? before?.unit ?? '';
  const none = quantity('0', unit);
  if (!after || !movement || kindOf(movement, before) !== 'ISSUE') return none;
  return subtract(before ? onHand(before) : none, onHand(after));
}

/** Of a reversal, what it takes back; undefined if that is not known any more. */
function kindOf({ type, reverses }: Movement, before: InventoryPosition | undefined): Movement['type'] | undefined {
  if (type !== 'REVERSAL') return type;
  return before?.movements.find(({ document, line }) => document === reverses?.document && line === reverses.line)
    ?.type;
}

function spellsAfter(spells: readonly Spell[], isOut: boolean, at: string): readonly Spell[] {
  const last = spells.at(-1);
  const wasOut = last !== undefined && last.to === undefined;
  if (isOut === wasOut) return spells;
  if (!wasOut) return [...spells, { from: at }].slice(-SPELLS_KEPT);
  return [...spells.slice(0, -1), { ...last, to: at }];
}

function isPositive(amount: Quantity): boolean {
  return !isZero(amount) && !isNegative(amount);
}

/** Null if the cost, or how the unit relates to the base unit, is not known. */
function valueOf(amount: Quantity, product: ProductRecord | undefined): string | null {
  if (product?.unitCost === undefined) return null;
  const { unitCost, baseUnit, unitConversions = [] } = product;
  const conversions = [{ unit: baseUnit, numerator: '1', denominator: '1' }, ...unitConversions];
  if (!conversions.some(({ unit }) => unit === amount.unit)) return null;
  return multiply(convert(amount, baseUnit, conversions), unitCost).value;
}
