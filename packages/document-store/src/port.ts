/**
 * The store port: what a domain may ask of the engine that keeps its documents.
 *
 * It promises no more than a standalone MongoDB can do. The unit of atomicity is one change: the new document, the
 * events that it causes and the id of the message that caused it are committed together or not at all. Changes of one
 * call are independent of each other.
 */
export interface DocumentStore {
  /** Declares a collection and ensures its indexes. The same definition always gives the same collection. */
  collection<T extends object>(definition: CollectionDefinition<T>): Promise<Collection<T>>;
  /** Events committed with documents and not yet published. */
  readonly outbox: Outbox;
  /** Whether other processes may have the same documents open at the same time. */
  readonly shared: boolean;
  /** Asks the engine whether it could be read and written now. Throws {@link StoreUnavailableError} if not. */
  check(): Promise<void>;
  /** Resolves when everything acknowledged so far is on stable storage and the engine is released. */
  close(): Promise<void>;
}

export interface CollectionDefinition<T extends object> {
  /** Lower-case plural noun, e.g. `production-orders`. */
  readonly name: string;
  /** Each index is a list of top-level or dotted fields; a field that holds an array is indexed once per element. */
  readonly indexes: readonly (readonly FieldPath<T>[])[];
}

/** A path into a document, e.g. `sku` or `quantity.unit`. */
export type FieldPath<T> = Extract<keyof T, string> | `${Extract<keyof T, string>}.${string}`;

export interface Collection<T extends object> {
  readonly name: string;
  /** One store read, whatever the number of ids. Answers in the order asked; what does not exist is `undefined`. */
  getMany(ids: readonly string[]): Promise<(Stored<T> | undefined)[]>;
  /** Commits each change on its own; answers in the order given. Resolves when the commits are on stable storage. */
  commit(changes: readonly Change<T>[]): Promise<CommitResult[]>;
  /**
   * Removes documents; ids that are not there are ignored, and a document that has events in the outbox may stay. One that is
   * written again starts at version 1: never remove what is referred to by version. Answers how many were removed.
   */
  remove(ids: readonly string[]): Promise<number>;
  /**
   * One store read: a page in the order of a declared index. Throws {@link UnservedQueryError} if no index gives that
   * order, {@link QueryError} for a query that cannot be run as asked.
   */
  page(query: PageQuery<T>): Promise<Page<T>>;
  /**
   * One store read for many pages of one shape: `query` is run once for each of `keys`, whose fields are added to `where`.
   * This is what a DataLoader calls, so that the number of reads does not depend on the number of rows.
   */
  pages(query: PageQuery<T>, keys: readonly Conditions<T>[]): Promise<Page<T>[]>;
  /**
   * One store read: how many documents match. Counts index entries without loading documents where an index covers
   * `where`. Throws {@link QueryError} for conditions that make no sense.
   */
  count(where: Conditions<T>): Promise<number>;
  /** One store read: {@link count} for each of `keys`, whose fields are added to `where`. */
  counts(where: Conditions<T>, keys: readonly Conditions<T>[]): Promise<number[]>;
}

export interface Stored<T> {
  readonly id: string;
  /** Starts at 1, grows by one with each commit. */
  readonly version: number;
  readonly document: T;
  /** Ids of the latest messages applied to this document, newest last, at most {@link APPLIED_MESSAGES_KEPT}. */
  readonly appliedMessages: readonly string[];
}

/** A message that is applied twice after a crash is recognised as long as fewer than this many others followed it on its document. */
export const APPLIED_MESSAGES_KEPT = 64;

export interface Change<T> {
  readonly id: string;
  /** Compare-and-set: the version that was read, `0` for a document that must not exist, absent to write whatever is there. */
  readonly expectedVersion?: number;
  readonly document: T;
  /** Events to publish, in order; empty if nobody needs to hear. Each must have an `id` that is unique for ever. */
  readonly events: readonly StoredEvent[];
  /** Messages that caused this change, in order. */
  readonly messageIds: readonly string[];
}

/** The store keeps events as they are and looks at nothing but their id. */
export interface StoredEvent {
  readonly id: string;
}

export type CommitResult =
  | { readonly status: 'committed'; readonly version: number }
  /** Somebody else wrote in between; nothing was written. `currentVersion` is 0 if there is no document. */
  | { readonly status: 'conflict'; readonly currentVersion: number };

export type Scalar = string | number | boolean | null;

/**
 * All conditions must hold. Dotted fields reach into the document. On a field that holds an array: any element; an empty
 * array has none. A missing field is `null`.
 */
export type Conditions<T> = { readonly [field in FieldPath<T>]?: Condition };

export type Condition =
  | Scalar
  | { readonly in: readonly Scalar[] }
  /** Half-open: `from` is inside, `to` is not; one and the same element meets both. Only values of the bounds' type do. */
  | { readonly from?: string | number; readonly to?: string | number };

export interface PageQuery<T> {
  readonly where?: Conditions<T>;
  /**
   * A declared index must end with these fields, after fields that `where` fixes to a value or a list; those that it fixes
   * to one value may be left out. The document id always breaks ties. Each must hold a single value: null comes before
   * numbers, then strings by their UTF-8 bytes, then false and true.
   */
  readonly orderBy: readonly FieldPath<T>[];
  readonly descending?: boolean;
  /** At most this many documents. */
  readonly first: number;
  /** Keyset of the last document of the page before, as given in {@link PageEntry.key}. */
  readonly after?: readonly Scalar[];
}

export interface Page<T> {
  readonly entries: readonly PageEntry<T>[];
  readonly hasNextPage: boolean;
}

export interface PageEntry<T> extends Stored<T> {
  /** Values of `orderBy` followed by the id: give it as `after` to go on from here. */
  readonly key: readonly Scalar[];
}

/**
 * Keeps each document's events in the order of their commits. Whoever publishes them reads the oldest, publishes, and
 * removes: after a crash some are read again, never lost.
 */
export interface Outbox {
  /** The oldest unpublished events, at most `limit` and at most {@link PENDING_BYTES}; one alone may be larger. */
  pending(limit: number): Promise<StoredEvent[]>;
  /** How many events are unpublished. Loads none of them. */
  count(): Promise<number>;
  /** Forgets events that have been published. Ids that are not there are ignored. */
  remove(ids: readonly string[]): Promise<void>;
  /** Calls back after each commit that carried events in this process; returns how to stop that. */
  onCommit(callback: () => void): () => void;
}

/** Bytes of JSON text of the events that {@link Outbox.pending} answers together. */
export const PENDING_BYTES = 8 * 1024 * 1024;

/** A query that cannot be run as asked, whatever the store holds: `about` names the part of it that is wrong. */
export class QueryError extends Error {
  constructor(
    readonly about: 'where' | 'first' | 'after',
    message: string,
  ) {
    super(message);
    this.name = 'QueryError';
  }
}

/**
 * The engine does not answer, or cannot take anything now (no connection, no room left): whether the last write was done
 * nobody knows. The same call may succeed later. The message says what is wrong and repeats no credentials.
 */
export class StoreUnavailableError extends Error {
  constructor(reason: string) {
    super(`The document store is not available: ${reason}`);
    this.name = 'StoreUnavailableError';
  }
}

/** No declared index gives the order that a query asks for. */
export class UnservedQueryError extends Error {
  constructor(collection: string, where: readonly string[], orderBy: readonly string[]) {
    super(
      `No index of ${collection} gives the order [${orderBy.join(', ')}] for conditions on [${where.join(', ')}]. ` +
        `Declare an index that starts with fields fixed by the conditions and goes on with the order.`,
    );
    this.name = 'UnservedQueryError';
  }
}
