import { toUSVString } from 'node:util';
import type { Page, Scalar } from '@takt/document-store';
import type { Handling, InboxEntry } from './inbox.ts';
import type { Outcome } from './intake-port.ts';

/** Messages that no decision could be made about or that could not be committed, until somebody sees to them. */
export interface DeadLetters {
  /** One page in order of arrival; the `id` of an entry is the key that the other methods take. */
  list(query: DeadLetterQuery): Promise<Page<InboxEntry>>;
  /** The entry under this key, whatever its status now; undefined if there is none. */
  show(key: string): Promise<InboxEntry | undefined>;
  /**
   * Decides again, now, in turn with all other messages, and answers how it ended this time. What was in truth applied
   * before is recognised as long as its document remembers it. Throws {@link DeadLetterError}, and what
   * {@link Intake.receive} throws: once it was taken up again it will be brought to its end, whatever the caller hears.
   */
  retry(key: string, handling: HandlingInput): Promise<Outcome>;
  /** Ends it for good: it is kept as DISCARDED for as long as other messages are. Throws {@link DeadLetterError}. */
  discard(key: string, handling: HandlingInput): Promise<void>;
}

export interface DeadLetterQuery {
  readonly status: 'DEAD_LETTERED' | 'DISCARDED';
  /** At most this many. */
  readonly first: number;
  /** `key` of the last entry of the page before. */
  readonly after?: readonly Scalar[];
}

export interface HandlingInput {
  /** Who decided it: 1 to {@link MAX_BY} characters. */
  readonly by: string;
  /** Why: 1 to {@link MAX_REASON} characters. */
  readonly reason: string;
}

/** What was asked of a dead letter cannot be done; nothing was changed. */
export class DeadLetterError extends Error {
  constructor(
    readonly code: 'UNKNOWN_MESSAGE' | 'NOT_DEAD_LETTERED' | 'BAD_HANDLING',
    message: string,
  ) {
    super(message);
    this.name = 'DeadLetterError';
  }
}

/** What is recorded of an action. Throws {@link DeadLetterError} if it is not said who or why. */
export function handlingOf(action: Handling['action'], { by, reason }: HandlingInput, now: Date): Handling {
  assertText('Who decided it (by)', by, MAX_BY);
  assertText('Why (reason)', reason, MAX_REASON);
  return { action, by, reason, at: now.toISOString() };
}

function assertText(name: string, text: unknown, longest: number): void {
  const isText = typeof text === 'string' && text.trim() !== '' && text.length <= longest && toUSVString(text) === text;
  if (!isText) throw new DeadLetterError('BAD_HANDLING', `${name} must be said in 1 to ${longest} characters.`);
}

const MAX_BY = 200;
const MAX_REASON = 1000;
