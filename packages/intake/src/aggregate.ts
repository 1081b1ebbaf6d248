import type { TSchema } from '@sinclair/typebox';
import type { CollectionDefinition } from '@takt/document-store';
import type { Cause } from '@takt/event-log';

/**
 * What a pure noun file exports: the messages it understands, the facts it can cause, and the two functions between
 * them. `decide` never throws for bad business input: it refuses. `evolve` is a fold: the same events always give the
 * same state.
 */
export interface Aggregate<State extends object, Message extends Typed = Typed, Event extends Typed = Typed> {
  /** The noun in PascalCase, e.g. `ProductionOrder`. */
  readonly noun: string;
  readonly collection: CollectionDefinition<Governed<State>>;
  /** JSON Schema of the data of each message type it understands. */
  readonly messages: { readonly [type in Message['type']]: TSchema };
  /** JSON Schema of the data of each event type it causes. */
  readonly events: { readonly [type in Event['type']]: TSchema };
  /**
   * Further versions of those, beside the first, by name: `StockMoved.v2`. Published with it; which of them is caused,
   * and for how long the first is still declared, is the noun's to say.
   */
  readonly newerEvents?: { readonly [name: `${string}.v${number}`]: TSchema };
  /** Id of the document that a message is about. */
  identify(message: Message): string;
  decide(state: State | undefined, message: Message, context: DecisionContext): Decision<Event>;
  evolve(state: State | undefined, event: Event): State;
}

export interface Typed {
  readonly type: string;
  /** Of the schema that `data` has; 1 unless given. */
  readonly version?: number;
  readonly data: unknown;
}

export interface DecisionContext {
  /** When Takt decides. */
  readonly now: Date;
  /** RFC 3339: when the message was true in its source. */
  readonly time: string;
  readonly cause: Cause;
  /** Where the message comes from. */
  readonly origin: Origin;
  /** Provenance of what is stored, whoever told it. */
  readonly known: Provenance | undefined;
  /**
   * RFC 3339: how late it was when the source of this message last told about this document, if it has: lets a decision
   * refuse a report that is older, whatever others have told since.
   */
  readonly lastTold: string | undefined;
}

export type Decision<Event extends Typed> =
  /** No events: nothing new in it. */
  { readonly events: readonly Event[] } | { readonly refused: Refusal };

export interface Refusal {
  /** From the noun's own table, e.g. `ORDER_NOT_RELEASED`. */
  readonly code: string;
  /** What a planner needs to know to do better. */
  readonly reason: string;
}

/** What intake adds to each state when it keeps it. */
export type Governed<State> = State & {
  /** Grows by one with each change that caused events: what `expectedRevision` is compared with. */
  readonly revision: number;
  /** Of the source that told the latest change. */
  readonly provenance: Provenance;
  /**
   * By `system/instance`: the latest time of which each source has told something that was taken; the sources heard
   * last, at most {@link SOURCES_KEPT}. Absent in documents of earlier versions.
   */
  readonly told?: Told;
};

/** RFC 3339 instants by `system/instance`, the source heard last at the end. */
export type Told = { readonly [source: string]: string };

export const SOURCES_KEPT = 16;

/** The two halves of a message's `source`. */
export interface Origin {
  readonly system: string;
  readonly instance: string;
}

export interface Provenance extends Origin {
  /** RFC 3339: when this was last known to be true in the source. */
  readonly asOf: string;
}

/** An aggregate of any noun, as intake handles it. */
export type AnyAggregate = Omit<Aggregate<object>, 'collection'> & {
  readonly collection: CollectionDefinition<Governed<Record<string, unknown>>>;
};
