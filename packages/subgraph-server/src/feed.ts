import type { DocumentStore } from '@takt/document-store';
import type { EventLog, LoggedEvent } from '@takt/event-log';
import type { Provenance } from '@takt/intake';
import type { AnyDomainDefinition } from './domain.ts';
import { ReplayRefusedError } from './replay.ts';

/** What a domain tells others of itself, page by page: what happens, and how its documents are. */
export interface Feed {
  /** Where its log ends now. */
  head(): Promise<{ readonly log: string; readonly head: number }>;
  /**
   * Events behind a position, bounded in number and bytes; one alone may be larger. If there are none it waits for some,
   * no longer than `waitMs` and not once `signal` aborts. Throws PositionExpiredError.
   */
  events(query: EventsQuery, signal: AbortSignal): Promise<EventsPage>;
  /** Documents of a collection in order of their ids (UTF-8), bounded alike; none once there are no more. */
  snapshot(query: SnapshotQuery): Promise<SnapshotPage>;
}

export interface EventsQuery {
  readonly after: number;
  readonly limit: number;
  readonly waitMs: number;
}

export interface EventsPage {
  /** Id of the log. */
  readonly log: string;
  readonly events: readonly LoggedEvent[];
}

export interface SnapshotQuery {
  /** Of one of the domain's aggregates. */
  readonly collection: string;
  /** Id of the last document of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface SnapshotPage {
  /** The documents are at least as new as the event at this position of the log. */
  readonly position: number;
  readonly documents: readonly SnapshotDocument[];
}

export interface SnapshotDocument {
  readonly id: string;
  readonly state: object;
  readonly revision: number;
  readonly provenance: Provenance;
}

/** Most events or documents of a page. */
export const MAX_FEED_PAGE = 512;
/** Longest wait for events. */
export const MAX_FEED_WAIT_MS = 10_000;

/** The feed of a domain that is open in this process. */
export function feedOf(
  { aggregates }: Pick<AnyDomainDefinition, 'aggregates'>,
  { store, log }: { readonly store: DocumentStore; readonly log: Pick<EventLog, 'id' | 'head' | 'read' | 'follow'> },
): Feed {
  const pageBehind = (after: number, limit: number) =>
    bounded<LoggedEvent>(limit, (last, count) => log.read(last?.position ?? after, count));
  return {
    head: async () => ({ log: log.id, head: await log.head() }),
    async events({ after, limit, waitMs }, signal) {
      let events = await pageBehind(after, limit);
      if (events.length === 0 && (await someCome(log, after, waitMs, signal))) events = await pageBehind(after, limit);
      return { log: log.id, events };
    },
    async snapshot({ collection: name, after, limit }) {
      const aggregate = aggregates.find(({ collection }) => collection.name === name);
      if (!aggregate) throw new ReplayRefusedError(`There is no collection ${name.slice(0, 80)} of aggregates.`);
      const collection = await store.collection(aggregate.collection);
      const position = await log.head();
      const documents = await bounded<SnapshotDocument>(limit, async (last, first) => {
        const id = last?.id ?? after;
        const { entries } = await collection.page({ orderBy: [], first, ...(id !== undefined && { after: [id] }) });
        return entries.map(({ id, document: { revision, provenance, told: _told, ...state } }) => ({
          id,
          state,
          revision,
          provenance,
        }));
      });
      return { position, documents };
    },
  };
}

async function someCome(
  log: Pick<EventLog, 'follow'>,
  after: number,
  waitMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (waitMs <= 0) return false;
  const waiting = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
  for await (const _some of log.follow(after, waiting)) return true;
  return false;
}

/** Reads a few at a time, until there are enough of them, or of their bytes as JSON. */
async function bounded<Entry>(
  limit: number,
  next: (last: Entry | undefined, count: number) => Promise<readonly Entry[]>,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  let bytes = 0;
  for (let isOver = false; !isOver && entries.length < limit;) {
    const count = Math.min(AT_ONCE, limit - entries.length);
    const some = await next(entries.at(-1), count);
    isOver = some.length < count;
    for (const entry of some) {
      bytes += Buffer.byteLength(JSON.stringify(entry));
      if (bytes > PAGE_BYTES && entries.length > 0) return entries;
      entries.push(entry);
    }
  }
  return entries;
}

/** So many of the largest size are held in memory without harm. */
const AT_ONCE = 48;
const PAGE_BYTES = 4 * 1024 * 1024;
