import type { LoggedEvent } from '@takt/event-log';
import type { LogConsumer } from '@takt/log-consumer';
import type { ProductionOrder } from '@takt/production-orders/contract';
import { pause } from '@takt/resilience';
import type { PlanningException } from '../exceptions/planning-exception.ts';
import { contextOf, exceptionsAbout, raise, settle, type ActionOptions } from './action-follower.ts';
import { refusalOf } from './raise.ts';

/**
 * Hears in the log of the production orders what the systems that own orders made of revisions that a policy or a planner
 * decided: what was refused becomes an exception, and what was approved ends with what came of it.
 */
export function orderAnswers(options: ActionOptions, signal: AbortSignal): LogConsumer {
  return {
    name: 'order-answers',
    replay: { refused: 'It raises and settles exceptions: what was done once is not done again.' },
    apply: async (events) => {
      for (const logged of events) {
        signal.throwIfAborted();
        const answer = answerIn(logged);
        if (answer) await take(answer, options, signal);
      }
    },
    catchUp: async () => {
      for (const exception of await approvedExceptions(options)) await settleByOrders(exception, options);
    },
  };
}

interface OrderAnswer {
  readonly order: string;
  /** Of the revision, within the order. */
  readonly number: number;
  readonly sku: string;
  readonly location: string;
  /** Why it was refused; absent if it was applied. */
  readonly refusal?: string;
  readonly correlationId: string;
  /** Of the answer, in the log of the production orders. */
  readonly position: number;
}

function answerIn({ event, position }: LoggedEvent): OrderAnswer | undefined {
  if (event.type !== 'ScheduleRevisionApplied' && event.type !== 'ScheduleRevisionRejected') return undefined;
  const { id, number, sku, location, reason } = event.data as AnswerData;
  return {
    order: id,
    number,
    sku,
    location,
    correlationId: event.correlationid,
    position,
    ...(reason !== undefined && { refusal: reason }),
  };
}

interface AnswerData {
  readonly id: string;
  readonly number: number;
  readonly sku: string;
  readonly location: string;
  readonly reason?: string;
}

async function take(answer: OrderAnswer, options: ActionOptions, signal: AbortSignal): Promise<void> {
  const order = await heardOrder(answer, options, signal);
  if (!order) return;
  const decision = revisionOf(order, answer.number)?.policyDecision;
  if (decision === undefined) return;
  const existing = await exceptionsAbout(answer.sku, answer.location, options);
  const approved = existing.filter(({ status, decisions }) => status === 'APPROVED' && decisions.includes(decision));
  if (answer.refusal === undefined) {
    for (const exception of approved) await settleByOrders(exception, options);
    return;
  }
  const { correlationId, refusal } = answer;
  const system = order.ownerSystem ?? 'The system that owns it';
  const reason = `${system} refused the change of order ${answer.order}: ${refusal}`;
  await settle(
    approved.map(({ id }) => ({ id, outcome: 'REFUSED_BY_SOURCE', reason })),
    correlationId,
    options,
  );
  const record = await keptDecision(decision, options, signal);
  if (!record) return;
  const aboutUnit = () => exceptionsAbout(answer.sku, answer.location, options);
  const by = `${answer.order}/${answer.number}`;
  await raise(aboutUnit, { by, cause: 'REPORTED', correlationId }, options, async (existing) => {
    const context = await contextOf(record.document, existing, options);
    return [refusalOf(record.document, { order: answer.order, system, reason: refusal }, context)];
  });
}

/**
 * The order as it is after the answer: the copy of it that is kept here may be a moment behind. Undefined if there is no
 * such order any more.
 */
async function heardOrder(
  { order: id, number, refusal, position }: OrderAnswer,
  { picture }: ActionOptions,
  signal: AbortSignal,
): Promise<ProductionOrder | undefined> {
  for (let attempt = 0; attempt < MOST_LOOKS; attempt++) {
    const heard = (await picture().heard()).find(({ domain }) => domain === 'production-orders');
    const [order] = await picture().orders([id]);
    const state = order && revisionOf(order, number)?.state;
    const isThere = refusal === undefined ? state === 'APPLIED' : state === 'REJECTED';
    // What was heard later changes nothing of this: the order is gone, or its revision is not kept any more.
    if (isThere || (heard && heard.position >= position)) return order;
    await pause(LOOK_MS, signal);
  }
  throw new Error(`Revision ${number} of order ${id} has been answered, but has not been heard of yet.`);
}

/** A decision that was made a moment ago may not be kept yet; undefined for one that is not kept any more. */
async function keptDecision(id: string, { decisions }: ActionOptions, signal: AbortSignal) {
  for (let attempt = 0; attempt < MOST_LOOKS; attempt++) {
    const [record] = await decisions.getMany([id]);
    if (record) return record;
    await pause(LOOK_MS, signal);
  }
  return undefined;
}

function revisionOf({ scheduleRevisions }: ProductionOrder, number: number) {
  return scheduleRevisions.find((revision) => revision.number === number);
}

/** Ends an exception that was approved once all systems that own its orders have applied what they were told. */
async function settleByOrders({ id, proposal, decisions }: PlanningException, options: ActionOptions): Promise<void> {
  const orders = await options.picture().orders(proposal.map(({ order }) => order));
  const revisions = orders.flatMap((order) =>
    order?.owner === 'SOURCE' ? [order.scheduleRevisions.findLast((each) => isOf(each.policyDecision, decisions))] : [],
  );
  if (!revisions.every((revision) => revision?.state === 'APPLIED')) return;
  const reason = 'The systems that own the orders have applied it.';
  await settle([{ id, outcome: 'CARRIED_OUT', reason }], id, options);
}

function isOf(decision: string | undefined, decisions: readonly string[]): boolean {
  return decision !== undefined && decisions.includes(decision);
}

async function approvedExceptions({ exceptions }: ActionOptions): Promise<PlanningException[]> {
  const { entries } = await exceptions.page({ where: { status: 'APPROVED' }, orderBy: ['dueAt', 'id'], first: PAGE });
  return entries.map(({ document }) => document);
}

const LOOK_MS = 100;
const MOST_LOOKS = 50;
const PAGE = 500;
