import { Value } from '@sinclair/typebox/value';
import type { Quantity } from '@takt/quantity';
import type { Schedule, ScheduleRevision } from './events.ts';
import type { OperationPlan } from './messages.ts';
import type { ProductionOrder } from './order.ts';
import { without } from './without.ts';

/** One field that a schedule revision can touch: `scheduledStart`, `quantity`, `10.workCenter` and so on; null means none. */
export type ScheduleFields = ReadonlyMap<string, string | Quantity | null>;

/** All fields of a plan. */
export function fieldsOf(plan: Planned): ScheduleFields {
  return new Map<string, string | Quantity | null>([
    ...PLAN_FIELDS.map((name) => [name, plan[name]] as const),
    ...plan.operations.flatMap((operation) =>
      OPERATION_FIELDS.map((name) => [`${operation.sequence}.${name}`, operation[name] ?? null] as const),
    ),
  ]);
}

/** The fields that are given. */
function fieldsGiven(schedule: Schedule): ScheduleFields {
  const fields = new Map<string, string | Quantity | null>();
  for (const name of PLAN_FIELDS) if (schedule[name] !== undefined) fields.set(name, schedule[name]);
  for (const operation of schedule.operations ?? []) {
    for (const name of OPERATION_FIELDS) {
      if (operation[name] !== undefined) fields.set(`${operation.sequence}.${name}`, operation[name]);
    }
  }
  return fields;
}

/** What differs of the fields that both know; undefined if nothing does. */
export function difference(
  before: ScheduleFields,
  after: ScheduleFields,
): Pick<ScheduleRevision, 'from' | 'to'> | undefined {
  const differing = [...after].filter(([name, value]) => before.has(name) && !Value.Equal(before.get(name), value));
  if (differing.length === 0) return undefined;
  return { from: schedule(differing.map(([name]) => [name, before.get(name) ?? null])), to: schedule(differing) };
}

/** The plan with the fields that are given in place of its own. */
export function withSchedule<P extends Planned>(plan: P, given: Schedule): P {
  const fields = new Map([...fieldsOf(plan), ...fieldsGiven(given)]);
  const { scheduledStart, scheduledEnd, quantity } = { ...plan, ...schedule([...fields]) };
  return {
    ...plan,
    scheduledStart,
    scheduledEnd,
    quantity,
    operations: plan.operations.map((operation) => {
      const values = OPERATION_FIELDS.map((name) => [name, fields.get(`${operation.sequence}.${name}`)] as const);
      return {
        ...without(operation, ...OPERATION_FIELDS),
        ...(Object.fromEntries(values.filter(([, value]) => value != null)) as Partial<OperationPlan>),
      };
    }),
  };
}

/**
 * What a report of the owning system means for the revisions that it has yet to apply. Field by field: what still is as it
 * was before a revision keeps the revised value; what is as revised has been applied; anything else was decided over there,
 * holds, and rejects the revision.
 */
export function reconcile(revisions: readonly ScheduleRevision[], reported: ScheduleFields): Reconciliation {
  const pending = revisions.filter(isPending);
  const reached = new Map<string, number>();
  for (const { number, from, to } of pending) {
    const before = fieldsGiven(from);
    for (const [name, value] of fieldsGiven(to)) {
      const shown = reported.get(name);
      if (Value.Equal(shown, value)) reached.set(name, number);
      else if (!reached.has(name) && Value.Equal(shown, before.get(name))) reached.set(name, number - 1);
    }
  }
  const fields = new Map(reported);
  const applied: number[] = [];
  const rejected: number[] = [];
  for (const { number, to } of pending) {
    const revised = [...fieldsGiven(to)];
    if (revised.some(([name]) => !reached.has(name))) rejected.push(number);
    else if (revised.every(([name]) => (reached.get(name) ?? 0) >= number)) applied.push(number);
    else for (const [name, value] of revised) if ((reached.get(name) ?? 0) < number) fields.set(name, value);
  }
  return { fields, applied, rejected };
}

/**
 * Revisions as they are once one of them never was: what a later one that is still to be applied started from is what that
 * one started from.
 */
export function withoutRevision(revisions: readonly ScheduleRevision[], number: number): readonly ScheduleRevision[] {
  const gone = revisions.find((each) => each.number === number);
  if (!gone) return revisions;
  const [before, revised] = [fieldsGiven(gone.from), fieldsGiven(gone.to)];
  return revisions.map((each) => {
    if (each.number <= number || !isPending(each)) return each;
    const from = [...fieldsGiven(each.from)].map(([name, value]) => {
      const original = before.get(name);
      return original !== undefined && Value.Equal(value, revised.get(name))
        ? ([name, original] as const)
        : ([name, value] as const);
    });
    return { ...each, from: schedule(from) };
  });
}

/** What the plan was before a revision, as far as it still is as revised and no later one is to change it; undefined if it is not. */
export function undone(
  order: Planned & Pick<ProductionOrder, 'scheduleRevisions'>,
  revision: ScheduleRevision,
): ReturnType<typeof difference> {
  const later = order.scheduleRevisions.filter((each) => each.number > revision.number && isPending(each));
  const changing = new Set(later.flatMap(({ to }) => [...fieldsGiven(to).keys()]));
  const current = fieldsOf(order);
  const revised = fieldsGiven(revision.to);
  const before = [...fieldsGiven(revision.from)].filter(
    ([name]) => !changing.has(name) && Value.Equal(current.get(name), revised.get(name)),
  );
  return difference(current, new Map(before));
}

/** What a report said of a time before the owner applied revisions, as it would say it afterwards. */
export function broughtForward(
  revisions: readonly ScheduleRevision[],
  reported: ScheduleFields,
  time: string,
): ScheduleFields {
  const later = revisions.filter(
    ({ state, answeredAt }) =>
      state === 'APPLIED' && answeredAt !== undefined && Date.parse(answeredAt) > Date.parse(time),
  );
  const known = later.flatMap(({ to }) => [...fieldsGiven(to)]).filter(([name]) => reported.has(name));
  return new Map([...reported, ...known]);
}

/** The system that owns the order has yet to apply it. */
export function isPending({ state }: ScheduleRevision): boolean {
  return state === 'APPROVED' || state === 'SENT';
}

/** Puts fields together again; operations in order of sequence. */
export function schedule(fields: Iterable<readonly [string, string | Quantity | null]>): Schedule {
  const plan: Record<string, unknown> = {};
  const operations = new Map<number, Record<string, unknown>>();
  for (const [name, value] of fields) {
    const [sequence, field] = name.split('.');
    if (field === undefined) {
      plan[name] = value;
      continue;
    }
    const operation = operations.get(Number(sequence)) ?? { sequence: Number(sequence) };
    operation[field] = value;
    operations.set(Number(sequence), operation);
  }
  if (operations.size > 0) {
    plan['operations'] = [...operations.values()].sort(
      (left, right) => Number(left['sequence']) - Number(right['sequence']),
    );
  }
  return plan;
}

const PLAN_FIELDS = ['scheduledStart', 'scheduledEnd', 'quantity'] as const;
const OPERATION_FIELDS = ['workCenter', 'scheduledStart', 'scheduledEnd'] as const;

type Planned = Pick<ProductionOrder, (typeof PLAN_FIELDS)[number]> & {
  readonly operations: readonly Pick<OperationPlan, 'sequence' | (typeof OPERATION_FIELDS)[number]>[];
};

export interface Reconciliation {
  /** The report with the values of revisions that are still to be applied. */
  readonly fields: ScheduleFields;
  /** Numbers of the revisions that the report shows. */
  readonly applied: readonly number[];
  readonly rejected: readonly number[];
}
