import type { CloudEvent } from './event.ts';

/** An ordered, replayable log of canonical events; one per domain. */
export interface EventLog {
  /** Random, made with the log: a cursor of another log is recognised by it. */
  readonly id: string;
  /**
   * Appends in the order given and answers each event's position. An event whose id is already in the log keeps the
   * position that it has, so that publishing again after a crash adds nothing. Resolves when on stable storage. Throws
   * `RangeError`, before anything is appended, if an event has more than {@link MAX_EVENT_BYTES} or an id that has none or
   * more than 1024 bytes; {@link LogUnavailableError}.
   */
  append(events: readonly CloudEvent[]): Promise<number[]>;
  /** Events after a position (0: from the beginning), oldest first, at most `limit`. Throws {@link PositionExpiredError}. */
  read(after: number, limit: number): Promise<LoggedEvent[]>;
  /** Position of the newest event; 0 if there is none. */
  head(): Promise<number>;
  /**
   * Everything after a position, then what comes, without end: stops when the consumer stops iterating or when `signal`
   * aborts. The consumer's own pace decides how far it lags: the log is the only buffer. Throws {@link PositionExpiredError}
   * if events that it has not delivered yet have been dropped by retention.
   */
  follow(after: number, signal: AbortSignal): AsyncIterable<LoggedEvent>;
  /** Asks the engine whether it could be read and appended to now. Throws {@link LogUnavailableError} if not. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** The largest event that a log takes, as JSON in UTF-8: NATS carries 1 MiB by default, headers included. */
export const MAX_EVENT_BYTES = 1_000_000;

export interface LoggedEvent<E extends CloudEvent = CloudEvent> {
  /** Starts at 1 and grows by one with each event. */
  readonly position: number;
  readonly event: E;
}

/**
 * The engine does not answer, or cannot take anything now (no connection, no room left): whether the last append was done
 * nobody knows; appending again is safe. The message says what is wrong and repeats no credentials.
 */
export class LogUnavailableError extends Error {
  constructor(reason: string) {
    super(`The event log is not available: ${reason}`);
    this.name = 'LogUnavailableError';
  }
}

/** Retention has dropped what was asked for: a gap, with its bounds. */
export class PositionExpiredError extends Error {
  constructor(
    readonly requested: number,
    readonly oldest: number,
  ) {
    super(
      `Events after position ${requested} up to ${oldest - 1} are no longer kept. Read the current state, then follow from ${oldest - 1}.`,
    );
    this.name = 'PositionExpiredError';
  }
}
