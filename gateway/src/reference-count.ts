/** Counts who uses something, so that it is released when nobody does any more. */
export interface ReferenceCount {
  /** Answers what gives the use back; calling it again does nothing. */
  retain(): () => void;
  /** Resolves as soon as nobody uses it. */
  unused(): Promise<void>;
}

export function createReferenceCount(): ReferenceCount {
  let count = 0;
  let settle: (() => void) | undefined;
  let unused: Promise<void> | undefined;
  return {
    retain() {
      let held = true;
      count++;
      return () => {
        if (!held) return;
        held = false;
        if (--count === 0) settle?.();
      };
    },
    unused() {
      if (count === 0) return Promise.resolve();
      return (unused ??= new Promise((resolve) => (settle = resolve)));
    },
  };
}

/** The same events; `release` is called once they have ended, or whoever reads them has, even before the first. */
export function releasing<T>(
  events: AsyncGenerator<T, void, void>,
  release: () => void,
): AsyncGenerator<T, void, void> {
  const released = async (step: Promise<IteratorResult<T, void>>): Promise<IteratorResult<T, void>> => {
    try {
      const result = await step;
      if (result.done) release();
      return result;
    } catch (error) {
      release();
      throw error;
    }
  };
  const generator: AsyncGenerator<T, void, void> = {
    next: () => released(events.next()),
    return: () => released(events.return()),
    throw: (error) => released(events.throw(error)),
    [Symbol.asyncIterator]: () => generator,
    [Symbol.asyncDispose]: async () => {
      await generator.return();
    },
  };
  return generator;
}
