import type { CloudEvent } from '@takt/event-log';
import type { Refusal } from './aggregate.ts';

/** The one way into a domain: for connectors, imports, the demo plant and GraphQL mutations alike. */
export interface Intake {
  /**
   * Stores each message before it is interpreted, decides, commits, and answers in the order given. When it resolves,
   * everything it answers is on stable storage. Messages about one document are applied in order.
   * Throws {@link IntakeBusyError} when too many messages wait, {@link IntakeUnavailableError} when what is taken could
   * not be kept or published: offer them again later.
   */
  receive(messages: readonly InboundMessage[]): Promise<Outcome[]>;
}

/** A CloudEvent on its way in. What is missing is filled in by {@link inboundMessage}. */
export interface InboundMessage extends CloudEvent {
  /** Refuse the command unless the document is at this revision. */
  readonly expectedrevision?: number;
}

/** The four ends of a message (there is no fifth). */
export type Outcome = (
  | { readonly status: 'APPLIED'; readonly eventIds: readonly string[] }
  /** Seen before under this id, or nothing new in it. `first` is how the first one ended. */
  | { readonly status: 'DUPLICATE'; readonly first?: Outcome }
  | { readonly status: 'REJECTED'; readonly refusal: Refusal }
  | { readonly status: 'DEAD_LETTERED'; readonly refusal: Refusal }
) & {
  readonly messageId: string;
  /** Id of the document it is about, where that could be told. */
  readonly documentId?: string;
  /** Revision of the document afterwards. */
  readonly revision?: number;
};

/** Too much is waiting: nothing of this call was stored. */
export class IntakeBusyError extends Error {
  constructor(waiting: number) {
    super(`${waiting} messages are waiting to be applied. Offer these again in a moment.`);
    this.name = 'IntakeBusyError';
  }
}

/**
 * Nothing can be taken now: the store or the log is not available, or another process writes for this domain. Of a call
 * that ends so nothing was stored, or what was stored will be brought to its end: offer the same messages again, under
 * the same ids, and each is answered with how it ended.
 */
export class IntakeUnavailableError extends Error {
  /** `reason` says which part is not available, since when and why, as one sentence or more. */
  constructor(readonly reason: string) {
    super(`Messages cannot be taken now. ${reason} Offer these again later, under the same ids.`);
    this.name = 'IntakeUnavailableError';
  }
}
