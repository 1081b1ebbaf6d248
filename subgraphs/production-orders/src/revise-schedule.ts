import { compare, convert, isNegative, isZero, type Quantity } from '@takt/quantity';
import type { DecisionContext } from '@takt/intake';
import type { Component, ProductionOrderFact, Schedule, ScheduleRevision } from './events.ts';
import type { CommandData } from './messages.ts';
import type { ProductionOrder } from './order.ts';
import { endsBeforeStart, utc, utcWhereGiven } from './plan.ts';
import { mostConfirmed } from './progress.ts';
import { refuse } from './refusals.ts';
import { difference, fieldsOf, withSchedule } from './schedule.ts';

/**
 * A revision of an order that was created here is APPLIED at once; one of an order that a backing system owns is APPROVED:
 * the order shows the revised schedule, and the revision becomes APPLIED when that system says so or reports it.
 *
 * When the whole of an order that was created here moves by one span of time, what has not begun of its operations moves
 * along; when its quantity changes, so does what it requires. For other orders both are the owner's business.
 */
export function reviseSchedule(
  order: ProductionOrder,
  command: CommandData<'ReviseSchedule'>,
  context: DecisionContext,
): readonly ProductionOrderFact[] | ReturnType<typeof refuse> {
  const mayMoveFrozen = MOVE_FROZEN.includes(command.cause) && command.approvedBy !== undefined;
  if (order.frozen && !mayMoveFrozen) return refuse('ORDER_FROZEN');
  const unknown = command.operations?.find(
    ({ sequence }) => !order.operations.some((each) => each.sequence === sequence),
  );
  if (unknown) return refuse('OPERATION_UNKNOWN', `Operation ${unknown.sequence} is not one of its operations.`);
  if (command.quantity) {
    const fault = quantityFault(order, command.quantity);
    if (fault) return fault;
  }
  const asked = inUtc(command);
  const moved = withSchedule(order, { ...asked, ...alongside(order, asked) });
  if (endsBeforeStart(moved) || moved.operations.some(endsBeforeStart)) return refuse('END_BEFORE_START');
  const change = difference(fieldsOf(order), fieldsOf(moved));
  if (!change) return [];
  const { cause, reason, policyDecision, approvedBy } = command;
  const revision: ScheduleRevision = {
    number: nextRevision(order),
    ...change,
    cause,
    ...(reason !== undefined && { reason }),
    ...(policyDecision !== undefined && { policyDecision }),
    ...(approvedBy !== undefined && { approvedBy }),
    revisedAt: utc(context.time),
    state: order.owner === 'TAKT' ? 'APPLIED' : 'APPROVED',
  };
  const { id } = order;
  const rescheduled: ProductionOrderFact = { type: 'ProductionOrderRescheduled', data: { id, revision } };
  if (order.owner !== 'TAKT' || !change.to.quantity || order.components.length === 0) return [rescheduled];
  const components = scaled(order.components, change.to.quantity, order.quantity);
  return [rescheduled, { type: 'ProductionOrderComponentsChanged', data: { id, components } }];
}

export function nextRevision({ scheduleRevisions }: ProductionOrder): number {
  return (scheduleRevisions.at(-1)?.number ?? 0) + 1;
}

const MOVE_FROZEN: readonly string[] = ['QUALITY', 'MANUAL'];

function quantityFault(order: ProductionOrder, quantity: Quantity): ReturnType<typeof refuse> | undefined {
  if (quantity.unit !== order.quantity.unit) return refuse('UNITS_DIFFER', `The order is in ${order.quantity.unit}.`);
  if (isNegative(quantity) || isZero(quantity)) return refuse('QUANTITY_NOT_POSITIVE');
  const confirmed = mostConfirmed(order);
  if (compare(quantity, confirmed) >= 0) return undefined;
  return refuse('QUANTITY_BELOW_CONFIRMED', `${confirmed.value} ${confirmed.unit} are confirmed.`);
}

function inUtc({ scheduledStart, scheduledEnd, quantity, operations }: CommandData<'ReviseSchedule'>): Schedule {
  return {
    ...utcWhereGiven({ scheduledStart, scheduledEnd }),
    ...(quantity && { quantity }),
    ...(operations && { operations: operations.map((operation) => ({ ...operation, ...utcWhereGiven(operation) })) }),
  };
}

/** Operations that move with the order, where the command leaves them to it. */
function alongside(order: ProductionOrder, { scheduledStart, scheduledEnd, operations }: Schedule): Schedule {
  if (order.owner !== 'TAKT' || operations || !scheduledStart || !scheduledEnd) return {};
  const span = Date.parse(scheduledStart) - Date.parse(order.scheduledStart);
  if (span === 0 || span !== Date.parse(scheduledEnd) - Date.parse(order.scheduledEnd)) return {};
  const move = (instant: string) => new Date(Date.parse(instant) + span).toISOString();
  return {
    operations: order.operations
      .filter(({ actualStart, state }) => actualStart === undefined && state !== 'CONFIRMED' && state !== 'CANCELLED')
      .map(({ sequence, scheduledStart: start, scheduledEnd: end }) => ({
        sequence,
        ...(start !== undefined && { scheduledStart: move(start) }),
        ...(end !== undefined && { scheduledEnd: move(end) }),
      })),
  };
}

/** Requirements in proportion to the quantity of the order. */
function scaled(components: readonly Component[], to: Quantity, from: Quantity): Component[] {
  if (isZero(from)) return [...components];
  const ratio = [
    { unit: 'before', numerator: to.value, denominator: from.value },
    { unit: 'after', numerator: '1', denominator: '1' },
  ];
  return components.map((component) => {
    const required = convert({ value: component.required.value, unit: 'before' }, 'after', ratio);
    return { ...component, required: { value: required.value, unit: component.required.unit } };
  });
}
