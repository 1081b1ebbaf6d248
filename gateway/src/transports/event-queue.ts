/** Events pushed by a source until one consumer takes them: bounded, in order. */
export class EventQueue<T> implements AsyncIterableIterator<T, void> {
  readonly #events: { readonly event: T; readonly bytes: number }[] = [];
  #bytes = 0;
  #end: { readonly error?: Error } | undefined;
  #wake: (() => void) | undefined;

  constructor(
    readonly limits: QueueLimits,
    /** Called once, when the consumer stops or the source has ended. */
    readonly release: () => void,
  ) {}

  /** What has been pushed and not been taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** One event more than the limits allow ends the queue, with the error after what it holds; that event is not in it. */
  push(event: T, bytes: number): void {
    if (this.#end) return;
    if (
      this.#events.length >= this.limits.maxEvents ||
      (this.#bytes > 0 && this.#bytes + bytes > this.limits.maxBytes)
    ) {
      this.finish({ error: this.limits.overflow() });
      return;
    }
    this.#bytes += bytes;
    this.#events.push({ event, bytes });
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
      const first = this.#events.shift();
      if (first) {
        this.#bytes -= first.bytes;
        return { done: false, value: first.event };
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
    this.#bytes = 0;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

export interface QueueLimits {
  readonly maxEvents: number;
  /** One event alone may have more. */
  readonly maxBytes: number;
  /** What the consumer gets when there is more. */
  readonly overflow: () => Error;
}
