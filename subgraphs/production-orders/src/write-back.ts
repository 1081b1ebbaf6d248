import type { DecisionContext } from '@takt/intake';
import type { ProductionOrderFact } from './events.ts';
import { isBefore } from './lifecycle.ts';
import type { OrderState, WriteBackAnswer } from './messages.ts';
import { WRITE_BACKS_KEPT, type ProductionOrder, type WriteBack } from './order.ts';
import { utc } from './plan.ts';

/**
 * What became here of an order that a backing system owns, and that it has to be told: a release, a confirmation, the
 * reversal of one. PENDING → SENT (it has it) → APPLIED | REJECTED.
 */

/** Number of the write-back that something decided here causes; none where the owner need not be told. */
export function tellingOwner(order: ProductionOrder, { origin }: DecisionContext): { readonly writeBack?: number } {
  const { owner, ownerSystem, writeBacks } = order;
  const isToldByOwner = ownerSystem === `${origin.system}/${origin.instance}`;
  if (owner === 'TAKT' || ownerSystem === undefined || isToldByOwner) return {};
  return { writeBack: (writeBacks?.at(-1)?.number ?? 0) + 1 };
}

export function writeBacksToSend({ writeBacks = [] }: ProductionOrder): readonly WriteBack[] {
  return writeBacks.filter(({ state }) => state === 'PENDING');
}

/** What the owner's answer changes; nothing if it is known already how the write-back ended. */
export function acceptWriteBackAnswer(
  { id, writeBacks = [] }: ProductionOrder,
  { number, outcome, reason }: WriteBackAnswer,
  context: DecisionContext,
): readonly ProductionOrderFact[] {
  const state = writeBacks.find((each) => each.number === number)?.state;
  if (state !== 'PENDING' && state !== 'SENT') return [];
  if (outcome === 'TAKEN') return state === 'SENT' ? [] : [settled(id, number, { state: 'SENT' })];
  if (outcome === 'APPLIED') return [settled(id, number, { state: 'APPLIED', answeredAt: utc(context.time) })];
  const why = reason ?? 'The system that owns the order refused it.';
  return [settled(id, number, { state: 'REJECTED', reason: why })];
}

/**
 * What a report of an order that was released here says of that: a state that is released or further is the owner's word
 * that it knows; one before is older than the release as long as the owner has not been told, or was told later.
 */
export function releaseIn(
  order: ProductionOrder,
  reported: OrderState,
  time: string,
): { readonly stage: OrderState; readonly facts: readonly ProductionOrderFact[] } {
  const release = order.writeBacks?.findLast(({ kind }) => kind === 'RELEASE');
  const isOpen = release?.state === 'PENDING' || release?.state === 'SENT';
  if (!isBefore(reported, 'RELEASED')) {
    const facts = release && isOpen ? [settled(order.id, release.number, { state: 'APPLIED' })] : [];
    return { stage: reported, facts };
  }
  const isOlder = isOpen || (release?.answeredAt !== undefined && Date.parse(time) < Date.parse(release.answeredAt));
  return { stage: isOlder ? order.stage : reported, facts: [] };
}

/** The order with one more; of those that are settled the oldest are only in the event log once there are too many. */
export function withWriteBack(
  order: ProductionOrder,
  number: number | undefined,
  about: Pick<WriteBack, 'kind' | 'confirmation' | 'from'>,
): ProductionOrder {
  if (number === undefined) return order;
  const writeBacks = [...(order.writeBacks ?? []), { number, ...about, state: 'PENDING' as const }];
  const tooMany = writeBacks.length - WRITE_BACKS_KEPT;
  const oldest = writeBacks.filter(isSettled).slice(0, Math.max(0, tooMany));
  return { ...order, writeBacks: writeBacks.filter((each) => !oldest.includes(each)) };
}

/** A release that the owner refuses did not happen, unless something has come of it. */
export function withSettled(
  order: ProductionOrder,
  number: number,
  outcome: Pick<WriteBack, 'state' | 'reason' | 'answeredAt'>,
): ProductionOrder {
  const { writeBacks = [] } = order;
  const found = writeBacks.find((each) => each.number === number);
  const isUndone = outcome.state === 'REJECTED' && found?.from !== undefined && order.stage === 'RELEASED';
  return {
    ...order,
    ...(isUndone && { stage: found.from }),
    writeBacks: writeBacks.map((each) => (each.number === number ? { ...each, ...outcome } : each)),
  };
}

function isSettled({ state }: WriteBack): boolean {
  return state === 'APPLIED' || state === 'REJECTED';
}

function settled(
  id: string,
  number: number,
  outcome: { state: 'SENT' | 'APPLIED' | 'REJECTED'; reason?: string; answeredAt?: string },
): ProductionOrderFact {
  return { type: 'WriteBackSettled', data: { id, number, ...outcome } };
}
