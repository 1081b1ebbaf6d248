import { digestOf } from './digest.ts';
import { latencyOf, secondsBetween, type Latency } from './latency.ts';
import type { MeasuredOrder, Move } from './measured-order.ts';
import type { Period } from './period.ts';
import { shareOf, type Share } from './share.ts';

/** Operations of orders finished in the period that have a final confirmation, of all operations of these orders. */
export function confirmationCompletenessOf(orders: readonly MeasuredOrder[], period: Period): Share | null {
  const finished = orders.filter((order) => isFinishedIn(order, period));
  const total = (name: 'operations' | 'confirmedOperations') => finished.reduce((sum, each) => sum + each[name], 0);
  return shareOf(total('confirmedOperations'), total('operations'));
}

/** Orders finished in the period at most so many days before or after the promise, of those finished that had one. */
export function scheduleAdherenceOf(
  orders: readonly MeasuredOrder[],
  period: Period,
  toleranceDays: number,
): Share | null {
  const promised = orders.filter((order) => order.promisedOn !== undefined && isFinishedIn(order, period));
  const kept = promised.filter(({ promisedOn = '', closedOn }) => daysApart(promisedOn, closedOn) <= toleranceDays);
  return shareOf(kept.length, promised.length);
}

export interface Nervousness {
  /** Orders that were open in the period, for a part of it at least. */
  readonly orders: number;
  readonly revisions: number;
  /** Revisions, each weighted by {@link WEIGHT_PER_WEEK} to the power of the whole weeks that its order was from its start. */
  readonly weightedRevisions: number;
  readonly perOrder: number;
}

/** Null if no order was open. */
export function nervousnessOf(orders: readonly MeasuredOrder[], period: Period): Nervousness | null {
  const open = orders.filter(({ knownOn, closedOn }) => knownOn < period.to && closedOn >= period.from);
  if (open.length === 0) return null;
  const moves = open.flatMap((order) => movesIn(order, period));
  const weightedRevisions = moves.reduce((sum, { weeksAhead }) => sum + WEIGHT_PER_WEEK ** weeksAhead, 0);
  const perOrder = weightedRevisions / open.length;
  return { orders: open.length, revisions: moves.length, weightedRevisions, perOrder };
}

/** A revision two weeks ahead counts a quarter of one in the week of the start. */
export const WEIGHT_PER_WEEK = 0.5;

/** Moves of the period that follow from decisions. */
export function decidedMoves(orders: readonly MeasuredOrder[], period: Period): DecidedMove[] {
  return orders
    .flatMap((order) => movesIn(order, period))
    .filter((move): move is DecidedMove => move.decision !== undefined);
}

/** `changedAt`: by decision, when what led to it was true in its source; others are not counted. */
export function moveLatenciesOf(
  moves: readonly DecidedMove[],
  changedAt: ReadonlyMap<string, string>,
): { readonly toCommand: Latency | null; readonly toApplied: Latency | null } {
  const known = moves.flatMap((move) => {
    const since = changedAt.get(move.decision);
    return since === undefined ? [] : [{ ...move, since }];
  });
  return {
    toCommand: latencyOf(digestOf(known.map(({ since, at }) => secondsBetween(since, at)))),
    toApplied: latencyOf(
      digestOf(
        known.flatMap(({ since, appliedAt }) => (appliedAt === undefined ? [] : [secondsBetween(since, appliedAt)])),
      ),
    ),
  };
}

export type DecidedMove = Move & { readonly decision: string };

function movesIn({ moves }: MeasuredOrder, { from, to }: Period): readonly Move[] {
  return moves.filter(({ on }) => on >= from && on < to);
}

function isFinishedIn({ isFinished, closedOn }: MeasuredOrder, { from, to }: Period): boolean {
  return isFinished && closedOn >= from && closedOn < to;
}

function daysApart(one: string, other: string): number {
  const days = Date.parse(one) - Date.parse(other);
  return Math.abs(days) / DAY_MS;
}

const DAY_MS = 24 * 60 * 60 * 1000;
