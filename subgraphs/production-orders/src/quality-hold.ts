import type { DecisionContext } from '@takt/intake';
import type { ProductionOrderFact } from './events.ts';
import type { CommandData } from './messages.ts';
import { HOLDS_KEPT, type ProductionOrder, type QualityHold } from './order.ts';
import { utc } from './plan.ts';
import { refuse } from './refusals.ts';

type Answer = readonly ProductionOrderFact[] | ReturnType<typeof refuse>;

/** A hold stops the order, one operation, or is a mark on one lot. */
export function placeQualityHold(
  order: ProductionOrder,
  command: CommandData<'PlaceQualityHold'>,
  context: DecisionContext,
): Answer {
  const { hold, scope, operation, lot } = command;
  if (order.qualityHolds.some((each) => each.hold === hold)) return refuse('HOLD_REPEATED');
  if ((scope === 'OPERATION') !== (operation !== undefined) || (scope === 'LOT') !== (lot !== undefined)) {
    return refuse('HOLD_SCOPE_UNCLEAR');
  }
  if (operation !== undefined && !order.operations.some(({ sequence }) => sequence === operation)) {
    return refuse('OPERATION_UNKNOWN', `Operation ${operation} is not one of its operations.`);
  }
  if (order.qualityHolds.length >= HOLDS_KEPT) return refuse('TOO_MANY', `It keeps ${HOLDS_KEPT} quality holds.`);
  return [{ type: 'QualityHoldPlaced', data: { ...command, placedAt: utc(context.time) } }];
}

export function releaseQualityHold(
  order: ProductionOrder,
  command: CommandData<'ReleaseQualityHold'>,
  context: DecisionContext,
): Answer {
  const hold = order.qualityHolds.find((each) => each.hold === command.hold);
  if (!hold) return refuse('HOLD_UNKNOWN');
  if (hold.release) return refuse('HOLD_RELEASED', `Its disposition is ${hold.release.disposition}.`);
  return [{ type: 'QualityHoldReleased', data: { ...command, releasedAt: utc(context.time) } }];
}

/** Holds that stop the whole order. */
export function holdOnOrder({ qualityHolds }: ProductionOrder): QualityHold | undefined {
  return qualityHolds.find(({ scope, release }) => scope === 'ORDER' && release === undefined);
}

/** Holds that stop one of its operations. */
export function holdOnOperation({ qualityHolds }: ProductionOrder, sequence: number): QualityHold | undefined {
  return qualityHolds.find(
    ({ scope, operation, release }) => scope === 'OPERATION' && operation === sequence && release === undefined,
  );
}

/** For a planner: which hold it is. */
export function describeHold({ hold, placedBy, reason }: QualityHold): string {
  return `Hold ${hold} by ${placedBy}: ${reason}`;
}
