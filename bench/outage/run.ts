import type { BenchOptions } from '../run.ts';
import type { Table } from '../report.ts';
import { consumerAway } from './consumer-away.ts';
import { logAway } from './log-away.ts';

/** Events of an hour at the rate of inventory movements in normal operation. */
export const EVENTS_PER_SECOND = 50;
const HOUR = EVENTS_PER_SECOND * 3600;

/** How long it takes until everything is delivered after an hour without a consumer, or without the log. */
export async function run(options: BenchOptions): Promise<Table[]> {
  const events = options.limit ?? HOUR;
  return [await consumerAway(options, events), await logAway(options, events)];
}

/** Figures that all outages have; a whole hour's is extrapolated where less was measured. */
export function drainFigures(events: number, elapsedMs: number): Record<string, number> {
  const perSecond = (events / elapsedMs) * 1000;
  return {
    events,
    'of an hour': events / HOUR,
    'drained s': elapsedMs / 1000,
    'events/s': perSecond,
    'an hour in s': HOUR / perSecond,
    '× faster than 10 min': (600 * perSecond) / HOUR,
  };
}
