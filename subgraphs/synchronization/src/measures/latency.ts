import { quantile, type Digest } from './digest.ts';

/** How long something took, in seconds. */
export interface Latency {
  readonly count: number;
  readonly p50Seconds: number;
  readonly p95Seconds: number;
  readonly maxSeconds: number;
}

/** Null if nothing was measured. */
export function latencyOf(digest: Digest): Latency | null {
  const [p50Seconds, p95Seconds] = [quantile(digest, 0.5), quantile(digest, 0.95)];
  if (p50Seconds === null || p95Seconds === null) return null;
  return { count: digest.count, p50Seconds, p95Seconds, maxSeconds: digest.max };
}

/** From one RFC 3339 instant to another, to the millisecond; 0 if clocks disagree about which was first. */
export function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
