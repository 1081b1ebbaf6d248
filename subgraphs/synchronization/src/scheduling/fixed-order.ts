import { isBefore, type ProductionOrder } from '@takt/production-orders/contract';
import type { SchedulingUnit } from './scheduler.ts';

/** Why an order must stay where it is, as a planner would say it; undefined if it may be moved. */
export function fixedBecause(
  order: ProductionOrder,
  { frozenUntil, coolingDown }: Pick<SchedulingUnit, 'frozenUntil' | 'coolingDown'>,
  now: string,
): string | undefined {
  const { id, state, frozen, onHold, actualStart, scheduledStart } = order;
  const cool = coolingDown[id];
  if (!isBefore(state, 'IN_PROGRESS') || actualStart !== undefined || hasBegun(order)) return `${id} has begun`;
  if (frozen) return `${id} is frozen`;
  if (onHold) return `${id} is on quality hold`;
  if (Date.parse(scheduledStart) < Date.parse(frozenUntil)) return `${id} starts before the demand time fence`;
  if (cool !== undefined && Date.parse(cool) > Date.parse(now)) return `${id} was moved lately and stays until ${cool}`;
  return undefined;
}

/** What is released keeps its quantity and its work centers. */
export function mayResize({ state }: ProductionOrder): boolean {
  return isBefore(state, 'RELEASED');
}

function hasBegun({ operations }: ProductionOrder): boolean {
  return operations.some(({ actualStart, state }) => {
    return actualStart !== undefined || (state !== 'PLANNED' && state !== 'RELEASED' && state !== 'CANCELLED');
  });
}
