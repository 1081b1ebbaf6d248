import { Type, type Static } from '@sinclair/typebox';
import { DecimalSchema } from '@takt/quantity';
import { literals } from '../literals.ts';
import { ObservationSchema, WeekSchema, ZONES } from './observation.ts';

/**
 * What a rule may say, from the weakest to the strongest. RECALCULATE: the schedule follows by itself. PROPOSE: it follows
 * once a planner has approved. PROCUREMENT_ALERT: a buyer has to act. EXCEPTION: a planner has to decide.
 */
export const OUTCOMES = ['SUPPRESS', 'RECALCULATE', 'PROPOSE', 'PROCUREMENT_ALERT', 'EXCEPTION'] as const;
export type DecisionOutcome = (typeof OUTCOMES)[number];

/** SUPPRESS if there is none. */
export function strongestOutcome(outcomes: readonly DecisionOutcome[]): DecisionOutcome {
  return OUTCOMES[Math.max(0, ...outcomes.map((outcome) => OUTCOMES.indexOf(outcome)))] ?? 'SUPPRESS';
}

/** DEMAND: what is needed; SHORTAGE: what is missing; CAPACITY: orders that end late where they are made. */
export const MEASURES = ['DEMAND', 'SHORTAGE', 'CAPACITY'] as const;
export type DecisionMeasure = (typeof MEASURES)[number];

const id = Type.String({ minLength: 1, maxLength: 400 });

/** One week of which one measure is other than what was acted on last. */
const DecisionLineSchema = Type.Object(
  {
    week: Type.String({ format: 'date' }),
    measure: literals(MEASURES),
    zone: literals(ZONES),
    /** As it was when it was acted on last; of CAPACITY in minutes. */
    baseline: DecimalSchema,
    now: DecimalSchema,
    /** `now` − `baseline`. */
    change: DecimalSchema,
    /** Of the baseline; null if that is zero. */
    changePercent: Type.Union([Type.Number(), Type.Null()]),
    utilizationPercent: Type.Optional(Type.Number()),
    customerPriority: Type.Optional(Type.Integer()),
    outcome: literals(OUTCOMES),
    /** Of the policy's rules; absent where the policy did not decide: see `because`. */
    rule: Type.Optional(id),
    /** The rule's own conditions, as text, for whoever asks why: e.g. `|change| ≥ 10 % and ≥ 20 EA`. */
    thresholds: Type.Array(Type.String()),
    /** Why the rule's outcome is not the line's: cooling down until …, within hysteresis, frozen zone. */
    because: Type.Optional(Type.String()),
    /** Less is short, or late: the baseline follows, and nothing is to be done. */
    relieved: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: false },
);
export type DecisionLine = Static<typeof DecisionLineSchema>;

/** That one measure of a week was acted on: what a cool-down and hysteresis refer to. */
const ActedSchema = Type.Object(
  {
    week: Type.String({ format: 'date' }),
    measure: literals(MEASURES),
    at: Type.String({ format: 'date-time' }),
    /** Of the change that was acted on: the next one the other way is a change back. */
    direction: literals(['UP', 'DOWN']),
    outcome: literals(OUTCOMES),
  },
  { additionalProperties: false },
);
export type Acted = Static<typeof ActedSchema>;

/** What was made of an observation, and everything that it takes to come to the same answer again. */
export const DecisionSchema = Type.Object(
  {
    id,
    policy: Type.Object({ id, version: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
    /** Revision of the planning unit that it was judged against; 0 if there was none. */
    against: Type.Integer({ minimum: 0 }),
    outcome: literals(OUTCOMES),
    lines: Type.Array(DecisionLineSchema),
    /** The weeks of the lines as they were when they were acted on last; the observation says what all others were. */
    baseline: Type.Array(WeekSchema),
    /** When measures of these weeks were acted on last, as far as they were. */
    acted: Type.Array(ActedSchema),
    /** Nothing was known of the item at the location in this unit: the baseline begins with what was observed. */
    begins: Type.Boolean(),
    observation: ObservationSchema,
    /** It is not acted on now: why, e.g. which system is away. It is judged again when that is over. */
    deferred: Type.Optional(Type.String()),
    /** The decision that waited, and in whose place this one is. */
    supersedes: Type.Optional(id),
    /** When what cools down is judged again. */
    againAt: Type.Optional(Type.String({ format: 'date-time' })),
    decidedAt: Type.String({ format: 'date-time' }),
  },
  { additionalProperties: false },
);
export type Decision = Static<typeof DecisionSchema>;
