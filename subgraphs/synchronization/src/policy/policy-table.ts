import { Type, type Static } from '@sinclair/typebox';
import { DecimalSchema } from '@takt/quantity';
import { literals } from '../literals.ts';
import { MEASURES, OUTCOMES } from '../judgement/decision.ts';
import { CRITICALITIES, ZONES } from '../judgement/observation.ts';

const oneOf = <const Names extends readonly string[]>(names: Names) =>
  Type.Optional(Type.Array(literals(names), { minItems: 1, uniqueItems: true }));
const text = Type.String({ minLength: 1, maxLength: 1000 });

/** What a change has to be for a rule to apply: all that is said; what is left out does not matter. */
const RuleConditionsSchema = Type.Object(
  {
    measure: oneOf(MEASURES),
    zone: oneOf(ZONES),
    criticality: oneOf(CRITICALITIES),
    refreshClass: oneOf(['CRITICAL', 'STABLE']),
    bought: Type.Optional(Type.Boolean()),
    direction: oneOf(['UP', 'DOWN']),
    /** At least so many percent of the baseline, up or down; from or to zero counts as unlimited. */
    changePercentAtLeast: Type.Optional(Type.Number({ minimum: 0 })),
    /** And at least so much, up or down, in the item's unit; of CAPACITY in minutes. */
    changeAtLeast: Type.Optional(DecimalSchema),
    utilizationPercentAtLeast: Type.Optional(Type.Number({ minimum: 0 })),
    /** Somebody whose priority is this number, or a lower one, waits for it. */
    customerPriorityAtMost: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
);
export type RuleConditions = Static<typeof RuleConditionsSchema>;

const RuleSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,79}$' }),
    /** In a planner's words. */
    description: text,
    when: RuleConditionsSchema,
    outcome: literals(OUTCOMES),
  },
  { additionalProperties: false },
);
export type Rule = Static<typeof RuleSchema>;

/** A decision table: the first rule that applies decides; if none does, the change is suppressed. */
export const PolicyTableSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,79}$' }),
    name: text,
    /** Who answers for it. */
    owner: text,
    description: Type.Optional(text),
    /** Plants that it is for; all of them unless given. A policy for a plant goes before one for all. */
    locations: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
    validFrom: Type.String({ format: 'date-time' }),
    /** The first instant at which it no longer holds. */
    validTo: Type.Optional(Type.String({ format: 'date-time' })),
    /** After it was acted on a week, changes of that week wait for so long before they may be acted on again. */
    coolDownMinutes: Type.Integer({ minimum: 0, maximum: 43_200 }),
    /** A change back has to exceed a rule's thresholds by so many percent. */
    hysteresisPercent: Type.Number({ minimum: 0, maximum: 1_000 }),
    rules: Type.Array(RuleSchema, { minItems: 1, maxItems: 500 }),
  },
  { additionalProperties: false },
);
export type PolicyTable = Static<typeof PolicyTableSchema>;

/** A table as it was published: its versions count from 1 and never change. */
export interface PolicyVersion extends PolicyTable {
  readonly version: number;
}
