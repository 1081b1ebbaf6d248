import { setImmediate as breathe } from 'node:timers/promises';
import type { Collection } from '@takt/document-store';
import { inboundMessage, type Clock, type Governed, type Intake } from '@takt/intake';
import { itemLocationId } from '@takt/products/contract';
import type { Time } from '@takt/subgraph-server';
import type { PendingUnit, PendingUnits } from '../picture/pending-store.ts';
import type { Picture, WorkCenterFacts } from '../picture/picture.ts';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { policyFor, type PolicyState } from '../policy/policy.ts';
import { timeZoneOf } from '../supply-demand/demand.ts';
import { nextBatch } from './cadence.ts';
import { causeOf } from './cause.ts';
import type { DailyLooks } from './daily-look-store.ts';
import type { Decision } from './decision.ts';
import { judge } from './judge.ts';
import type { Observation } from './observation.ts';
import { madeAt, observe } from './observe.ts';
import { judgedNextAt, type PlanningUnit } from './planning-unit.ts';
import { loadView, type LoadView } from './utilization.ts';
import { isAsPropagated } from './weeks.ts';

export interface JudgeOptions {
  readonly pending: PendingUnits;
  readonly looks: DailyLooks;
  /** A view on what the other domains told, as it is when it is asked for. */
  readonly picture: () => Picture;
  readonly planningUnits: Collection<Governed<PlanningUnit>>;
  readonly policies: Collection<Governed<PolicyState>>;
  readonly intake: Intake;
  /** `system/instance` of those that cannot be reached now: looked at anew for each batch. */
  readonly away: () => Promise<readonly string[]>;
  /** Whether so much is heard that it is taken for a plant being loaded. */
  readonly isLoading: () => boolean;
  /** After it was heard of, a unit that was never judged waits for so long. */
  readonly settleSeconds: number;
  /** Of a location's clock: when units that time alone may change are looked at again. */
  readonly batchHour: number;
  readonly clock: Clock;
  readonly time: Time;
  /** Hears what is tried again. */
  readonly onFault: (fault: unknown) => void;
}

/**
 * Judges units that are due, the one that has been due longest first, batch by batch: one batch at a time, so that what is
 * read and decided is bounded however much is due. Only what is new becomes a decision; a unit that was judged waits no
 * more, unless something changed meanwhile, or something has to cool down.
 *
 * Units that were never judged get their baselines in what time others leave: after a batch of them as long a pause as it
 * took. They do not get them from half of what there is to know: see {@link mayBegin}. While messages cannot be taken it
 * waits, longer each time. `close` resolves when nothing of it runs any more.
 *
 * Time alone brings weeks into another zone and makes late what stands still later: units of which that may change the
 * answer are judged every day, see {@link isOpenToTime}.
 */
export function startJudging(options: JudgeOptions): { close(): Promise<void> } {
  const { time, clock, pending, onFault } = options;
  const closing = new AbortController();
  const { signal } = closing;
  const startedAt = clock().toISOString();
  let wake = (): void => undefined;
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const cancel = signal.aborted ? () => undefined : time.after(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
      if (signal.aborted) wake();
    });
  const run = async () => {
    let faults = 0;
    while (!signal.aborted) {
      try {
        const began = time.now();
        await markForTheDay(options);
        const due = await pending.due(clock().toISOString(), BATCH);
        const wereKnown = await judgeBatch(due, { ...options, startedAt }, signal);
        faults = 0;
        if (due.length === 0) await sleep(LOOK_MS);
        else if (!wereKnown) await sleep(time.now() - began);
      } catch (error) {
        if (signal.aborted) return;
        onFault(error);
        faults += 1;
        await sleep(Math.min(LONGEST_WAIT_MS, LOOK_MS * 2 ** faults));
      }
    }
  };
  const running = run();
  return {
    close: async () => {
      closing.abort();
      wake();
      await running;
    },
  };
}

interface Judging extends JudgeOptions {
  /** When this process began to judge; RFC 3339. */
  readonly startedAt: string;
}

/** Answers whether any of them had been judged before. */
async function judgeBatch(due: readonly PendingUnit[], options: Judging, signal: AbortSignal): Promise<boolean> {
  if (due.length === 0) return false;
  const picture = options.picture();
  const now = options.clock().toISOString();
  const stored = await options.planningUnits.getMany(due.map(({ sku, location }) => itemLocationId(sku, location)));
  const waiting = due.map((pending, index) => ({ pending, known: stored[index]?.document }));
  const ready = waiting.filter(({ pending, known }) => known || mayBegin(pending, now, options));
  const later = waiting.filter((each) => !ready.includes(each));
  await Promise.all(later.map(({ pending }) => options.pending.done(pending, laterThan(now, SETTLE_LOOK_MS))));
  const [facts, policies] = await Promise.all([
    picture.units(ready.map(({ pending }) => pending)),
    allPolicies(options.policies),
  ]);
  const units = ready.map((each, index): Unit => ({ ...each, facts: facts[index] as UnitFacts }));
  const judged = await judgeUnits(units, policies, picture, now, options, signal);
  const refused = await record(
    judged.flatMap(({ decision }) => decision ?? []),
    options,
  );
  await options.looks.plan(judged.map((unit) => ({ ...unit.pending, at: nextLookAt(unit, now, options) })));
  await Promise.all(
    judged.map(async ({ pending, known, decision, isFaulty }) => {
      if (decision && refused.has(decision.id)) return;
      await options.pending.done(pending, isFaulty ? laterThan(now, FAULTY_MS) : judgedNextAt(decision, known, now));
    }),
  );
  return units.some(({ known }) => known !== undefined);
}

/** Units that are to be looked at again today wait to be judged like any others. */
async function markForTheDay({ looks, pending, clock }: JudgeOptions): Promise<void> {
  const now = clock().toISOString();
  const due = await looks.due(now, BATCH);
  if (due.length === 0) return;
  await pending.mark(due.map(({ sku, location }) => ({ sku, location, dueAt: now, triggers: [] })));
  await looks.plan(due);
}

/** The next daily batch of the location; undefined for what time alone does not change. */
function nextLookAt(unit: JudgedUnit, now: string, { batchHour }: JudgeOptions): string | undefined {
  return isOpenToTime(unit) ? nextBatch(timeZoneOf(unit.facts), batchHour, now) : undefined;
}

/** Something is short or late, or other than what was propagated last and suppressed as long as it is so far ahead. */
function isOpenToTime({ known, observation, decision }: JudgedUnit): boolean {
  if (!observation) return false;
  if (observation.weeks.some(({ shortage, lateMinutes }) => shortage !== '0' || lateMinutes > 0)) return true;
  if (decision) return decision.lines.some(({ outcome, relieved }) => outcome === 'SUPPRESS' && !relieved);
  return known !== undefined && !isAsPropagated(observation, known);
}

/**
 * A unit that was never judged begins so many seconds after it was heard of, and not while a plant is being loaded: its
 * stock, orders and forecasts come from several domains, and what comes after the beginning counts as a change. It waits
 * for half an hour at most, in which what there is to know is heard: time in which nobody judged does not count.
 */
function mayBegin({ since }: PendingUnit, now: string, { isLoading, settleSeconds, startedAt }: Judging): boolean {
  const waited = Date.parse(now) - Math.max(Date.parse(since), Date.parse(startedAt));
  return waited >= LONGEST_LOAD_MS || (waited >= settleSeconds * 1000 && !isLoading());
}

function laterThan(now: string, ms: number): string {
  return new Date(Date.parse(now) + ms).toISOString();
}

interface Unit {
  readonly pending: PendingUnit;
  readonly facts: UnitFacts;
  readonly known: PlanningUnit | undefined;
}

interface JudgedUnit extends Unit {
  readonly observation?: Observation | undefined;
  readonly decision?: Decision | undefined;
  readonly isFaulty?: true;
}

/**
 * What is known of one unit may be such that nothing can be made of it: the others are judged all the same. How loaded work centers are is looked at only for units that are other than what was propagated last: it takes all
 * their orders, and most of what happens changes no week of anything.
 */
async function judgeUnits(
  units: readonly Unit[],
  policies: readonly PolicyState[],
  picture: Picture,
  now: string,
  options: JudgeOptions,
  signal: AbortSignal,
): Promise<JudgedUnit[]> {
  const places = await workCentersOf(units, picture);
  const away = new Set(await options.away());
  const look = ({ facts, pending }: Unit, load: LoadView): Observation | undefined =>
    observe(facts, { now, workCenters: places, load, away, triggers: pending.triggers });

  const differing: Unit[] = [];
  const judged: JudgedUnit[] = [];
  const forEach = async (some: readonly Unit[], judgeOne: (unit: Unit) => void): Promise<void> => {
    for (const unit of some) {
      signal.throwIfAborted();
      try {
        judgeOne(unit);
      } catch (error) {
        options.onFault(`${unit.facts.sku} at ${unit.facts.location} cannot be judged: ${String(error)}`);
        judged.push({ ...unit, isFaulty: true });
      }
      // Requests that this process answers need not wait for the whole batch.
      await breathe();
    }
  };
  await forEach(units, (unit) => {
    const observation = look(unit, NO_LOAD);
    const isNew = observation !== undefined && unit.known?.unit !== observation.unit;
    if (observation && !isNew && unit.known && !isAsPropagated(observation, unit.known)) differing.push(unit);
    else {
      const decision = observation && decide(observation, unit.known, policies);
      // What time brought into the frozen zone.
      if (!isNew && decision && decision.lines.length > 0) differing.push(unit);
      else judged.push({ ...unit, observation, decision });
    }
  });
  if (differing.length === 0) return judged;
  const load = loadView(
    places,
    await picture.openOrdersAt([...new Set(differing.flatMap(({ facts }) => madeAt(facts)))]),
    now,
  );
  await forEach(differing, (unit) => {
    const observation = look(unit, load);
    judged.push({ ...unit, observation, decision: observation && decide(observation, unit.known, policies) });
  });
  return judged;
}

/** Where no policy holds nothing is decided. */
function decide(
  observation: Observation,
  known: PlanningUnit | undefined,
  policies: readonly PolicyState[],
): Decision | undefined {
  const policy = policyFor(policies, observation.location, observation.observedAt);
  return policy && judge(observation, known, policy);
}

/** Answers the ids of decisions that were not taken since the unit was judged meanwhile: it is judged once more. */
async function record(
  decisions: readonly Decision[],
  { intake, clock, onFault }: JudgeOptions,
): Promise<ReadonlySet<string>> {
  if (decisions.length === 0) return new Set();
  const outcomes = await intake.receive(decisions.map((decision) => messageOf(decision, clock)));
  const refused = new Set<string>();
  outcomes.forEach((outcome, index) => {
    const { id } = decisions[index] as Decision;
    if (outcome.status !== 'REJECTED' && outcome.status !== 'DEAD_LETTERED') return;
    if (outcome.refusal.code === 'JUDGED_MEANWHILE') refused.add(id);
    else onFault(`Decision ${id} was not taken: ${outcome.refusal.reason}`);
  });
  return refused;
}

function messageOf(decision: Decision, clock: Clock) {
  const { observation } = decision;
  const [first] = observation.triggers;
  return inboundMessage(
    {
      type: 'RecordDecision',
      source: 'takt/synchronization',
      id: `${decision.id}/${observation.observedAt}`,
      time: observation.observedAt,
      cause: causeOf(decision),
      correlationId: first?.correlationId,
      data: decision,
    },
    clock,
  );
}

async function workCentersOf(units: readonly Unit[], picture: Picture): Promise<ReadonlyMap<string, WorkCenterFacts>> {
  const codes = [...new Set(units.flatMap(({ facts }) => madeAt(facts)))];
  const found = codes.length > 0 ? await picture.workCenters(codes) : [];
  return new Map(found.flatMap((facts, index) => (facts ? [[codes[index] as string, facts]] : [])));
}

/** All of them: there are few. */
async function allPolicies(policies: Collection<Governed<PolicyState>>): Promise<PolicyState[]> {
  const { entries } = await policies.page({ orderBy: ['id'], first: MOST_POLICIES });
  return entries.map(({ document }) => document);
}

const NO_LOAD: LoadView = () => undefined;
const BATCH = 64;
/** How soon something is seen to be due. */
const LOOK_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** How soon it is looked again whether a unit may begin. */
const SETTLE_LOOK_MS = 5_000;
/** How soon it is tried again to judge a unit of which nothing could be made. */
const FAULTY_MS = 10 * 60_000;
const LONGEST_LOAD_MS = 30 * 60_000;
const MOST_POLICIES = 1_000;
