/** A steady clock in milliseconds, and its alarms. */
export interface Time {
  now(): number;
  /** Answers how to cancel it. */
  after(ms: number, callback: () => void): () => void;
}

export const steadyTime: Time = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
