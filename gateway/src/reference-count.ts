/** Counts who uses something, so that it is released when nobody does any more. */
export interface ReferenceCount {
  /** Answers what gives the use back; calling it again does nothing. */
  retain(): () => void;
  /** Resolves as soon as nobody uses it, and nobody has begun to in the turn that follows. */
  unused(): Promise<void>;
}

export function createReferenceCount(): ReferenceCount {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    retain() {
      let held = true;
      count++;
      return () => {
        if (!held) return;
        held = false;
        if (--count > 0) return;
        for (const wake of waiting) wake();
        waiting = [];
      };
    },
    async unused() {
      do {
        if (count > 0) await new Promise<void>((resolve) => waiting.push(resolve));
        await new Promise((resolve) => setImmediate(resolve));
      } while (count > 0);
    },
  };
}
