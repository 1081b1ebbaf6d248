import type { Collection, DocumentStore } from '@takt/document-store';
import type { Health } from './health.ts';
import { OutboundQueue } from './queue.ts';

/** By `system/instance`: written by whoever sends, read by whoever asks. */
export function openHealths(store: DocumentStore): Promise<Collection<Health>> {
  return store.collection<Health>({ name: 'backing-system-health', indexes: [] });
}

/** A backing system as readers see it. */
export interface SystemStatus {
  /** `system/instance` */
  readonly system: string;
  /** Undefined until something has been sent, or failed to be. */
  readonly health: Health | undefined;
  readonly queued: number;
  /** RFC 3339: since when the command at the head of the queue waits. */
  readonly oldestQueued: string | undefined;
  /** The queue has no room for more: what is decided waits in the log. */
  readonly queueFull: boolean;
}

/** Tells how systems do, from what is kept: in any process that has the store. */
export async function openStatusReader(store: DocumentStore, systems: readonly string[]) {
  const healths = await openHealths(store);
  const queues = await Promise.all(systems.map((system) => OutboundQueue.open(store, system)));
  return {
    systems,
    /** One store read. */
    async healths(): Promise<ReadonlyMap<string, Health>> {
      if (systems.length === 0) return new Map();
      const found = await healths.getMany(systems);
      return new Map(found.flatMap((stored) => (stored ? [[stored.id, stored.document]] : [])));
    },
    async status(system: string): Promise<SystemStatus | undefined> {
      const queue = queues.find((each) => each.system === system);
      if (!queue) return undefined;
      const [[health], queued, head] = await Promise.all([healths.getMany([system]), queue.length(), queue.head()]);
      const oldestQueued = head?.document.enqueuedAt;
      return { system, health: health?.document, queued, oldestQueued, queueFull: queued >= queue.limit };
    },
  };
}

export type StatusReader = Awaited<ReturnType<typeof openStatusReader>>;
