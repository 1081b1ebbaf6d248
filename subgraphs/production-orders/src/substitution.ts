import { compare, decimal, isZero, multiply, quantity, subtract } from '@takt/quantity';
import type { DecisionContext } from '@takt/intake';
import type { Component, MaterialSubstitution, ProductionOrderFact } from './events.ts';
import type { CommandData } from './messages.ts';
import { SUBSTITUTIONS_KEPT, type ProductionOrder } from './order.ts';
import { utc } from './plan.ts';
import { refuse } from './refusals.ts';
import { without } from './without.ts';

/** What is still to be withdrawn of the component is replaced, in the ratio given. */
export function substituteMaterial(
  order: ProductionOrder,
  command: CommandData<'SubstituteMaterial'>,
  context: DecisionContext,
): readonly ProductionOrderFact[] | ReturnType<typeof refuse> {
  const { id, position, substitute, group, priority, reason, approvedBy, unit } = command;
  const component = order.components.find((each) => each.position === position);
  if (!component) return refuse('COMPONENT_UNKNOWN', `Position ${position} is not one of its components.`);
  if (substitute === component.sku || substitute === order.sku) return refuse('SUBSTITUTE_UNSUITABLE');
  const ratio = decimal(command.ratio);
  if (ratio === '0') return refuse('RATIO_NOT_POSITIVE');
  const replaced = open(component);
  if (isZero(replaced)) return refuse('COMPONENT_WITHDRAWN');
  if (order.substitutions.length >= SUBSTITUTIONS_KEPT) {
    return refuse('TOO_MANY', `It keeps ${SUBSTITUTIONS_KEPT} substitutions.`);
  }
  const required = multiply(replaced, ratio);
  const substitution: MaterialSubstitution = {
    position,
    component: component.sku,
    substitute,
    ...(group !== undefined && { group }),
    ...(priority !== undefined && { priority }),
    ratio,
    replaced,
    required: { value: required.value, unit: unit ?? required.unit },
    reason,
    approvedBy,
    substitutedAt: utc(context.time),
  };
  return [{ type: 'MaterialSubstituted', data: { id, substitution } }];
}

/**
 * The components that a source reports, with our substitutions where it still has what they replaced. Of the substitute
 * is required what the source has still to withdraw, in the ratio; withdrawals of the substitute are taken from `known`.
 */
export function withSubstitutions(
  reported: readonly Component[],
  { components: known, substitutions }: Pick<ProductionOrder, 'components' | 'substitutions'>,
): Component[] {
  return reported.map((component) => {
    const current = known.find(({ position }) => position === component.position);
    if (current?.substitutedFor === undefined) return component;
    if (current.sku === component.sku) return { ...component, substitutedFor: current.substitutedFor };
    const own = substitutions.filter(({ position }) => position === component.position);
    const first = own.findIndex((substitution) => substitution.component === component.sku);
    if (first < 0) return component;
    return { ...without(current, 'available'), required: own.slice(first).reduce(substituteRequired, open(component)) };
  });
}

function substituteRequired(
  amount: Component['required'],
  { ratio, required }: MaterialSubstitution,
): Component['required'] {
  return { value: multiply(amount, ratio).value, unit: required.unit };
}

/** Required and not yet withdrawn. */
function open({ required, withdrawn }: Component): Component['required'] {
  if (withdrawn === undefined) return required;
  return compare(withdrawn, required) >= 0 ? quantity(0, required.unit) : subtract(required, withdrawn);
}
