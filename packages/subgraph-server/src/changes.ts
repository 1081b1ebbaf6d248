import type { Time } from './time.ts';

/** Tells listeners that something may be otherwise now. */
export class Changes {
  readonly #callbacks = new Set<() => void>();

  tell(): void {
    for (const callback of [...this.#callbacks]) callback();
  }

  /** Answers how to stop hearing. */
  listen(callback: () => void): () => void {
    const own = () => callback();
    this.#callbacks.add(own);
    return () => void this.#callbacks.delete(own);
  }

  /** Resolves at the next change, and after `ms` at the latest. */
  next(time: Time, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        stop();
        cancel();
        resolve();
      };
      const stop = this.listen(end);
      const cancel = time.after(ms, end);
    });
  }
}
