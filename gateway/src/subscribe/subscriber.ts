import type { GraphQLError } from 'graphql';

/** Somebody who hears a subscription, over whatever protocol. */
export interface Subscriber {
  /**
   * A response of the operation, as JSON text. The same string object goes to all who share the subscription. `cursor`
   * is the place behind it to resume from; undefined if the subscription cannot be resumed.
   */
  next(response: string, cursor?: string): void;
  /** A place to resume from without a response: where the subscription began, or is after long without an event. */
  place?(cursor: string): void;
  /** Called once, last: nothing follows. Without errors, the subgraph has completed. */
  end(errors: readonly GraphQLError[]): void;
  /** Bytes given to `next` that the connection has not taken yet. */
  readonly bufferedBytes: number;
}
