import type { Cause } from '@takt/event-log';
import type { Decision } from './decision.ts';

/**
 * Why the schedule changes, in a planner's words: QUALITY if a hold was placed or released; else FORECAST_CHANGE if what
 * is needed has changed, CAPACITY if orders end late where they are made, SHORTAGE if only what is there has changed.
 */
export function causeOf({ lines, observation }: Pick<Decision, 'lines' | 'observation'>): Cause {
  if (observation.triggers.some(({ type }) => HOLDS.has(type))) return 'QUALITY';
  const acted = lines.filter(({ outcome }) => outcome !== 'SUPPRESS');
  const measures = new Set((acted.length > 0 ? acted : lines).map(({ measure }) => measure));
  if (measures.has('DEMAND')) return 'FORECAST_CHANGE';
  return measures.has('CAPACITY') ? 'CAPACITY' : 'SHORTAGE';
}

const HOLDS: ReadonlySet<string> = new Set(['QualityHoldPlaced', 'QualityHoldReleased']);
