/** Tells listeners of this process that events were committed. A listener that throws is a fault of the process. */
export class CommitSignal {
  private readonly callbacks = new Set<() => void>();

  subscribe(callback: () => void): () => void {
    const own = () => {
      callback();
    };
    this.callbacks.add(own);
    return () => {
      this.callbacks.delete(own);
    };
  }

  notify(): void {
    for (const callback of this.callbacks) queueMicrotask(callback);
  }
}
