import type { ContractList } from '../contracts/contract-list.ts';
import { sunsetOf } from './contract-choice.ts';

/** Calls `onSunset` when a version of the list ceases to be served, each time; answers what ends that. */
export function watchSunsets(list: ContractList, now: () => number, onSunset: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const arm = (since: number): void => {
    const next = Math.min(
      ...list.releases.map((release) => sunsetOf(release) ?? Infinity).filter((end) => end > since),
    );
    if (next === Infinity) return;
    const wait = Math.min(Math.max(0, next - now()), longestTimerMs);
    timer = setTimeout(() => {
      const time = now();
      if (time >= next) onSunset();
      arm(time >= next ? next : since);
    }, wait).unref();
  };
  arm(now());
  return () => clearTimeout(timer);
}

const longestTimerMs = 2 ** 31 - 1;
