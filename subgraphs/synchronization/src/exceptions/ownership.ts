import { Type, type Static } from '@sinclair/typebox';
import { addWorkingTime, NoWorkingTimeError, type PlanningCalendar } from '@takt/planning-time';
import { EXCEPTION_KINDS, type RaiseException, SEVERITIES } from './messages.ts';

const person = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });
const codes = Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }));
const responsible = {
  owner: person,
  escalateTo: Type.Optional(Type.Array(person, { maxItems: 10 })),
};
const dueSchema = Type.Object(
  { hours: Type.Number({ exclusiveMinimum: 0, maximum: 2000 }), working: Type.Boolean() },
  { additionalProperties: false },
);

/** Who has to see to which exceptions, and by when. */
export const OwnershipSchema = Type.Object(
  {
    rules: Type.Array(
      Type.Object(
        {
          plants: codes,
          families: codes,
          kinds: Type.Optional(
            Type.Array(Type.Union(EXCEPTION_KINDS.map((kind) => Type.Literal(kind))), { minItems: 1 }),
          ),
          ...responsible,
        },
        { additionalProperties: false },
      ),
      { maxItems: 1000 },
    ),
    plants: Type.Record(Type.String(), Type.Object(responsible, { additionalProperties: false })),
    otherwise: Type.Object(responsible, { additionalProperties: false }),
    due: Type.Object(
      { LOW: dueSchema, MEDIUM: dueSchema, HIGH: dueSchema, CRITICAL: dueSchema } satisfies Record<
        (typeof SEVERITIES)[number],
        typeof dueSchema
      >,
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type Ownership = Static<typeof OwnershipSchema>;

/**
 * Who has it, and who has it next: by the first rule that applies to plant, family and kind, else the item's planner, else
 * whoever is named for the plant, else for all others. Where it is not said to whom it is escalated, to the plant's.
 */
export function responsibleFor(
  { kind, location, family, planner }: Pick<RaiseException, 'kind' | 'location' | 'family' | 'planner'>,
  { rules, plants, otherwise }: Ownership,
): Pick<RaiseException, 'owner' | 'escalateTo'> {
  const plant = Object.hasOwn(plants, location) ? plants[location] : undefined;
  const rule = rules.find(
    ({ plants: places, families, kinds }) =>
      (places?.includes(location) ?? true) &&
      (families === undefined || (family !== undefined && families.includes(family))) &&
      (kinds?.includes(kind) ?? true),
  );
  const escalateTo = rule?.escalateTo ?? plant?.escalateTo ?? otherwise.escalateTo ?? [];
  return { owner: rule?.owner ?? planner ?? plant?.owner ?? otherwise.owner, escalateTo };
}

/**
 * RFC 3339: by when one of this severity is to be decided that somebody has since `from`. Working hours are those of the
 * calendar; without one, or if nobody works for a long time, hours of the clock count.
 */
export function dueAt(
  severity: RaiseException['severity'],
  from: string,
  { due }: Ownership,
  calendar: PlanningCalendar | undefined,
): string {
  const { hours, working } = due[severity];
  const minutes = hours * 60;
  const byTheClock = () => new Date(Date.parse(from) + minutes * 60_000).toISOString();
  if (!working || !calendar) return byTheClock();
  try {
    return addWorkingTime([calendar], from, minutes);
  } catch (error) {
    if (error instanceof NoWorkingTimeError) return byTheClock();
    throw error;
  }
}
