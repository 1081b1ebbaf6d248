import type { System } from '@takt/cli';
import type { DocumentStore } from '@takt/document-store';
import { expect, vi } from 'vitest';

/**
 * Looks at whether synchronization has anything left to do. `stores`: those of the domains, by name.
 *
 * Nothing is left when, two looks in a row, no unit is due, every event that was committed is in its log, everybody has
 * followed the logs to their ends, and nothing came to the logs between the looks.
 */
export function watchSynchronization({ domains }: Pick<System, 'domains'>, stores: ReadonlyMap<string, DocumentStore>) {
  const own = stores.get('synchronization') as DocumentStore;
  const lookAt = async (now: Date) => {
    const pending = await own.collection<PendingUnit>({ name: 'pending-units', indexes: [['dueAt']] });
    const due = await pending.count({ dueAt: { from: '', to: behind(now) } });
    const unpublished = await Promise.all([...stores.values()].map((store) => store.outbox.count()));
    const heads = await Promise.all([...domains].map(async ([name, { log }]) => [name, await log.head()] as const));
    const checkpoints = await own.collection<Checkpoint>({ name: 'consumer-checkpoints', indexes: [] });
    const followers = heads.flatMap(([name, head]) => followersOf(name).map((follower) => ({ follower, head })));
    const reached = await checkpoints.getMany(followers.map(({ follower }) => follower));
    const late = followers.filter(({ head }, index) => (reached[index]?.document.position ?? 0) < head);
    return { due, unpublished: sum(unpublished), late: late.map(({ follower }) => follower), heads };
  };
  return {
    /** Resolves when nothing that is due at `now` is left to do. */
    async rest(now: Date): Promise<void> {
      let before: unknown;
      await vi.waitFor(
        async () => {
          const { heads, ...left } = await lookAt(now);
          const isAsBefore = JSON.stringify(heads) === JSON.stringify(before);
          before = heads;
          expect({ ...left, isAsBefore }).toEqual({ due: 0, unpublished: 0, late: [], isAsBefore: true });
        },
        { timeout: 60_000, interval: 20 },
      );
    },
    /** The next instant by which a unit is due; undefined if none waits. */
    async nextDue(): Promise<Date | undefined> {
      const pending = await own.collection<PendingUnit>({ name: 'pending-units', indexes: [['dueAt']] });
      const { entries } = await pending.page({ where: { dueAt: { from: '' } }, orderBy: ['dueAt'], first: 1 });
      const dueAt = entries[0]?.document.dueAt;
      return dueAt == null ? undefined : new Date(dueAt);
    },
  };
}

/** Who follows the log of a domain on behalf of synchronization. */
function followersOf(domain: string): string[] {
  if (domain === 'synchronization') return ['actions', 'decisions', 'judgement-days'];
  if (domain === 'integration') return [];
  return [`replica-of-${domain}`, ...(domain === 'production-orders' ? ['order-answers'] : [])];
}

function behind(now: Date): string {
  return new Date(now.getTime() + 1).toISOString();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

interface PendingUnit {
  readonly dueAt: string | null;
}

interface Checkpoint {
  readonly position: number;
}
