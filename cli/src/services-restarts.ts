/** What to do about a process that has ended though nobody told it to. */
export type AfterDeath = { readonly pauseMs: number } | 'give up';

/**
 * Decides from the instants (milliseconds, ascending, the latest included) at which the process of one place has died.
 * Each death within the last minute doubles the pause.
 */
export function afterDeath(deaths: readonly number[]): AfterDeath {
  const now = deaths.at(-1) ?? 0;
  const recent = deaths.filter((at) => at > now - WITHIN_MS).length;
  if (recent > MOST_DEATHS) return 'give up';
  return { pauseMs: FIRST_PAUSE_MS * 2 ** (recent - 1) };
}

/** Deaths of one place within a minute after which it is not filled again. */
export const MOST_DEATHS = 5;

const WITHIN_MS = 60_000;
const FIRST_PAUSE_MS = 100;
