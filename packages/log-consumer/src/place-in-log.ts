import { PositionExpiredError } from '@takt/event-log';
import type { EventLog } from '@takt/event-log';

/**
 * Whether a log no longer has an event where it was: it was restored from a backup and went on otherwise. What retention
 * has dropped cannot be compared, and counts as if it was still there.
 */
export async function isReplaced(log: Pick<EventLog, 'read'>, position: number, event: string): Promise<boolean> {
  try {
    const [there] = await log.read(position - 1, 1);
    return there?.event.id !== event;
  } catch (error) {
    if (error instanceof PositionExpiredError) return false;
    throw error;
  }
}

/** Position of the newest event, and its id; 0 and none if there is none. */
export async function endOf(log: Pick<EventLog, 'read' | 'head'>): Promise<{ position: number; event?: string }> {
  const position = await log.head();
  const [newest] = position > 0 ? await log.read(position - 1, 1) : [];
  return { position, ...(newest && { event: newest.event.id }) };
}
