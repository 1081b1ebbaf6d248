import { Type, type Static } from '@sinclair/typebox';
import type { Aggregate, Decision as Outcome } from '@takt/intake';
import { itemLocationId } from '@takt/products/contract';
import { DecisionSchema, type Acted, type Decision, type DecisionLine } from './decision.ts';
import type { Observation, Week } from './observation.ts';
import { emptyWeek, horizonStart, withValue, zoneOf } from './weeks.ts';

/** An item at a location as it was judged last: what the next observation of it is compared with. */
export interface PlanningUnit {
  readonly sku: string;
  readonly location: string;
  /** Unit of measure of all its decimals. */
  readonly unit: string;
  /** How often it has changed, which is its revision. */
  readonly changes: number;
  /** By week, the values that were propagated last: acted on, or told to somebody. In order of time. */
  readonly baseline: readonly Week[];
  /** The weeks as they were observed last. */
  readonly observed: readonly Week[];
  /** When each measure of each week was acted on last. */
  readonly acted: readonly Acted[];
  /** A decision that is not acted on yet, because a system is away. */
  readonly waiting?: { readonly decision: string; readonly reason: string; readonly since: string };
  /** When what cools down has to be judged again. */
  readonly againAt?: string;
  /** Id of the latest decision. */
  readonly decision: string;
  readonly decidedAt: string;
}

const id = Type.String({ minLength: 1, maxLength: 400 });

/** Data of `DropDecision`: what waited is not to be acted on any more. */
const DropDecision = Type.Object(
  {
    sku: Type.String({ minLength: 1 }),
    location: Type.String({ minLength: 1 }),
    decision: id,
    reason: Type.String({ minLength: 1, maxLength: 2000 }),
  },
  { additionalProperties: false },
);
type DropDecision = Static<typeof DropDecision>;

export const DecisionDropped = Type.Object(
  {
    ...DropDecision.properties,
    /** Revision of the planning unit afterwards. */
    revision: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false },
);
export type DecisionDropped = Static<typeof DecisionDropped>;

type Message =
  /** Data: the decision as `judge` made it. */
  | { readonly type: 'RecordDecision'; readonly data: Decision }
  | { readonly type: 'DropDecision'; readonly data: DropDecision };
type Event =
  | { readonly type: 'DecisionMade'; readonly data: Decision }
  | { readonly type: 'DecisionDropped'; readonly data: DecisionDropped };

export const planningUnit: Aggregate<PlanningUnit, Message, Event> = {
  noun: 'PlanningUnit',
  collection: {
    name: 'planning-units',
    indexes: [['sku', 'location'], ['location', 'sku'], ['waiting.since']],
  },
  messages: { RecordDecision: DecisionSchema, DropDecision },
  events: { DecisionMade: DecisionSchema, DecisionDropped },
  identify: ({ type, data }) => {
    const { sku, location } = type === 'RecordDecision' ? data.observation : data;
    return itemLocationId(sku, location);
  },
  decide: (state, message) =>
    message.type === 'RecordDecision' ? record(state, message.data) : drop(state, message.data),
  evolve: (state, event) => (event.type === 'DecisionMade' ? decided(state, event.data) : dropped(state, event.data)),
};

/**
 * The baseline of what nothing was ever propagated of: what is observed first is taken as known to everybody. Only a
 * shortage in the frozen zone is not, since the plant will run into it.
 */
export function firstBaseline(observation: Observation): Week[] {
  return observation.weeks.map((week) => {
    const isFrozen = zoneOf(week.week, observation) === 'FROZEN';
    return withValue(week, 'SHORTAGE', isFrozen ? '0' : week.shortage);
  });
}

/** When a unit has to be judged next, whatever happens: nothing new does not end a cool-down. */
export function judgedNextAt(
  decision: Decision | undefined,
  known: PlanningUnit | undefined,
  now: string,
): string | undefined {
  if (decision) return decision.againAt;
  return known?.againAt !== undefined && known.againAt > now ? known.againAt : undefined;
}

/** Refuses with JUDGED_MEANWHILE what was judged against another revision: it has to be judged anew. */
function record(state: PlanningUnit | undefined, decision: Decision): Outcome<Event> {
  const revision = state?.changes ?? 0;
  if (decision.against !== revision) {
    const reason = `It was judged against revision ${decision.against}, and is at revision ${revision}.`;
    return { refused: { code: 'JUDGED_MEANWHILE', reason } };
  }
  const made = { type: 'DecisionMade', data: decision } as const;
  if (!state?.waiting || decision.outcome !== 'SUPPRESS') return { events: [made] };
  const { sku, location } = state;
  const reason = 'Nothing is left of it that the policy acts on.';
  const data = { sku, location, decision: state.waiting.decision, reason, revision: revision + 1 };
  return { events: [made, { type: 'DecisionDropped', data }] };
}

function drop(state: PlanningUnit | undefined, data: DropDecision): Outcome<Event> {
  if (state?.waiting?.decision !== data.decision) return { events: [] };
  return { events: [{ type: 'DecisionDropped', data: { ...data, revision: state.changes + 1 } }] };
}

/** The baseline follows what was acted on; what was suppressed or has to wait leaves it where it is. */
function decided(state: PlanningUnit | undefined, decision: Decision): PlanningUnit {
  const { observation, lines, deferred, againAt, decidedAt } = decision;
  const from = horizonStart(observation);
  const known = decision.begins || !state ? { baseline: firstBaseline(observation), acted: [] } : state;
  const moved = deferred === undefined ? lines.filter(({ outcome }) => outcome !== 'SUPPRESS') : [];
  const relieved = lines.filter((line) => line.relieved);
  return {
    sku: observation.sku,
    location: observation.location,
    unit: observation.unit,
    changes: decision.against + 1,
    baseline: movedBaseline(
      known.baseline.filter(({ week }) => week >= from),
      [...moved, ...relieved],
    ),
    observed: observation.weeks,
    acted: [
      ...known.acted.filter((each) => each.week >= from && !moved.some((line) => isSameMeasure(line, each))),
      ...moved.map((line) => actedOn(line, decidedAt)),
    ],
    ...(deferred !== undefined && {
      waiting: { decision: decision.id, reason: deferred, since: state?.waiting?.since ?? decidedAt },
    }),
    ...(againAt !== undefined && { againAt }),
    decision: decision.id,
    decidedAt,
  };
}

function dropped(state: PlanningUnit | undefined, { revision }: DecisionDropped): PlanningUnit {
  if (!state) throw new Error('A decision was dropped of an item at a location that was never judged.');
  return { ...withoutWaiting(state), changes: revision };
}

function withoutWaiting({ waiting: _waiting, ...rest }: PlanningUnit): PlanningUnit {
  return rest;
}

function movedBaseline(baseline: readonly Week[], lines: readonly DecisionLine[]): Week[] {
  const weeks = new Map(baseline.map((week) => [week.week, week]));
  for (const { week, measure, now } of lines) {
    weeks.set(week, withValue(weeks.get(week) ?? emptyWeek(week), measure, now));
  }
  return [...weeks.values()].sort((one, other) => (one.week < other.week ? -1 : 1));
}

function actedOn({ week, measure, change, outcome }: DecisionLine, at: string): Acted {
  return { week, measure, at, direction: change.startsWith('-') ? 'DOWN' : 'UP', outcome };
}

function isSameMeasure(one: Pick<Acted, 'week' | 'measure'>, other: Pick<Acted, 'week' | 'measure'>): boolean {
  return one.week === other.week && one.measure === other.measure;
}
