import { Value } from '@sinclair/typebox/value';
import { olderThanKnown, type DecisionContext } from '@takt/intake';
import type { FactData, ProductionOrderFact } from './events.ts';
import { isFinal } from './lifecycle.ts';
import type { OperationPlan, ProductionOrderReport } from './messages.ts';
import type { Operation, ProductionOrder } from './order.ts';
import { endsBeforeStart, planFault, planInUtc, utc } from './plan.ts';
import { refuse } from './refusals.ts';
import { nextRevision } from './revise-schedule.ts';
import {
  broughtForward,
  difference,
  fieldsOf,
  isPending,
  reconcile,
  schedule,
  withSchedule,
  type Reconciliation,
} from './schedule.ts';
import { withSubstitutions } from './substitution.ts';
import { without } from './without.ts';
import { releaseIn } from './write-back.ts';

/**
 * What a backing system's view of an order changes in ours: one fact for each part that differs, none if nothing does.
 * Quality holds, substitutions, confirmations and revisions of ours stay; a closed or cancelled order is not reopened.
 */
export function acceptReport(
  order: ProductionOrder | undefined,
  report: ProductionOrderReport,
  context: DecisionContext,
): readonly ProductionOrderFact[] | ReturnType<typeof refuse> {
  const fault = olderThanKnown(context) ?? planFault(report);
  if (fault) return fault;
  const reported = planInUtc(report);
  const ownerSystem = `${context.origin.system}/${context.origin.instance}`;
  if (!order) return [{ type: 'ProductionOrderCreated', data: { ...created(reported), ownerSystem } }];
  if (isFinal(order.stage) && report.state !== order.stage) {
    return refuse(order.stage === 'CLOSED' ? 'ORDER_CLOSED' : 'ORDER_CANCELLED', `It is reported ${report.state}.`);
  }
  return [
    ...adopted(order, ownerSystem),
    ...amended(order, reported),
    ...statusChanged(order, reported, context.time),
    ...planChanged(order, reported, context),
    ...componentsChanged(order, reported),
  ];
}

function created({ frozen, materialShortage, ...report }: ProductionOrderReport): FactData<'ProductionOrderCreated'> {
  return { ...report, owner: 'SOURCE', frozen: frozen ?? false, materialShortage: materialShortage ?? false };
}

/** The first system that reports an order owns it. */
function adopted({ id, ownerSystem: owner }: ProductionOrder, ownerSystem: string): ProductionOrderFact[] {
  return owner === undefined ? [{ type: 'ProductionOrderAdopted', data: { id, ownerSystem } }] : [];
}

function amended(order: ProductionOrder, report: ProductionOrderReport): ProductionOrderFact[] {
  const after = pick(report, MASTER);
  return Value.Equal(pick(order, MASTER), after) ? [] : [{ type: 'ProductionOrderAmended', data: after }];
}

function statusChanged(
  order: ProductionOrder,
  report: ProductionOrderReport,
  time: string,
): readonly ProductionOrderFact[] {
  const { state: reported, ...flags } = pick(created(report), STATUS);
  const { stage: state, facts } = releaseIn(order, reported, time);
  if (order.stage === state && Value.Equal(pick(order, FLAGS), flags)) return facts;
  return [...facts, { type: 'ProductionOrderStatusChanged', data: { ...flags, state } }];
}

function planChanged(
  order: ProductionOrder,
  report: ProductionOrderReport,
  context: DecisionContext,
): ProductionOrderFact[] {
  const { id } = order;
  const { fields, applied, rejected } = reconciled(order, report, context.time);
  const reason = `The system that owns the order reported another schedule.`;
  const events: ProductionOrderFact[] = [
    ...applied.map((number) => ({ type: 'ScheduleRevisionApplied', data: { id, number } }) as const),
    ...rejected.map((number) => ({ type: 'ScheduleRevisionRejected', data: { id, number, reason } }) as const),
  ];
  const change = difference(fieldsOf(order), fields);
  if (change) {
    const revision = {
      number: nextRevision(order),
      ...change,
      cause: context.cause,
      revisedAt: utc(context.time),
      state: 'APPLIED' as const,
    };
    events.push({ type: 'ProductionOrderRescheduled', data: { id, revision } });
  }
  const before = change ? withSchedule(order, change.to) : order;
  const { operations } = withSchedule(report, schedule(fields));
  if (!Value.Equal(before.operations.map(planOf), operations)) {
    events.push({ type: 'ProductionOrderOperationsChanged', data: { id, operations } });
  }
  return events;
}

/** A revision that would end before it starts, now that the rest has been reported otherwise, is rejected as well. */
function reconciled(
  { scheduleRevisions }: ProductionOrder,
  report: ProductionOrderReport,
  time: string,
): Reconciliation {
  const reported = broughtForward(scheduleRevisions, fieldsOf(report), time);
  const outcome = reconcile(scheduleRevisions, reported);
  const mixed = withSchedule(report, schedule(outcome.fields));
  if (!endsBeforeStart(mixed) && !mixed.operations.some(endsBeforeStart)) return outcome;
  const { applied } = outcome;
  const rejected = scheduleRevisions.filter((each) => isPending(each) && !applied.includes(each.number));
  return { fields: reported, applied, rejected: rejected.map(({ number }) => number) };
}

function componentsChanged(order: ProductionOrder, report: ProductionOrderReport): ProductionOrderFact[] {
  const components = withSubstitutions(report.components, order);
  if (Value.Equal([...order.components], components)) return [];
  return [{ type: 'ProductionOrderComponentsChanged', data: { id: order.id, components } }];
}

function planOf({ reported, ...operation }: Operation): OperationPlan {
  return { ...without(operation, 'state', 'actualStart', 'actualEnd', 'confirmed'), ...reported };
}

const MASTER = ['id', 'sku', 'location', 'priority', 'routing'] as const;
const FLAGS = ['id', 'sourceStatuses', 'frozen', 'materialShortage', 'delivered'] as const;
const STATUS = [...FLAGS, 'state'] as const;

/** Only what is there. */
function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]])) as Pick<
    T,
    K
  >;
}
