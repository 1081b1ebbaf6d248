/** What the queue tells its source. */
export interface EventSource {
  /** Push no more than what is on its way already: the queue is full. */
  pause(): void;
  /** The queue has drained to its half. */
  resume(): void;
  /** Called once, when the consumer stops or the source has ended. */
  release(): void;
}

/** Events pushed by a source until one consumer takes them. None is lost: a source that is too fast is paused. */
export class EventQueue<T> implements AsyncIterableIterator<T, void> {
  readonly #events: T[] = [];
  #isPaused = false;
  #end: { readonly error?: Error } | undefined;
  #wake: (() => void) | undefined;

  constructor(
    readonly limit: number,
    readonly source: EventSource,
  ) {}

  push(event: T): void {
    if (this.#end) return;
    this.#events.push(event);
    if (!this.#isPaused && this.#events.length >= this.limit) {
      this.#isPaused = true;
      this.source.pause();
    }
    this.#wake?.();
  }

  /** No event follows; with an error the consumer gets that after the events that are queued. */
  finish(end: { readonly error?: Error } = {}): void {
    if (this.#end) return;
    this.#end = end;
    this.source.release();
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<T, void>> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) {
        this.#resume();
        return { done: false, value: event };
      }
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

  #resume(): void {
    if (!this.#isPaused || this.#end || this.#events.length > this.limit / 2) return;
    this.#isPaused = false;
    this.source.resume();
  }
}
