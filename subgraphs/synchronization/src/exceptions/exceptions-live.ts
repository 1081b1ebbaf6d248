import type { EventLog } from '@takt/event-log';
import { liveChanges } from '@takt/subgraph-server';
import { ExceptionEvents } from './events.ts';
import type { ExceptionEvent } from './planning-exception.ts';

export interface ExceptionNewsAsked {
  readonly plant?: string | null;
  readonly owner?: string | null;
  readonly after?: string | null;
}

/** All that happens to exceptions; of one plant, or of one owner, who also hears when somebody else gets it. */
export function exceptionNews(log: EventLog, { plant, owner, after }: ExceptionNewsAsked) {
  return liveChanges(log, after, ({ type, data }): { readonly event: ExceptionEvent } | undefined => {
    if (!(type in ExceptionEvents)) return undefined;
    const event = { type, data } as ExceptionEvent;
    const owners = [event.data.owner, ...('from' in event.data ? [event.data.from] : [])];
    if (plant != null && event.data.location !== plant) return undefined;
    return owner != null && !owners.includes(owner) ? undefined : { event };
  });
}
