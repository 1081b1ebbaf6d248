import { SubgraphFault } from '../errors.ts';

/**
 * Events pushed by a source until one consumer takes them. Bounded: a consumer that falls too far behind gets an error
 * after what is queued, never silent loss.
 */
export class EventQueue<T> implements AsyncIterableIterator<T, void> {
  readonly #events: T[] = [];
  #end: { readonly error?: Error } | undefined;
  #wake: (() => void) | undefined;

  constructor(
    readonly limit: number,
    /** Called once, when the consumer stops, the queue overflows, or the source has ended. */
    readonly release: () => void,
  ) {}

  push(event: T): void {
    if (this.#end) return;
    if (this.#events.length >= this.limit) {
      this.finish({
        error: new SubgraphFault(
          'SUBSCRIPTION_TOO_SLOW',
          `More than ${this.limit} events are waiting to be taken; the subscription ends here.`,
        ),
      });
      return;
    }
    this.#events.push(event);
    this.#wake?.();
  }

  /** No event follows; with an error the consumer gets that after the events that are queued. */
  finish(end: { readonly error?: Error } = {}): void {
    if (this.#end) return;
    this.#end = end;
    this.release();
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<T, void>> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) return { done: false, value: event };
      if (this.#end) {
        const { error } = this.#end;
        this.#end = {};
        if (error !== undefined) throw error;
        return { done: true, value: undefined };
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  return(): Promise<IteratorResult<T, void>> {
    this.finish();
    this.#events.length = 0;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
