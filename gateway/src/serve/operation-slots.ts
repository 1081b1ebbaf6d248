/** Slots for operations that run at once; those beyond wait their turn, in order. */
export interface OperationSlots {
  /** Resolves with what gives the slot back, or undefined if too many wait already. Rejects when `signal` aborts first. */
  take(signal: AbortSignal): Promise<(() => void) | undefined>;
  /** How many wait. */
  waiting(): number;
}

export function operationSlots(limits: { readonly running: number; readonly waiting: number }): OperationSlots {
  let running = 0;
  const waiting = new Set<() => void>();
  const give = () => {
    const [next] = waiting;
    if (next) next();
    else running--;
  };
  return {
    async take(signal) {
      signal.throwIfAborted();
      if (running < limits.running) {
        running++;
        return give;
      }
      if (waiting.size >= limits.waiting) return undefined;
      await new Promise<void>((resolve, reject) => {
        const settle = (then: () => void) => () => {
          waiting.delete(enter);
          signal.removeEventListener('abort', leave);
          then();
        };
        const enter = settle(resolve);
        const leave = settle(() => reject(signal.reason as Error));
        waiting.add(enter);
        signal.addEventListener('abort', leave, { once: true });
      });
      return give;
    },
    waiting: () => waiting.size,
  };
}
