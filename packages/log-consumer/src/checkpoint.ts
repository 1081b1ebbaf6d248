import type { Collection, DocumentStore } from '@takt/document-store';
import type { EventLog } from '@takt/event-log';

/** How far a consumer got in a log: kept in the store, by one process at a time. */
export class Checkpoint {
  constructor(
    private readonly documents: Collection<CheckpointDocument>,
    private readonly log: Pick<EventLog, 'id'>,
    private readonly consumer: string,
    private version = 0,
  ) {}

  static async open(store: DocumentStore, log: Pick<EventLog, 'id'>, consumer: string): Promise<Checkpoint> {
    return new Checkpoint(await openCheckpoints(store), log, consumer);
  }

  /** What is kept now; the beginning if it is of another log, or if there is none. */
  async read(): Promise<Progress & { readonly isOfOtherLog: boolean }> {
    const [kept] = await this.documents.getMany([this.consumer]);
    this.version = kept?.version ?? 0;
    if (!kept) return { position: 0, isEmptying: false, isOfOtherLog: false };
    const { log, position, event, isEmptying = false } = kept.document;
    if (log !== this.log.id) return { position: 0, isEmptying: false, isOfOtherLog: true };
    return { position, event, isEmptying, isOfOtherLog: false };
  }

  /** Throws if another process has kept one since this one was read. */
  async keep({ position, event, isEmptying }: Progress): Promise<void> {
    const document = {
      log: this.log.id,
      position,
      ...(event !== undefined && { event }),
      ...(isEmptying && { isEmptying }),
    };
    const [result] = await this.documents.commit([
      { id: this.consumer, expectedVersion: this.version, document, events: [], messageIds: [] },
    ]);
    if (result?.status !== 'committed') throw new Error(`Another process feeds ${this.consumer} as well.`);
    this.version = result.version;
  }
}

export function openCheckpoints(store: DocumentStore): Promise<Collection<CheckpointDocument>> {
  return store.collection<CheckpointDocument>({ name: 'consumer-checkpoints', indexes: [] });
}

export interface Progress {
  readonly position: number;
  /** Id of the event at that position: by it a log is recognised that was restored and went on otherwise. Absent: unknown. */
  readonly event?: string | undefined;
  /** What the consumer made is being removed, so that it can be made again from the beginning. */
  readonly isEmptying: boolean;
}

interface CheckpointDocument {
  readonly log: string;
  readonly position: number;
  readonly event?: string;
  readonly isEmptying?: boolean;
}
