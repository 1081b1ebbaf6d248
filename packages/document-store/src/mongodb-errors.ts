import { BSON, MongoBulkWriteError, MongoError, MongoInvalidArgumentError, MongoServerError } from 'mongodb';
import { StoreUnavailableError } from './port.ts';
import type { Collection, Outbox } from './port.ts';

/** A collection whose failures are those of the port. */
export function withPortErrors<T extends object>(collection: Collection<T>, uri: string): Collection<T> {
  return {
    name: collection.name,
    getMany: (ids) => orPortError(collection.getMany(ids), uri),
    commit: (changes) => orPortError(collection.commit(changes), uri),
    remove: (ids) => orPortError(collection.remove(ids), uri),
    page: (query) => orPortError(collection.page(query), uri),
    pages: (query, keys) => orPortError(collection.pages(query, keys), uri),
    count: (where) => orPortError(collection.count(where), uri),
    counts: (where, keys) => orPortError(collection.counts(where, keys), uri),
  };
}

/** An outbox whose failures are those of the port. */
export function outboxWithPortErrors(outbox: Outbox, uri: string): Outbox {
  return {
    pending: (limit) => orPortError(outbox.pending(limit), uri),
    count: () => orPortError(outbox.count(), uri),
    remove: (ids) => orPortError(outbox.remove(ids), uri),
    onCommit: (callback) => outbox.onCommit(callback),
  };
}

export async function orPortError<R>(answer: Promise<R>, uri: string): Promise<R> {
  try {
    return await answer;
  } catch (error) {
    throw portErrorOf(error, uri);
  }
}

/**
 * What MongoDB can never take is a TypeError. Everything else that it or its driver complains of may pass: no connection,
 * no primary, no majority, no room, no right, a document that has no room for more events before some are removed.
 */
function portErrorOf(error: unknown, uri: string): unknown {
  if (error instanceof BSON.BSONError || error instanceof MongoInvalidArgumentError || codesOf(error).some(isLasting)) {
    return new TypeError(`MongoDB cannot keep this: ${redacted(error, uri)}`);
  }
  const passing = error instanceof MongoError || isTimeout(error) || isSystemError(error);
  return passing ? new StoreUnavailableError(redacted(error, uri)) : error;
}

/** The message of an error without the uri, its user, its password and the values of its options. */
export function redacted(error: unknown, uri: string): string {
  const [, credentials = '', , options = ''] = /^[^:]*:\/\/(?:(.*)@)?([^?]*)(?:\?(.*))?$/s.exec(uri) ?? [];
  const parts = [
    ...credentials.split(':'),
    credentials,
    ...options
      .split('&')
      .filter((option) => !HARMLESS_OPTION.test(option))
      .map((option) => option.replace(/^[^=]*=/, '')),
  ];
  const secrets = parts.flatMap((part) => [part, decoded(part)]).filter((part) => part.length > 0);
  const message = error instanceof Error ? error.message : String(error);
  return [uri, ...secrets.sort((a, b) => b.length - a.length)].reduce(
    (text, secret) => text.replaceAll(secret, '***'),
    message,
  );
}

/** Sizes, times and switches: hiding a 1 or true would make messages unreadable. */
const HARMLESS_OPTION = /^\w+(MS|Size|Writes|Reads|Connection)=(\d+|true|false)$/i;

/** Codes of MongoDB: BadValue, Overflow, InvalidBSON, DollarPrefixedFieldName, EmptyFieldName, DottedFieldName. */
const LASTING_CODES = [2, 15, 22, 52, 56, 57];

function isLasting(code: number | string | undefined): boolean {
  return LASTING_CODES.includes(Number(code));
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

/** The driver passes some errors of its sockets on, EPIPE for instance. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code));
}

function codesOf(error: unknown): (number | string | undefined)[] {
  if (error instanceof MongoBulkWriteError) return [error.writeErrors].flat().map(({ code }) => code);
  return error instanceof MongoServerError ? [error.code] : [];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
