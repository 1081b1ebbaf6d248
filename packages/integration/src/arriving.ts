import type { Collection, DocumentStore } from '@takt/document-store';
import type { Journal } from './journal.ts';
import type { RawStore } from './raw.ts';

/** Documents of which chunks are being written: what a crash leaves of them is nobody's, and removed at the next start. */
export class ArrivingDocuments {
  private constructor(
    private readonly arriving: Collection<{ readonly since: string }>,
    private readonly raw: RawStore,
  ) {}

  static async open(store: DocumentStore, raw: RawStore): Promise<ArrivingDocuments> {
    return new ArrivingDocuments(await store.collection({ name: 'integration-arriving', indexes: [] }), raw);
  }

  /** Before its first chunk is written. */
  async begin(id: string, now: Date): Promise<void> {
    await this.arriving.commit([{ id, document: { since: now.toISOString() }, events: [], messageIds: [] }]);
  }

  /** The message is kept: its chunks are its own. */
  async end(id: string): Promise<void> {
    await this.arriving.remove([id]);
  }

  /** It will not be kept. */
  async drop(id: string): Promise<void> {
    await this.raw.remove(id);
    await this.end(id);
  }

  async removeOrphans(journal: Journal): Promise<void> {
    for (;;) {
      const { entries, hasNextPage } = await this.arriving.page({ orderBy: [], first: 100 });
      for (const { id } of entries) {
        if (await journal.find(id)) await this.end(id);
        else await this.drop(id);
      }
      if (!hasNextPage) return;
    }
  }
}
