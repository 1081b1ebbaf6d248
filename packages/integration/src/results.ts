import { PROBLEMS_TOLD, type DocumentEnd } from '@takt/backing-system';
import type { Collection, DocumentStore } from '@takt/document-store';
import { INTEGRATION_RESULTS, type RecordResult, type RecordResults } from './integration-message.ts';

/** What became of the records of documents. A part is written over by the same part of the same round. */
export class ResultStore {
  private constructor(private readonly parts: Collection<RecordResults>) {}

  static async open(store: DocumentStore): Promise<ResultStore> {
    return new ResultStore(await store.collection(INTEGRATION_RESULTS));
  }

  async write(parts: readonly RecordResults[]): Promise<void> {
    if (parts.length === 0) return;
    await this.parts.commit(
      parts.map((document) => ({
        id: `${document.message}/${padded(document.round)}/${padded(document.part)}`,
        document,
        events: [],
        messageIds: [],
      })),
    );
  }

  /** In order, one at a time. Each read of the store is made by `attempt`. */
  async *of(
    message: string,
    round: number,
    attempt: <T>(read: () => Promise<T>) => Promise<T>,
  ): AsyncGenerator<RecordResults> {
    for (let from = 0; ;) {
      const where = { message, round, part: { from } };
      const { entries } = await attempt(() => this.parts.page({ where, orderBy: ['part'], first: 1 }));
      const entry = entries[0];
      if (!entry) return;
      yield entry.document;
      from = entry.document.part + 1;
    }
  }

  /** The first of what went wrong. */
  async problems(message: string, round: number): Promise<DocumentEnd['problems']> {
    const problems: DocumentEnd['problems'][number][] = [];
    for (let from = 0; problems.length < PROBLEMS_TOLD;) {
      const { entries } = await this.parts.page({
        where: { message, round, part: { from }, statuses: { in: FAILURES } },
        orderBy: ['part'],
        first: 1,
      });
      const entry = entries[0];
      if (!entry) break;
      for (const { place, refusal } of entry.document.results) {
        if (refusal && problems.length < PROBLEMS_TOLD) problems.push({ place, ...refusal });
      }
      from = entry.document.part + 1;
    }
    return problems;
  }

  /** Removes a message's results of all rounds before this one; of all rounds unless given. */
  async remove(message: string, before = Number.MAX_SAFE_INTEGER): Promise<void> {
    for (;;) {
      const { entries, hasNextPage } = await this.parts.page({
        where: { message, round: { to: before } },
        orderBy: ['round', 'part'],
        first: REMOVED_TOGETHER,
      });
      await this.parts.remove(entries.map(({ id }) => id));
      if (!hasNextPage) return;
    }
  }
}

export const FAILURES: readonly RecordResult['status'][] = ['REJECTED', 'DEAD_LETTERED'];
const REMOVED_TOGETHER = 20;

function padded(number: number): string {
  return String(number).padStart(6, '0');
}
