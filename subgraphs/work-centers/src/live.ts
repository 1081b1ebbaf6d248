import type { EventLog } from '@takt/event-log';
import { liveChanges } from '@takt/subgraph-server';
import type { WorkCenterChange, WorkCenterStateChange } from './work-center.ts';

/** What happened to a work center: its record or its state changed. */
export type WorkCenterEvent =
  | { readonly type: 'WorkCenterChanged'; readonly data: WorkCenterChange }
  | { readonly type: 'WorkCenterStateChanged'; readonly data: WorkCenterStateChange };

/** Changes of work centers, of one plant or one of them if so asked. The payload is what the resolvers turn into `WorkCenterChanged`. */
export function workCenterChanges(
  log: EventLog,
  asked: { readonly plant?: string | null; readonly code?: string | null; readonly after?: string | null },
) {
  return liveChanges(log, asked.after, (logged) => {
    const event = logged as WorkCenterEvent;
    const { code, location } = event.type === 'WorkCenterChanged' ? event.data.record : event.data;
    if (asked.plant != null && location !== asked.plant) return undefined;
    if (asked.code != null && code !== asked.code) return undefined;
    return { code, event };
  });
}
