/**
 * How long to wait before the process of one place, which has ended though nobody told it to, is started again: decided
 * from the instants (milliseconds, ascending, the latest included) of its deaths. Each within the last minute doubles
 * the pause, up to ten seconds: what it needs may be away for long, and comes back.
 */
export function pauseAfterDeath(deaths: readonly number[]): number {
  const now = deaths.at(-1) ?? 0;
  const recent = deaths.filter((at) => at > now - WITHIN_MS).length;
  return Math.min(FIRST_PAUSE_MS * 2 ** (recent - 1), LONGEST_PAUSE_MS);
}

export const LONGEST_PAUSE_MS = 10_000;

const WITHIN_MS = 60_000;
const FIRST_PAUSE_MS = 100;
