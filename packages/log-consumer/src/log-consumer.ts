import type { CollectionDefinition } from '@takt/document-store';
import type { LoggedEvent } from '@takt/event-log';

/** Something that is made from a log, event after event, and that must neither miss nor double any. */
export interface LogConsumer {
  /** Unique within a store, for ever: under it lies how far it got. */
  readonly name: string;
  /** Whether it may be fed again what it has taken long since. Absent: never. */
  readonly replay?: ReplayRule;
  /**
   * Takes events in order. The checkpoint is kept after it: what it did not finish before a crash comes again, so that
   * taking the same events twice must do what taking them once does.
   */
  apply(events: readonly LoggedEvent[]): Promise<void>;
  /**
   * Events that it has not taken are no longer kept, or the log lost events that it has taken: takes what they did from
   * what is there now.
   */
  catchUp(signal: AbortSignal): Promise<void>;
}

export type ReplayRule =
  /**
   * Documents of these collections are its own: emptied, the log makes them again as they were, byte for byte, and any
   * part of the log that is fed once more changes none of them. It writes nothing else.
   */
  | { readonly collections: readonly CollectionDefinition<Record<string, unknown>>[] }
  /** Why it must not, e.g. because it sends commands to a backing system. A sentence for the operator. */
  | { readonly refused: string };
