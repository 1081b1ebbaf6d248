import type { Collection } from '@takt/document-store';
import type { LoggedEvent } from '@takt/event-log';
import { inboundMessage, type Governed, type Intake } from '@takt/intake';
import type { LogConsumer } from '@takt/log-consumer';
import type { SourceStateReport } from '@takt/subgraph-server';
import type { ExceptionEvents } from '../exceptions/events.ts';
import { EXCEPTION_KINDS, type RaiseException, type Settlement } from '../exceptions/messages.ts';
import type { Ownership } from '../exceptions/ownership.ts';
import { isOpen, type PlanningException } from '../exceptions/planning-exception.ts';
import { causeOf } from '../judgement/cause.ts';
import type { Decision } from '../judgement/decision.ts';
import type { DecisionRecord } from '../judgement/decision-follower.ts';
import type { PlanningUnit } from '../judgement/planning-unit.ts';
import type { PendingUnits } from '../picture/pending-store.ts';
import type { UnitFacts } from '../picture/unit-facts.ts';
import type { PolicyState } from '../policy/policy.ts';
import type { Scheduler } from '../scheduling/scheduler.ts';
import { readActing, type Acting, type ActingDocument, type SchedulingRound } from './acting-store.ts';
import { schedulingLines } from './automatic.ts';
import { exceptionsOf, isGone, refusalOf, type RaiseContext } from './raise.ts';
import {
  carryOut,
  ended,
  proposeInside,
  schedule,
  type RefusedChange,
  type Rounds,
  type ScheduleOptions,
} from './schedule-exchange.ts';

export interface ActionOptions extends ScheduleOptions {
  /** Of this domain. */
  readonly intake: Intake;
  readonly pending: PendingUnits;
  readonly planningUnits: Collection<Governed<PlanningUnit>>;
  readonly exceptions: Collection<Governed<PlanningException>>;
  readonly decisions: Collection<DecisionRecord>;
  readonly policies: Collection<Governed<PolicyState>>;
  readonly ownership: Ownership;
  /** `system/instance` of those that cannot be reached now. */
  readonly away: () => Promise<readonly string[]>;
  /** Asked what would help inside the demand time fence: one that hands nothing over. */
  readonly adviser: Scheduler;
  /** How far it got. */
  readonly acting: Collection<ActingDocument>;
  /** Hears of what is not taken, and will not be. */
  readonly onFault: (fault: string) => void;
}

/**
 * Does what was decided, by following the domain's own log: has the schedule follow, raises exceptions, carries out what was
 * approved, and has judged again what waited for a system that is back. Each message that it sends has an id made of what it
 * follows from, so that what comes again after a crash is recognised. Ends what it does once `signal` aborts.
 */
export function actionFollower(options: ActionOptions, signal: AbortSignal): LogConsumer {
  return {
    name: 'actions',
    replay: {
      refused: 'It sends commands to production orders and raises exceptions: what was done once is not done again.',
    },
    apply: async (events) => {
      const acting = await readActing(options.acting);
      for (const logged of events) {
        signal.throwIfAborted();
        if (logged.position <= acting.position) continue;
        if (await follow(logged, acting, options, signal)) await acting.end(logged.position);
      }
    },
    catchUp: async () => {
      await (await readActing(options.acting)).forget();
      await resumeWaiting(options);
      await carryOutApproved(options, signal);
    },
  };
}

/** Answers whether anything was sent for it. */
async function follow(
  { position, event }: LoggedEvent,
  acting: Acting,
  options: ActionOptions,
  signal: AbortSignal,
): Promise<boolean> {
  switch (event.type) {
    case 'DecisionMade': {
      const rounds = {
        begun: acting.begun(position),
        begin: (round: SchedulingRound) => acting.begin(position, round),
      };
      return act(event.data as Decision, event.correlationid, { ...options, ...rounds }, signal);
    }
    case 'ExceptionApproved':
      await carryOutApproval(event.data as ExceptionEvents['ExceptionApproved'], event.correlationid, options, signal);
      return true;
    case 'SourceStateChanged': {
      const { record } = event.data as { record: SourceStateReport };
      if (record.state !== 'DOWN') await resumeWaiting(options);
    }
  }
  return false;
}

/** Answers whether anything was sent for it. */
async function act(
  decision: Decision,
  correlationId: string,
  options: ActionOptions & Rounds,
  signal: AbortSignal,
): Promise<boolean> {
  if (decision.deferred !== undefined) {
    await resumeIfBack(decision, options);
    return false;
  }
  const { sku, location } = decision.observation;
  // Of a unit that was never judged before there are none.
  const aboutUnit = async () => (decision.against === 0 ? [] : exceptionsAbout(sku, location, options));
  if (decision.outcome === 'SUPPRESS') {
    const gone = goneWith(decision, await aboutUnit());
    await settle(gone, correlationId, options);
    return gone.length > 0;
  }
  // What is bought no order of ours makes: for that its alerts are.
  const isMade = !decision.observation.bought;
  const follows = isMade && schedulingLines(decision).length > 0;
  const isAlarming = isMade && decision.lines.some(({ outcome }) => outcome === 'EXCEPTION');
  const coolDownMinutes = follows || isAlarming ? await coolDownOf(decision, options) : 0;
  const inside = isAlarming
    ? await proposeInside(decision, { ...options, scheduler: options.adviser, coolDownMinutes }, signal)
    : undefined;
  const scheduled = follows
    ? await schedule(decision, correlationId, { ...options, coolDownMinutes }, signal)
    : { waiting: [], revisions: new Map<string, number>(), refused: [] };
  const of = { by: decision.id, cause: causeOf(decision), correlationId };
  const { raised, existing } = await raise(aboutUnit, of, options, async (existing) => {
    const context = await contextOf(decision, existing, options);
    return [
      ...exceptionsOf(decision, { ...scheduled, ...(inside && { inside }) }, context),
      ...refusals(decision, scheduled.refused, context),
    ].filter((each) => !wasClosed(each, existing));
  });
  const left = existing.filter(({ id }) => !raised.some((each) => each.id === id));
  await settle([...goneWith(decision, left), ...(follows ? replacedBy(decision, left) : [])], correlationId, options);
  return true;
}

/** The proposal of an exception that was approved, by who approved it. What comes of orders that a system owns is told later. */
async function carryOutApproval(
  { id, sku, location, approvals, proposal, decisions, matter, at }: ExceptionEvents['ExceptionApproved'],
  correlationId: string,
  options: ActionOptions,
  signal: AbortSignal,
): Promise<void> {
  const picture = options.picture();
  const orders = await picture.orders(proposal.map(({ order }) => order));
  const latest = decisions.at(-1) ?? id;
  const [record] = await options.decisions.getMany([latest]);
  // A planner's word moves an order that is frozen; a policy's does not.
  const isFrozen = orders.some((order) => order?.frozen);
  const cause = record && !isFrozen ? causeOf(record.document) : 'MANUAL';
  const approvedBy = approvals.map(({ by }) => by).join(', ');
  const origin = { id: `${id}/${matter}/${at}`, decision: latest, cause, correlationId, attempt: 1, approvedBy };
  const refused = await carryOut(proposal, origin, options, signal);
  if (refused.length > 0) {
    const reason = refused.map((each) => `${each.order}: ${each.reason}`).join(' ');
    await settle([{ id, outcome: 'REFUSED_BY_ORDERS', reason }], correlationId, options);
    if (!record) return;
    const aboutUnit = () => exceptionsAbout(sku, location, options);
    await raise(aboutUnit, { by: origin.id, cause, correlationId }, options, async (existing) =>
      refusals(record.document, refused, await contextOf(record.document, existing, options)),
    );
    return;
  }
  const waitsForOwner = orders.some((order) => order?.owner === 'SOURCE');
  if (waitsForOwner) return;
  const reason = proposal.length > 0 ? 'The orders have taken it.' : 'Nothing had to change.';
  await settle([{ id, outcome: 'CARRIED_OUT', reason }], correlationId, options);
}

/** What it waits for may have come back while it was decided: nothing more will be heard of that. */
async function resumeIfBack({ observation, decidedAt }: Decision, { away, pending }: ActionOptions): Promise<void> {
  const now = await away();
  if (observation.away.some((system) => now.includes(system))) return;
  const { sku, location } = observation;
  await pending.mark([{ sku, location, dueAt: decidedAt, triggers: [] }]);
}

/** Units whose decisions wait are judged again, the one that has waited longest first. */
async function resumeWaiting({ planningUnits, pending }: ActionOptions): Promise<void> {
  let after: readonly (string | number | boolean | null)[] | undefined;
  for (;;) {
    const { entries, hasNextPage } = await planningUnits.page({
      where: { 'waiting.since': { from: '' } },
      orderBy: ['waiting.since'],
      first: PAGE,
      ...(after && { after }),
    });
    const marks = entries.flatMap(({ document: { sku, location, waiting } }) =>
      waiting ? [{ sku, location, dueAt: waiting.since, triggers: [] }] : [],
    );
    if (marks.length > 0) await pending.mark(marks);
    after = entries.at(-1)?.key;
    if (!hasNextPage || !after) return;
  }
}

/** What was approved and may not have been carried out: the log no longer tells. */
async function carryOutApproved(options: ActionOptions, signal: AbortSignal): Promise<void> {
  const { entries } = await options.exceptions.page({
    where: { status: 'APPROVED' },
    orderBy: ['dueAt', 'id'],
    first: PAGE,
  });
  for (const { document } of entries) {
    const { id, kind, sku, location, owner, approvals, proposal, decisions, matter, closedAt = '' } = document;
    const approved = {
      id,
      kind,
      sku,
      location,
      owner,
      at: closedAt,
      matter,
      approvals: [...approvals],
      proposal,
      decisions,
    };
    await carryOutApproval(approved, id, options, signal);
  }
}

/** Exceptions about what is not so any more. */
function goneWith(decision: Decision, existing: readonly PlanningException[]): SettledException[] {
  const gone = existing.filter((each) => isOpen(each) && isGone(each.kind, decision));
  return gone.map(({ id }) => ({ id, outcome: 'GONE', reason: 'Nothing of it is short or late any more.' }));
}

/** What an earlier decision proposed, or could not do, and the new one does not say again. */
function replacedBy(decision: Decision, existing: readonly PlanningException[]): SettledException[] {
  const replaced = existing.filter((each) => isOpen(each) && REPLACED.has(each.kind));
  return replaced.map(({ id }) => ({ id, outcome: 'SUPERSEDED', reason: `Decision ${decision.id} is in its place.` }));
}

/** One for all that was refused. */
function refusals(decision: Decision, refused: readonly RefusedChange[], context: RaiseContext): RaiseException[] {
  const [first, ...others] = refused;
  if (!first) return [];
  const reason = [first.reason, ...others.map((each) => `${each.order}: ${each.reason}`)].join(' ');
  const raised = refusalOf(decision, { order: first.order, system: 'Takt', reason }, context);
  return [{ ...raised, orders: refused.map(({ order }) => order).slice(0, MOST_ORDERS) }];
}

/** It was raised for the same decision before, and has been closed since. */
export function wasClosed({ kind, decisions }: RaiseException, existing: readonly PlanningException[]): boolean {
  return existing.some(
    (each) => each.kind === kind && !isOpen(each) && decisions.some((decision) => each.decisions.includes(decision)),
  );
}

/**
 * Raises what is to be raised, given the exceptions that there are; one that somebody closed in between is raised anew.
 */
export async function raise(
  aboutUnit: () => Promise<readonly PlanningException[]>,
  { by, ...of }: Pick<Parameters<typeof inboundMessage>[0], 'cause' | 'correlationId'> & { readonly by: string },
  { intake, clock, onFault }: Pick<ActionOptions, 'intake' | 'clock' | 'onFault'>,
  raisedGiven: (existing: readonly PlanningException[]) => Promise<readonly RaiseException[]>,
): Promise<{ readonly raised: readonly RaiseException[]; readonly existing: readonly PlanningException[] }> {
  for (let attempt = 1; ; attempt++) {
    const existing = await aboutUnit();
    const raised = await raisedGiven(existing);
    if (raised.length === 0) return { raised, existing };
    const messages = raised.map((data) => ({
      type: 'RaiseException',
      source: SOURCE,
      id: `${data.id}/${by}`,
      data,
      ...of,
    }));
    const outcomes = await intake.receive(messages.map((message) => inboundMessage(message, clock)));
    const refusals = outcomes.map(ended).flatMap((outcome) => ('refusal' in outcome ? outcome.refusal : []));
    const closed = refusals.filter(({ code }) => code === 'EXCEPTION_CLOSED');
    for (const each of refusals) {
      if (each.code !== 'EXCEPTION_CLOSED') onFault(`An exception for ${by} was not taken: ${each.reason}`);
    }
    if (closed.length === 0) return { raised, existing };
    if (attempt === MOST_ATTEMPTS) throw new Error(`Exceptions for ${by} are closed as soon as they are raised.`);
  }
}

export interface SettledException {
  readonly id: string;
  readonly outcome: Settlement;
  readonly reason: string;
}

export async function settle(
  settled: readonly SettledException[],
  correlationId: string,
  { intake, clock }: Pick<ActionOptions, 'intake' | 'clock'>,
): Promise<void> {
  const [first] = settled;
  if (!first) return;
  const messages = settled.map((data) => ({
    type: 'SettleException',
    source: SOURCE,
    id: `${data.id}/${data.outcome}`,
    correlationId,
    data: { ...data, reason: data.reason.slice(0, 2000) },
  }));
  await intake.receive(messages.map((message) => inboundMessage(message, clock)));
}

/** Those that have not ended, and of each kind the latest others. */
export async function exceptionsAbout(
  sku: string,
  location: string,
  { exceptions }: Pick<ActionOptions, 'exceptions'>,
): Promise<PlanningException[]> {
  const query = { where: { sku, location }, orderBy: ['dueAt'], descending: true } as const;
  const notEnded = { ...query.where, status: { in: ['OPEN', 'SNOOZED', 'APPROVED'] } };
  const latest = EXCEPTION_KINDS.map((kind) => ({ kind }));
  const pages = [
    await exceptions.page({ ...query, where: notEnded, first: PAGE }),
    ...(await exceptions.pages({ ...query, first: LATEST }, latest)),
  ];
  const found = pages.flatMap(({ entries }) => entries.map(({ document }) => [document.id, document] as const));
  return [...new Map(found).values()];
}

export async function contextOf(
  { observation: { sku, location } }: Pick<Decision, 'observation'>,
  existing: readonly PlanningException[],
  { picture, ownership, clock }: Pick<ActionOptions, 'picture' | 'ownership' | 'clock'>,
): Promise<RaiseContext> {
  const [facts] = (await picture().units([{ sku, location }])) as [UnitFacts];
  return { ownership, calendar: facts.calendar, existing, now: clock().toISOString() };
}

export async function coolDownOf(
  { policy: { id, version } }: Decision,
  { policies }: Pick<ActionOptions, 'policies'>,
): Promise<number> {
  const [stored] = await policies.getMany([id]);
  return stored?.document.versions.find((each) => each.version === version)?.coolDownMinutes ?? 0;
}

const SOURCE = 'takt/synchronization';
const REPLACED: ReadonlySet<string> = new Set(['SCHEDULE_APPROVAL', 'UNSCHEDULABLE']);
const PAGE = 200;
const LATEST = 40;
const MOST_ORDERS = 100;
const MOST_ATTEMPTS = 5;
