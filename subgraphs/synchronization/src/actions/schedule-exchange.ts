import {
  inboundMessage,
  IntakeBusyError,
  IntakeUnavailableError,
  type Clock,
  type Intake,
  type MessageInput,
  type Outcome,
} from '@takt/intake';
import { StoreUnavailableError } from '@takt/document-store';
import { isBefore, localDays, type ProductionOrder } from '@takt/production-orders/contract';
import { pause } from '@takt/resilience';
import type { ProposedChange } from '../exceptions/messages.ts';
import { causeOf } from '../judgement/cause.ts';
import type { Decision } from '../judgement/decision.ts';
import { HORIZON_WEEKS, madeAt } from '../judgement/observe.ts';
import type { Picture, WorkCenterFacts } from '../picture/picture.ts';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { plusDays } from '../scheduling/requirements.ts';
import type { ScheduleProposal, Scheduler, SchedulerAnswer } from '../scheduling/scheduler.ts';
import { timeZoneOf } from '../supply-demand/demand.ts';
import { unneededOrders } from '../supply-demand/unneeded.ts';
import type { SchedulingRound } from './acting-store.ts';
import { isAutomatic, schedulingLines } from './automatic.ts';
import { commandOf, type CommandOrigin } from './commands.ts';
import { problemOf } from './problem.ts';
import { newOrderId, proposedChange } from './raise.ts';

export interface ScheduleOptions {
  readonly picture: () => Picture;
  readonly scheduler: Scheduler;
  /** Of the production orders. */
  readonly orders: Intake;
  readonly clock: Clock;
}

/** What is kept of how far it got, so that it goes on after a crash. */
export interface Rounds {
  readonly begun: SchedulingRound | undefined;
  readonly begin: (round: SchedulingRound) => Promise<void>;
}

/** What became of having the schedule follow a decision. */
export interface Scheduled {
  /** Absent if a planning system was asked. */
  readonly answer?: Extract<SchedulerAnswer, { kind: 'PROPOSED' }>;
  /** Proposals that a planner has to approve. */
  readonly waiting: readonly ScheduleProposal[];
  /** Of the orders that the proposals are for. */
  readonly revisions: ReadonlyMap<string, number>;
  readonly refused: readonly RefusedChange[];
  /** Orders that nothing needs now that less is needed. */
  readonly unneeded?: readonly string[];
  /** What ids of new orders begin with; the decision's id unless given. */
  readonly orderPrefix?: string;
}

export interface RefusedChange {
  readonly order: string;
  readonly reason: string;
}

/**
 * Asks the scheduler how supply can follow demand, and has what needs no approval carried out. Orders that changed since they
 * were heard of refuse: then it is asked anew, on what is heard by then. What was begun before goes on as it was begun.
 * Rejects if nothing can be asked or told now, and with the reason of `signal` when that aborts.
 */
export async function schedule(
  decision: Decision,
  correlationId: string,
  options: ScheduleOptions & Rounds & { readonly coolDownMinutes: number },
  signal: AbortSignal,
): Promise<Scheduled> {
  const { begun, begin } = options;
  const id = `${decision.id}/${decision.decidedAt}`;
  const origin = { id, decision: decision.id, cause: causeOf(decision), correlationId };
  for (let attempt = begun?.attempt ?? 1; ; attempt++) {
    const round = attempt === begun?.attempt ? begun : await roundOf(decision, attempt, options, signal);
    if (!round) return { waiting: [], revisions: new Map(), refused: [] };
    if (round !== begun && round.automatic.length > 0) await begin(round);
    const { proposals } = round.answer;
    // An order of an earlier attempt may be there already.
    const orderPrefix = attempt > 1 ? `${decision.id}/${attempt}` : decision.id;
    const revisions = new Map(round.revisions);
    const changes = proposals.flatMap((proposal, index) =>
      round.automatic.includes(index) ? [proposedChange(proposal, revisions, newOrderId(orderPrefix, index))] : [],
    );
    const refused = await carryOut(changes, { ...origin, attempt }, options, signal);
    const hasMoved = refused.some(({ code }) => code === 'REVISION_CONFLICT');
    if (!hasMoved || attempt >= MOST_ATTEMPTS) {
      const waiting = proposals.filter((_, index) => !round.automatic.includes(index));
      return { answer: round.answer, waiting, revisions, refused, unneeded: round.unneeded, orderPrefix };
    }
    await pause(HEAR_MS * 2 ** attempt, signal);
  }
}

/** Undefined if a planning system was asked. */
async function roundOf(
  decision: Decision,
  attempt: number,
  options: ScheduleOptions & { readonly coolDownMinutes: number },
  signal: AbortSignal,
): Promise<SchedulingRound | undefined> {
  const { answer, revisions, timeZone, unneeded } = await propose(decision, options, signal);
  if (answer.kind === 'HANDED_OVER') return undefined;
  const automatic = answer.proposals.flatMap((each, index) => (isAutomatic(each, decision, timeZone) ? [index] : []));
  return { attempt, answer, revisions: [...revisions], automatic, unneeded };
}

/** What the scheduler proposes for a decision as things are now. All of it waits, and nothing is carried out. */
export async function proposeAll(
  decision: Decision,
  options: ScheduleOptions & { readonly coolDownMinutes: number },
  signal: AbortSignal,
): Promise<Scheduled> {
  const { answer, revisions, unneeded } = await propose(decision, options, signal);
  if (answer.kind === 'HANDED_OVER') return { waiting: [], revisions, refused: [] };
  return { answer, waiting: answer.proposals, revisions, refused: [], unneeded };
}

/**
 * What would help inside the demand time fence, where only people change anything: of a schedule for which the fence is not
 * there, what starts, or would start, before it.
 */
export async function proposeInside(
  decision: Decision,
  options: ScheduleOptions & { readonly coolDownMinutes: number },
  signal: AbortSignal,
): Promise<Pick<Scheduled, 'waiting' | 'revisions'>> {
  const { today, frozenUntil } = decision.observation;
  const unfenced = { ...decision, observation: { ...decision.observation, frozenUntil: today } };
  const { answer, revisions, starts, timeZone } = await propose(unfenced, options, signal);
  const fence = Date.parse(localDays(timeZone, frozenUntil, frozenUntil).from);
  const isInside = (proposal: ScheduleProposal) => {
    const before = proposal.kind === 'REVISE' ? starts.get(proposal.order) : undefined;
    return [proposal.scheduledStart, before].some((start) => start !== undefined && Date.parse(start) < fence);
  };
  return { waiting: answer.kind === 'PROPOSED' ? answer.proposals.filter(isInside) : [], revisions };
}

/**
 * Sends changes to the orders; answers those that were refused. What the orders took has been heard of by then: whatever is
 * decided next about the unit would else have its supply follow the same demand once more. Rejects if it is not heard of, or
 * `signal` aborts: the same may be sent again.
 */
export async function carryOut(
  changes: readonly ProposedChange[],
  origin: CommandOrigin,
  { orders, picture, clock }: Pick<ScheduleOptions, 'orders' | 'picture' | 'clock'>,
  signal: AbortSignal,
): Promise<(RefusedChange & { readonly code: string })[]> {
  if (changes.length === 0) return [];
  const commands: MessageInput[] = changes.map((change) => commandOf(change, origin));
  const ends = (await orders.receive(commands.map((command) => inboundMessage(command, clock)))).map(ended);
  const taken = new Map<string, number>();
  const refused = ends.flatMap((end, index) => {
    const { order } = changes[index] as ProposedChange;
    if (end.status === 'REJECTED' || end.status === 'DEAD_LETTERED') return [{ order, ...end.refusal }];
    taken.set(order, end.revision ?? 0);
    return [];
  });
  await heardOf(taken, picture(), signal);
  return refused;
}

/** Resolves when orders are known in these revisions, or later ones. */
async function heardOf(revisions: ReadonlyMap<string, number>, picture: Picture, signal: AbortSignal): Promise<void> {
  let ids = [...revisions.keys()];
  for (let look = 0; look < MOST_LOOKS; look++) {
    const heard = await picture.orders(ids);
    ids = ids.filter((id, index) => (heard[index]?.revision ?? -1) < (revisions.get(id) ?? 0));
    if (ids.length === 0) return;
    await pause(LOOK_MS, signal);
  }
  throw new Error(`What was changed of ${ids.join(', ')} has not been heard of yet.`);
}

/** Nothing can be told or kept now: the same will do later. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof IntakeBusyError ||
    error instanceof IntakeUnavailableError ||
    error instanceof StoreUnavailableError
  );
}

async function propose(
  decision: Decision,
  { picture: look, scheduler, clock, coolDownMinutes }: ScheduleOptions & { readonly coolDownMinutes: number },
  signal: AbortSignal,
) {
  const picture = look();
  const { sku, location } = decision.observation;
  const [facts] = (await picture.units([{ sku, location }])) as [UnitFacts];
  const workCenters = await workCentersFor(facts, picture);
  const orders = ordersOf(facts, await picture.openOrdersAt([...workCenters.keys()]));
  const timeZone = timeZoneOf(facts);
  const now = clock().toISOString();
  const { observation } = decision;
  const problem = () => problemOf({ facts, now, timeZone, orders, observation, workCenters, coolDownMinutes });
  const answer = await answerOf(scheduler, problem, decision, signal);
  const proposed = answer.kind === 'PROPOSED' ? answer.proposals : [];
  const revised = proposed.flatMap((proposal) => (proposal.kind === 'REVISE' ? [proposal.order] : []));
  const heard = await picture.orders(revised);
  const revisions = new Map(heard.flatMap((order) => (order ? [[order.id, order.revision] as const] : [])));
  const starts = new Map(heard.flatMap((order) => (order ? [[order.id, order.scheduledStart] as const] : [])));
  return { answer, revisions, starts, timeZone, unneeded: unneededAfter(decision, facts) };
}

/** Only where a planner, or the schedule, is to follow less demand: what is made ahead is nobody's business else. */
function unneededAfter(decision: Decision, facts: UnitFacts): string[] {
  const isLess = schedulingLines(decision).some(
    ({ measure, change }) => measure === 'DEMAND' && change.startsWith('-'),
  );
  const { today } = decision.observation;
  return isLess ? unneededOrders(facts, { today, to: plusDays(today, HORIZON_WEEKS * 7) }) : [];
}

/** A scheduler that fails, or takes too long, leaves it to a planner; one that cannot be reached is asked again. */
async function answerOf(
  scheduler: Scheduler,
  problem: () => ReturnType<typeof problemOf>,
  { observation: { sku, location } }: Decision,
  signal: AbortSignal,
): Promise<SchedulerAnswer> {
  try {
    return await scheduler.propose(problem(), AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]));
  } catch (error) {
    signal.throwIfAborted();
    if (isPassing(error)) throw error;
    const reason = `The scheduler found nothing: ${error instanceof Error ? error.message : String(error)}`;
    return { kind: 'PROPOSED', proposals: [], cannot: [{ sku, location, reason }] };
  }
}

/** Those that make it, and their alternates. */
async function workCentersFor(facts: UnitFacts, picture: Picture): Promise<ReadonlyMap<string, WorkCenterFacts>> {
  const found = new Map<string, WorkCenterFacts>();
  const load = async (codes: readonly string[]) => {
    const known = codes.length > 0 ? await picture.workCenters(codes) : [];
    known.forEach((each, index) => each && found.set(codes[index] as string, each));
  };
  await load(madeAt(facts));
  const alternates = [...found.values()].flatMap(({ workCenter }) => workCenter.alternates ?? []);
  await load([...new Set(alternates)].filter((code) => !found.has(code)));
  return found;
}

function ordersOf({ makingOrders }: UnitFacts, others: readonly ProductionOrder[]): ProductionOrder[] {
  const own = makingOrders.filter(({ state }) => isBefore(state, 'CONFIRMED'));
  return [...new Map([...own, ...others].map((order) => [order.id, order])).values()];
}

/** Of a message that was sent before: how it ended then. */
export function ended(outcome: Outcome): Outcome {
  return outcome.status === 'DUPLICATE' && outcome.first ? ended(outcome.first) : outcome;
}

const MOST_ATTEMPTS = 5;
/** Until what happened to an order was heard of, at first; twice as long each time. */
const HEAR_MS = 100;
const LONGEST_MS = 30_000;
const LOOK_MS = 50;
const MOST_LOOKS = 100;
