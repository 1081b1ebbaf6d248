import type { Aggregate, Decision, DecisionContext } from '@takt/intake';
import { InvalidDecimalError, isNegative, isZero } from '@takt/quantity';
import { confirmCompletion, reverseConfirmation } from './confirmation.ts';
import { Events, told, type ProductionOrderEvent, type ProductionOrderFact } from './events.ts';
import { evolve } from './evolve.ts';
import { hindrance } from './lifecycle.ts';
import {
  Commands,
  ProductionOrderReport,
  ScheduleRevisionAnswer,
  WriteBackAnswer,
  type CommandData,
  type CommandName,
  type ProductionOrderMessage,
} from './messages.ts';
import type { ProductionOrder } from './order.ts';
import { planFault, planInUtc } from './plan.ts';
import { describeHold, holdOnOrder, placeQualityHold, releaseQualityHold } from './quality-hold.ts';
import { refuse } from './refusals.ts';
import { acceptAnswer } from './answer.ts';
import { acceptReport } from './report.ts';
import { reviseSchedule } from './revise-schedule.ts';
import { substituteMaterial } from './substitution.ts';
import { acceptWriteBackAnswer, tellingOwner } from './write-back.ts';

/**
 * An order to make a quantity of a product at a location. Backing systems report orders whole; planners and the shop floor
 * command them. Which state allows which command: lifecycle.ts. Every reason to refuse: refusals.ts.
 */
export const productionOrder: Aggregate<ProductionOrder, ProductionOrderMessage, ProductionOrderEvent> = {
  noun: 'ProductionOrder',
  collection: {
    name: 'production-orders',
    indexes: [
      ['scheduledStart'],
      ['scheduledEnd'],
      ['state', 'scheduledStart'],
      ['onHold', 'scheduledStart'],
      ['location', 'scheduledStart'],
      ['location', 'state', 'scheduledStart'],
      ['sku', 'location', 'scheduledStart'],
      ['sku', 'location', 'scheduledEnd'],
      ['sku', 'location', 'state', 'scheduledStart'],
      ['workCenters', 'scheduledStart'],
      ['workCenters', 'state', 'scheduledStart'],
      ['workCenters', 'scheduledEnd'],
    ],
  },
  messages: {
    ProductionOrderReported: ProductionOrderReport,
    ScheduleRevisionAnswered: ScheduleRevisionAnswer,
    WriteBackAnswered: WriteBackAnswer,
    ...Commands,
  },
  events: Events,
  identify: ({ data }) => data.id,
  decide,
  evolve,
};

function decide(
  order: ProductionOrder | undefined,
  message: ProductionOrderMessage,
  context: DecisionContext,
): Decision<ProductionOrderEvent> {
  try {
    const answer = answerTo(order, message, context);
    if ('refused' in answer) return answer;
    return { events: eventsOf(order, answer) };
  } catch (error) {
    if (error instanceof InvalidDecimalError) return refuse('QUANTITY_OUT_OF_RANGE');
    throw error;
  }
}

function eventsOf(order: ProductionOrder | undefined, facts: readonly ProductionOrderFact[]): ProductionOrderEvent[] {
  let { sku, location, workCenters } = order ?? { sku: '', location: '', workCenters: [] as readonly string[] };
  return facts.map((fact) => {
    if (fact.type === 'ProductionOrderCreated' || fact.type === 'ProductionOrderAmended')
      ({ sku, location } = fact.data);
    workCenters = [...new Set([...workCenters, ...workCentersIn(fact)])];
    return told(fact, { sku, location, workCenters: [...workCenters] });
  });
}

function workCentersIn(fact: ProductionOrderFact): string[] {
  switch (fact.type) {
    case 'ProductionOrderCreated':
    case 'ProductionOrderOperationsChanged':
      return fact.data.operations.flatMap(({ workCenter }) => workCenter ?? []);
    case 'ProductionOrderRescheduled':
      return (fact.data.revision.to.operations ?? []).flatMap(({ workCenter }) => workCenter ?? []);
    default:
      return [];
  }
}

function answerTo(
  order: ProductionOrder | undefined,
  message: ProductionOrderMessage,
  context: DecisionContext,
): Answer {
  if (message.type === 'ProductionOrderReported') return acceptReport(order, message.data, context);
  if (message.type === 'CreateProductionOrder') return order ? refuse('ORDER_EXISTS') : create(message.data);
  if (!order) return refuse('ORDER_UNKNOWN');
  if (message.type === 'ScheduleRevisionAnswered') return acceptAnswer(order, message.data, context);
  if (message.type === 'WriteBackAnswered') return acceptWriteBackAnswer(order, message.data, context);
  const code = hindrance(order.state, message.type);
  if (code === 'ORDER_NOT_RELEASED' && isAheadOfOwner(order, message, context)) return command(order, message, context);
  return code ? refuse(code, `It is ${order.state}.`) : command(order, message, context);
}

/**
 * What is confirmed on the shop floor has been released by the system that owns the order: its report of that is still on
 * its way. The confirmation shows how far the order is.
 */
function isAheadOfOwner(order: ProductionOrder, { type }: OrderCommand, { origin }: DecisionContext): boolean {
  return type === 'ConfirmCompletion' && order.owner === 'SOURCE' && origin.system !== 'takt';
}

function command(order: ProductionOrder, message: OrderCommand, context: DecisionContext): Answer {
  const { id } = order;
  switch (message.type) {
    case 'FirmProductionOrder':
      return [{ type: 'ProductionOrderFirmed', data: { id } }];
    case 'ReleaseProductionOrder':
      return unlessOnHold(order, { type: 'ProductionOrderReleased', data: { id, ...tellingOwner(order, context) } });
    case 'ReviseSchedule':
      return reviseSchedule(order, message.data, context);
    case 'SubstituteMaterial':
      return substituteMaterial(order, message.data, context);
    case 'PlaceQualityHold':
      return placeQualityHold(order, message.data, context);
    case 'ReleaseQualityHold':
      return releaseQualityHold(order, message.data, context);
    case 'ConfirmCompletion':
      return confirmCompletion(order, message.data, context);
    case 'ReverseConfirmation':
      return reverseConfirmation(order, message.data, context);
    case 'CloseProductionOrder':
      return unlessOnHold(order, { type: 'ProductionOrderClosed', data: { id } });
    case 'CancelProductionOrder':
      return [{ type: 'ProductionOrderCancelled', data: message.data }];
  }
}

function create({ state, ...plan }: CommandData<'CreateProductionOrder'>): Answer {
  if (isZero(plan.quantity) || isNegative(plan.quantity)) return refuse('QUANTITY_NOT_POSITIVE');
  const fault = planFault(plan);
  if (fault) return fault;
  const data = {
    ...planInUtc(plan),
    owner: 'TAKT' as const,
    state: state ?? ('PLANNED' as const),
    sourceStatuses: [],
    frozen: false,
    materialShortage: false,
  };
  return [{ type: 'ProductionOrderCreated', data }];
}

function unlessOnHold(order: ProductionOrder, fact: ProductionOrderFact): Answer {
  const hold = holdOnOrder(order);
  return hold ? refuse('ORDER_ON_HOLD', describeHold(hold)) : [fact];
}

type Answer = readonly ProductionOrderFact[] | ReturnType<typeof refuse>;
type OrderCommand = Extract<ProductionOrderMessage, { type: Exclude<CommandName, 'CreateProductionOrder'> }>;
