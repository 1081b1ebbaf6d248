import type { DocumentEnd } from '@takt/backing-system';
import type { IntegrationMessage } from './integration-message.ts';
import type { Journal } from './journal.ts';
import type { ResultStore } from './results.ts';

/** Tells those who wait for it how a document ended. */
export class Ends {
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(
    private readonly journal: Journal,
    private readonly results: ResultStore,
  ) {}

  /** Its end has been kept. */
  tell(id: string): void {
    for (const look of this.#waiting.get(id) ?? []) look();
  }

  /** Rejects when the signal aborts, or if the document is no longer kept. */
  async of(id: string, signal: AbortSignal): Promise<DocumentEnd> {
    for (;;) {
      const told = new AbortController();
      const next = this.#told(id, AbortSignal.any([signal, told.signal]));
      // Looked at below; until then nobody does.
      next.catch(() => undefined);
      try {
        const stored = await this.journal.find(id);
        if (!stored) throw new Error(`${id} is no longer kept.`);
        if (stored.document.status !== 'RECEIVED') return await this.#end(id, stored.document);
        await next;
      } finally {
        told.abort();
        await next.catch(() => undefined);
      }
      signal.throwIfAborted();
    }
  }

  async #end(id: string, { status, refusal, records, counts, round }: IntegrationMessage): Promise<DocumentEnd> {
    const problems = await this.results.problems(id, round);
    return {
      status: status === 'RECEIVED' || status === 'TAKEN' ? 'APPLIED' : status,
      ...(refusal && { refusal }),
      records,
      counts,
      problems,
    };
  }

  /** Resolves when its end is told; rejects when the signal aborts. */
  #told(id: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(id) ?? new Set();
      this.#waiting.set(id, waiting);
      const end = () => {
        waiting.delete(end);
        if (waiting.size === 0) this.#waiting.delete(id);
        signal.removeEventListener('abort', end);
        if (signal.aborted) reject(signal.reason as Error);
        else resolve();
      };
      waiting.add(end);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    });
  }
}
