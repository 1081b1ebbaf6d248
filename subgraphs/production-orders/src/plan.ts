import { isNegative } from '@takt/quantity';
import type { ComponentPlan, ProductionOrderReport } from './messages.ts';
import { refuse } from './refusals.ts';

type Plan = Pick<
  ProductionOrderReport,
  'quantity' | 'scheduledStart' | 'scheduledEnd' | 'operations' | 'components' | 'delivered'
>;

/** What contradicts itself in a plan. */
export function planFault(plan: Plan): ReturnType<typeof refuse> | undefined {
  if (isNegative(plan.quantity)) return refuse('QUANTITY_NEGATIVE', `The order is over ${plan.quantity.value}.`);
  if (plan.delivered && plan.delivered.unit !== plan.quantity.unit) return refuse('UNITS_DIFFER');
  if (endsBeforeStart(plan)) return refuse('END_BEFORE_START', 'It is the one of the order.');
  const ended = plan.operations.find(endsBeforeStart);
  if (ended) return refuse('END_BEFORE_START', `It is the one of operation ${ended.sequence}.`);
  const sequence = repeated(plan.operations.map((operation) => operation.sequence));
  if (sequence !== undefined) return refuse('OPERATION_REPEATED', `It is ${sequence}.`);
  const position = repeated(plan.components.map((component) => component.position));
  if (position !== undefined) return refuse('COMPONENT_REPEATED', `It is ${position}.`);
  return plan.components.map(componentFault).find((fault) => fault !== undefined);
}

/** The plan with all instants in UTC. */
export function planInUtc<P extends Plan>(plan: P): P {
  return {
    ...plan,
    scheduledStart: utc(plan.scheduledStart),
    scheduledEnd: utc(plan.scheduledEnd),
    operations: plan.operations
      .map((operation) => ({ ...operation, ...utcWhereGiven(operation) }))
      .sort((left, right) => left.sequence - right.sequence),
    components: plan.components.map((component) => ({
      ...component,
      ...(component.requiredAt !== undefined && { requiredAt: utc(component.requiredAt) }),
    })),
  };
}

/** An RFC 3339 instant in the one form whose text order is time order. */
export function utc(instant: string): string {
  return new Date(instant.toUpperCase()).toISOString();
}

export function utcWhereGiven(times: Times): { readonly [name in keyof Times]: string } {
  return Object.fromEntries(
    TIMES.flatMap((name) => {
      const instant = times[name];
      return instant == null ? [] : [[name, utc(instant)]];
    }),
  );
}

export function endsBeforeStart({ scheduledStart, scheduledEnd }: Times): boolean {
  return scheduledStart != null && scheduledEnd != null && Date.parse(scheduledEnd) < Date.parse(scheduledStart);
}

const TIMES = ['scheduledStart', 'scheduledEnd', 'actualStart', 'actualEnd'] as const;
type Times = { readonly [name in (typeof TIMES)[number]]?: string | undefined };

function repeated(numbers: readonly number[]): number | undefined {
  const seen = new Set<number>();
  return numbers.find((each) => seen.size === seen.add(each).size);
}

function componentFault({
  position,
  required,
  withdrawn,
  available,
}: ComponentPlan): ReturnType<typeof refuse> | undefined {
  const quantities = [required, withdrawn, available].filter((each) => each !== undefined);
  if (quantities.some(({ unit }) => unit !== required.unit)) {
    return refuse('UNITS_DIFFER', `It is the component at position ${position}.`);
  }
  const negative = quantities.some(isNegative);
  return negative ? refuse('QUANTITY_NEGATIVE', `It is the component at position ${position}.`) : undefined;
}
