import { add, compare, isNegative, isZero, multiply, quantity } from '@takt/quantity';
import type { DecisionContext } from '@takt/intake';
import type { ProductionOrderFact } from './events.ts';
import type { CommandData } from './messages.ts';
import { CONFIRMATIONS_KEPT, type ProductionOrder } from './order.ts';
import { utc } from './plan.ts';
import { activeConfirmations, addUp, WHOLE_ORDER } from './progress.ts';
import { describeHold, holdOnOperation, holdOnOrder } from './quality-hold.ts';
import { refuse } from './refusals.ts';
import { tellingOwner } from './write-back.ts';

/** As many of these as an order keeps add up without losing a digit. */
const ADDABLE = /^\d{1,15}(\.\d{1,12})?$/;

type Answer = readonly ProductionOrderFact[] | ReturnType<typeof refuse>;

/** Yield beyond the order's quantity that an operation may have before its final confirmation says what came out. */
export const OVER_DELIVERY_TOLERANCE_PERCENT = 10;

export function confirmCompletion(
  order: ProductionOrder,
  command: CommandData<'ConfirmCompletion'>,
  context: DecisionContext,
): Answer {
  if (order.confirmations.some(({ confirmation }) => confirmation === command.confirmation)) {
    return refuse('CONFIRMATION_REPEATED');
  }
  if (order.confirmations.length >= CONFIRMATIONS_KEPT) {
    return refuse('TOO_MANY', `It keeps ${CONFIRMATIONS_KEPT} confirmations.`);
  }
  return hindered(order, command.operation) ?? amountFault(order, command) ?? confirmed(order, command, context);
}

/** What is derived from the other confirmations is then as if this one had never been. */
export function reverseConfirmation(
  order: ProductionOrder,
  command: CommandData<'ReverseConfirmation'>,
  context: DecisionContext,
): Answer {
  const confirmation = order.confirmations.find((each) => each.confirmation === command.confirmation);
  if (!confirmation) return refuse('CONFIRMATION_UNKNOWN');
  if (confirmation.reversal) return refuse('CONFIRMATION_REVERSED', `The reason was: ${confirmation.reversal.reason}`);
  const data = { ...command, reversedAt: utc(context.time), ...tellingOwner(order, context) };
  return [{ type: 'ConfirmationReversed', data }];
}

function hindered(order: ProductionOrder, sequence: number): ReturnType<typeof refuse> | undefined {
  const onOrder = holdOnOrder(order);
  if (onOrder) return refuse('ORDER_ON_HOLD', describeHold(onOrder));
  const operation = order.operations.find((each) => each.sequence === sequence);
  if (!operation && (order.operations.length > 0 || sequence !== WHOLE_ORDER)) {
    return refuse(
      'OPERATION_UNKNOWN',
      `Its operations are ${order.operations.map((each) => each.sequence).join(', ')}.`,
    );
  }
  if (operation?.state === 'CONFIRMED' || operation?.state === 'CANCELLED') return refuse('OPERATION_FINISHED');
  const onOperation = holdOnOperation(order, sequence);
  return onOperation && refuse('OPERATION_ON_HOLD', describeHold(onOperation));
}

function amountFault(
  order: ProductionOrder,
  command: CommandData<'ConfirmCompletion'>,
): ReturnType<typeof refuse> | undefined {
  const { unit } = order.quantity;
  const { scrap, rework, final, operation, startedAt, endedAt } = command;
  const amounts = [command.yield, scrap, rework].filter((each) => each !== undefined);
  if (amounts.some((each) => each.unit !== unit)) return refuse('UNITS_DIFFER', `The order is in ${unit}.`);
  if (amounts.some(isNegative)) return refuse('QUANTITY_NEGATIVE');
  if (!amounts.every(({ value }) => ADDABLE.test(value))) return refuse('QUANTITY_OUT_OF_RANGE');
  if (!final && amounts.every(isZero)) return refuse('CONFIRMATION_EMPTY');
  if (startedAt !== undefined && endedAt !== undefined && Date.parse(endedAt) < Date.parse(startedAt)) {
    return refuse('END_BEFORE_START');
  }
  const others = activeConfirmations(order).filter((each) => each.operation === operation);
  const total = add(addUp(others, unit).yield, command.yield);
  const most = multiply(order.quantity, `${1 + OVER_DELIVERY_TOLERANCE_PERCENT / 100}`);
  if (final || compare(total, most) <= 0) return undefined;
  return refuse('OVER_DELIVERY', `It would be ${total.value} of at most ${most.value} ${unit}.`);
}

function confirmed(
  order: ProductionOrder,
  command: CommandData<'ConfirmCompletion'>,
  context: DecisionContext,
): readonly ProductionOrderFact[] {
  const none = quantity(0, order.quantity.unit);
  const { startedAt, endedAt } = command;
  const data = {
    ...command,
    scrap: command.scrap ?? none,
    rework: command.rework ?? none,
    ...(startedAt !== undefined && { startedAt: utc(startedAt) }),
    ...(endedAt !== undefined && { endedAt: utc(endedAt) }),
    confirmedAt: utc(context.time),
    ...tellingOwner(order, context),
  };
  return [{ type: 'CompletionConfirmed', data }];
}
