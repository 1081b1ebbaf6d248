/** How a backing system does, as whoever sends to it sees it. */
export const SYSTEM_STATES = ['UNKNOWN', 'UP', 'SLOW', 'DOWN'] as const;

export interface Health {
  /**
   * UNKNOWN: nothing has been sent to it, or nothing waits that would show whether it is back.
   * SLOW: it answers late, asks to be left alone for a while, or did not answer the last attempt.
   * DOWN: it is left alone, and tried again from time to time.
   */
  readonly state: (typeof SYSTEM_STATES)[number];
  /** RFC 3339: of the state; of DOWN, when the first attempt failed. */
  readonly since: string;
  /** RFC 3339: when it last answered, whatever it was. */
  readonly lastContact?: string | undefined;
  /** Why it is not UP. */
  readonly reason?: string | undefined;
  /** RFC 3339: the first of the attempts that have failed since it last answered. */
  readonly failingSince?: string | undefined;
}

export type Observation =
  | { readonly kind: 'ANSWERED'; readonly tookMs: number }
  | { readonly kind: 'BUSY'; readonly reason: string }
  /** One attempt failed; others follow. */
  | { readonly kind: 'FAILED'; readonly reason: string }
  /** All attempts failed: it is left alone for a while. */
  | { readonly kind: 'LEFT_ALONE'; readonly reason: string }
  /** Nothing waits for it. */
  | { readonly kind: 'IDLE' };

/** From this on an answer is late. */
export const SLOW_MS = 2_000;

export function unknown(at: Date): Health {
  return { state: 'UNKNOWN', since: at.toISOString() };
}

/** What is known of a system after one more observation; the same object if it tells nothing new. */
export function observe(health: Health, observation: Observation, now: Date): Health {
  const at = now.toISOString();
  const become = (state: Health['state'], reason?: string, since = at): Health => ({
    state,
    since: health.state === state ? health.since : since,
    ...(reason !== undefined && { reason }),
  });
  switch (observation.kind) {
    case 'ANSWERED': {
      const { tookMs } = observation;
      const seconds = (tookMs / 1000).toFixed(1);
      const state = tookMs < SLOW_MS ? become('UP') : become('SLOW', `Its last answer took ${seconds} s.`);
      return { ...state, lastContact: at };
    }
    case 'BUSY':
      return { ...become('SLOW', observation.reason), lastContact: at };
    case 'FAILED':
    case 'LEFT_ALONE': {
      const { failingSince = at, lastContact } = health;
      const down = observation.kind === 'LEFT_ALONE' || health.state === 'DOWN';
      const state = down ? become('DOWN', observation.reason, failingSince) : become('SLOW', observation.reason);
      return { ...state, lastContact, failingSince };
    }
    case 'IDLE': {
      if (health.state !== 'DOWN') return health;
      return { ...become('UNKNOWN', 'It was down, and nothing waits for it.'), lastContact: health.lastContact };
    }
  }
}
