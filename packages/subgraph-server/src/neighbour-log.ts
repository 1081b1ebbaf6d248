import type { LoggedEvent } from '@takt/event-log';
import type { FollowedLog } from '@takt/log-consumer';
import { MAX_FEED_PAGE, MAX_FEED_WAIT_MS, type EventsQuery, type Feed } from './feed.ts';

/** The log of a domain as its neighbours may follow it. */
export type NeighbourLog = FollowedLog;

/**
 * The log of a domain that another process has open, through its feed. Whatever goes wrong on the way is thrown by what
 * was asked: who follows goes on behind the position that it has, with the log of whoever writes by then.
 */
export async function openNeighbourLog(feed: Feed): Promise<NeighbourLog> {
  const { log: id } = await feed.head();
  /** The page that was fetched last: who follows reads on from the first event that it gets. */
  let held: readonly LoggedEvent[] = [];

  const fetchPage = async (query: EventsQuery, signal: AbortSignal): Promise<readonly LoggedEvent[]> => {
    const page = await feed.events(query, signal);
    if (page.log !== id) throw new Error('The process that writes has another log now.');
    return (held = page.events);
  };
  const heldBehind = (after: number, limit: number): readonly LoggedEvent[] => {
    const from = after + 1 - (held[0]?.position ?? Infinity);
    return from >= 0 ? held.slice(from, from + limit) : [];
  };
  const follow = async function* (after: number, signal: AbortSignal): AsyncGenerator<LoggedEvent, void, undefined> {
    let position = after;
    while (!signal.aborted) {
      const known = heldBehind(position, MAX_FEED_PAGE);
      const query = { after: position, limit: MAX_FEED_PAGE, waitMs: MAX_FEED_WAIT_MS };
      for (const logged of known.length > 0 ? known : await fetchPage(query, signal).catch(unlessAborted(signal))) {
        if (signal.aborted) return;
        yield logged;
        position = logged.position;
      }
    }
  };

  return {
    id,
    head: async () => (await feed.head()).head,
    async read(after, limit) {
      const known = heldBehind(after, limit);
      if (known.length > 0) return [...known];
      return [...(await fetchPage({ after, limit: Math.min(limit, MAX_FEED_PAGE), waitMs: 0 }, NEVER))];
    },
    follow,
  };
}

function unlessAborted(signal: AbortSignal): (error: unknown) => [] {
  return (error) => {
    if (signal.aborted) return [];
    throw error;
  };
}

const NEVER = new AbortController().signal;
