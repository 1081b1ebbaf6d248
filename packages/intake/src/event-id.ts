/** Where an event stands in what became of a document: in which revision of it, and as the how-manieth of that. */
export interface EventPlace {
  /** Name of the collection that the document is in. */
  readonly collection: string;
  readonly documentId: string;
  /** Of the document after it: as `expectedRevision` is compared with. */
  readonly revision: number;
  /** Counts from 1 within the revision. */
  readonly step: number;
}

/** Unique for ever, as a revision is committed once. */
export function eventId({ collection, documentId, revision, step }: EventPlace): string {
  return `${collection}/${documentId}/${revision}/${step}`;
}

/** What the id of an event that an intake caused says; undefined of any other id. */
export function placeOf(id: string): EventPlace | undefined {
  const [, collection, documentId, revision, step] = /^([^/]+)\/(.+)\/(\d+)\/(\d+)$/s.exec(id) ?? [];
  if (collection === undefined || documentId === undefined) return undefined;
  return { collection, documentId, revision: Number(revision), step: Number(step) };
}
