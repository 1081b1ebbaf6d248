import type { CollectionDefinition, FieldPath } from '@takt/document-store';
import type { CloudEvent } from '@takt/event-log';
import { latestProvenance, originOf, type AnyAggregate, type EventPlace, type Provenance } from '@takt/intake';

/** A document of another domain, as far as its events were heard. */
export interface ReplicaDocument<State> {
  readonly state: State;
  /** Of the document in its domain: what `expectedRevision` is compared with there. */
  readonly revision: number;
  /** How many of the events of that revision are in it; null: all of them, however many. */
  readonly steps: number | null;
  /** Of the latest event; what was told since without any news in it is not here. */
  readonly provenance: Provenance;
}

/** An aggregate of another domain whose documents are to be kept here as well. */
export interface Replicated<State extends object = object> {
  readonly aggregate: ReplicatedAggregate<State>;
  readonly collection: CollectionDefinition<ReplicaDocument<State>>;
}

/** Declares a replica, with indexes over fields of the state. */
export function replicate<State extends object>(
  aggregate: ReplicatedAggregate<State>,
  indexes: readonly (readonly FieldPath<State>[])[],
): Replicated<State> {
  const inState = indexes.map((fields) => fields.map((field) => `state.${field}` as const));
  return { aggregate, collection: { name: `replica-${aggregate.collection.name}`, indexes: inState } };
}

/**
 * The document with one more event in it; itself if it has that already. Undefined if events before that one are missing.
 */
export function withEvent(
  { evolve }: Pick<AnyAggregate, 'evolve'>,
  document: ReplicaDocument<object> | undefined,
  event: CloudEvent,
  { revision, step }: EventPlace,
): ReplicaDocument<object> | undefined {
  const { revision: known, steps } = document ?? NOTHING;
  if (revision < known || (revision === known && (steps === null || step <= steps))) return document;
  const isNext = revision === known ? step === (steps ?? 0) + 1 : revision === known + 1 && step === 1;
  if (!isNext) return undefined;
  const provenance = latestProvenance(document?.provenance, originOf(event), event.time);
  return { state: evolve(document?.state, event), revision, steps: step, provenance };
}

const NOTHING = { revision: 0, steps: null };

/** What a replica needs of an aggregate. */
type ReplicatedAggregate<State extends object> = Pick<AnyAggregate, 'noun'> & {
  readonly collection: { readonly name: string };
  evolve(state: State | undefined, event: never): State;
};
