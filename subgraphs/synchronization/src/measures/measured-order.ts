import { isBefore, type ProductionOrder } from '@takt/production-orders/contract';
import { localDateAt } from '@takt/planning-time';

/** What the measures need of a production order. */
export interface MeasuredOrder {
  readonly plant: string;
  readonly sku: string;
  readonly family: string | null;
  /** Of the event of the order that is counted last, in its domain's log. */
  readonly position: number;
  /** Day on which the order was first heard of; like all days here in the time zone of its plant. */
  readonly knownOn: string;
  /** Day on which it was finished or cancelled; {@link STILL_OPEN} until then. */
  readonly closedOn: string;
  readonly isFinished: boolean;
  /** Day of its end as it was scheduled when it was first heard of as released. */
  readonly promisedOn?: string;
  /** Operations that are not cancelled; 1 of an order without any, which is confirmed as a whole. */
  readonly operations: number;
  /** Those of them that have a final confirmation which has not been reversed. */
  readonly confirmedOperations: number;
  /** Of the revisions that the order keeps, those that were not rejected. */
  readonly moves: readonly Move[];
}

/** A change of the order's schedule. */
export interface Move {
  readonly number: number;
  readonly on: string;
  readonly at: string;
  /** Whole weeks from then to the start that was nearer, the one before or the one after it; 0 if that was past. */
  readonly weeksAhead: number;
  /** Id of the decision that it follows from. */
  readonly decision?: string;
  /** When the system that owns the order had applied it. */
  readonly appliedAt?: string;
}

/** Later than every day. */
const STILL_OPEN = '9999-12-31';

/** An order as it was after an event. */
export interface OrderChange {
  readonly id: string;
  readonly position: number;
  /** A snapshot told it, perhaps of another log than before: it holds whatever its position. */
  readonly isSnapshot?: boolean;
  readonly occurredAt: string;
  /** None if it is gone. */
  readonly order?: ProductionOrder | undefined;
}

/** Where the order is made, and what of. */
export interface OrderSurroundings {
  readonly timeZone: string;
  readonly family: string | null;
}

/** What is known of the order after a change; one that is counted already, or older, changes nothing. */
export function withOrderChange(
  known: MeasuredOrder | undefined,
  { position, isSnapshot, occurredAt, order }: OrderChange,
  { timeZone, family }: OrderSurroundings,
): MeasuredOrder | undefined {
  if (known && !isSnapshot && position <= known.position) return known;
  const on = (instant: string) => localDateAt(timeZone, instant);
  if (!order) return known && gone(known, position, on(occurredAt));
  const isFinished = order.state !== 'CANCELLED' && !isBefore(order.state, 'CONFIRMED');
  const promisedOn = isBefore(order.state, 'RELEASED') ? undefined : (known?.promisedOn ?? on(order.scheduledEnd));
  return {
    plant: order.location,
    sku: order.sku,
    family,
    position,
    knownOn: known?.knownOn ?? on(occurredAt),
    closedOn: closedOn(order, isFinished, known, { on, occurredAt }),
    isFinished,
    ...(promisedOn !== undefined && { promisedOn }),
    ...confirmedOperations(order),
    moves: movesOf(order, known, occurredAt, on),
  };
}

/** Nobody will hear of it again. */
function gone(known: MeasuredOrder, position: number, day: string): MeasuredOrder {
  return { ...known, position, closedOn: known.closedOn < day ? known.closedOn : day };
}

function closedOn(
  { state, actualEnd }: ProductionOrder,
  isFinished: boolean,
  known: MeasuredOrder | undefined,
  { on, occurredAt }: { readonly on: (instant: string) => string; readonly occurredAt: string },
): string {
  if (!isFinished && state !== 'CANCELLED') return STILL_OPEN;
  if (isFinished && actualEnd !== undefined) return on(actualEnd);
  const isAsBefore = known !== undefined && known.isFinished === isFinished && known.closedOn !== STILL_OPEN;
  return isAsBefore ? known.closedOn : on(occurredAt);
}

function confirmedOperations({ operations, confirmations }: ProductionOrder) {
  const sequences = operations.filter(({ state }) => state !== 'CANCELLED').map(({ sequence }) => sequence);
  const asked = operations.length === 0 ? [WHOLE_ORDER] : sequences;
  const final = new Set(
    confirmations.flatMap(({ final, reversal, operation }) => (final && !reversal ? [operation] : [])),
  );
  return { operations: asked.length, confirmedOperations: asked.filter((sequence) => final.has(sequence)).length };
}

function movesOf(
  order: ProductionOrder,
  known: MeasuredOrder | undefined,
  occurredAt: string,
  on: (instant: string) => string,
): Move[] {
  const moves: Move[] = [];
  let startAfter = order.scheduledStart;
  for (const revision of order.scheduleRevisions.filter(({ state }) => state !== 'REJECTED').toReversed()) {
    const { number, revisedAt, state, answeredAt, policyDecision, from } = revision;
    const startBefore = from.scheduledStart ?? startAfter;
    const before = known?.moves.find((move) => move.number === number);
    const appliedAt =
      state === 'APPLIED' ? (before?.appliedAt ?? answeredAt ?? appliedHere(order, revisedAt, occurredAt)) : undefined;
    moves.unshift({
      number,
      on: on(revisedAt),
      at: revisedAt,
      weeksAhead: weeksBetween(revisedAt, startBefore < startAfter ? startBefore : startAfter),
      ...(policyDecision !== undefined && { decision: policyDecision }),
      ...(appliedAt !== undefined && { appliedAt }),
    });
    startAfter = startBefore;
  }
  return moves;
}

/** An order that nobody else owns is revised and applied in one. */
function appliedHere({ owner }: ProductionOrder, revisedAt: string, occurredAt: string): string {
  return owner === 'TAKT' ? revisedAt : occurredAt;
}

function weeksBetween(from: string, to: string): number {
  return Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / WEEK_MS));
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
/** Sequence under which an order without operations is confirmed. */
const WHOLE_ORDER = 0;
