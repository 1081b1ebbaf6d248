import type { EventLog } from '@takt/event-log';
import { liveChanges } from '@takt/subgraph-server';
import type { ForecastRevision, ForecastWithdrawal } from './events.ts';
import { forecast } from './forecast.ts';

/** What the resolvers turn into `ForecastRevised`. */
export interface ForecastNews {
  readonly withdrawn: boolean;
  readonly change: ForecastRevision | ForecastWithdrawal;
}

export interface ForecastNewsAsked {
  readonly plant?: string | null;
  readonly sku?: string | null;
  readonly after?: string | null;
}

/** Revisions and withdrawals, of one plant or one item if so asked. */
export function forecastNews(log: EventLog, asked: ForecastNewsAsked) {
  return liveChanges(log, asked.after, (event): ForecastNews | undefined => {
    if (!(event.type in forecast.events)) return undefined;
    const change = event.data as ForecastNews['change'];
    if (asked.plant != null && change.location !== asked.plant) return undefined;
    if (asked.sku != null && change.sku !== asked.sku) return undefined;
    return { withdrawn: event.type === 'ForecastWithdrawn', change };
  });
}
