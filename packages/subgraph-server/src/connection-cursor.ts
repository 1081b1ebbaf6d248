import type { Scalar } from '@takt/document-store';

/*
 * What `after` and the cursors of a connection hold. Clients pass them on unread; who extracts a connection also makes
 * them: `after: selectionCursor(ids)` asks for documents by their ids instead of a page.
 */

/** The place behind an element, by the values that the connection is in order of and the document's id. */
export function keyCursor(key: readonly Scalar[]): string {
  return encoded(key);
}

/** The key that a cursor stands for; undefined if it is not one of so many parts. */
export function keyOfCursor(cursor: string, length: number): Scalar[] | undefined {
  const key = decoded(cursor);
  const scalar = (part: unknown) => part === null || ['string', 'number', 'boolean'].includes(typeof part);
  if (!Array.isArray(key) || key.length !== length || !key.every(scalar) || typeof key.at(-1) !== 'string') {
    return undefined;
  }
  return key as Scalar[];
}

/** Id of the document that an edge's cursor stands for; undefined if it is the cursor of another kind of connection. */
export function documentOfCursor(cursor: string): string | undefined {
  const key = decoded(cursor);
  const id: unknown = Array.isArray(key) ? key.at(-1) : undefined;
  return typeof id === 'string' ? id : undefined;
}

/**
 * In place of a page: those of these documents that the connection has, in the order given. At most as many as a page
 * may have, and only of a field of `Query`. The `endCursor` of such an answer is that of {@link collectionOfCursor}.
 */
export function selectionCursor(ids: readonly string[]): string {
  return encoded({ only: ids });
}

/** The ids of a selection; undefined if it is none. */
export function selectedIds(cursor: string): readonly string[] | undefined {
  const { only } = objectOf(cursor);
  return Array.isArray(only) && only.every((id) => typeof id === 'string') ? only : undefined;
}

/** Says which collection a connection reads. */
export function collectionCursor(collection: string): string {
  return encoded({ collection });
}

/** The collection that the `endCursor` of a selection names; undefined if it names none. */
export function collectionOfCursor(cursor: string): string | undefined {
  const { collection } = objectOf(cursor);
  return typeof collection === 'string' ? collection : undefined;
}

function objectOf(cursor: string): Readonly<Record<string, unknown>> {
  const value = decoded(cursor);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
