/** One answer to a GET, whichever version and shape. */
export interface Page {
  readonly entries: readonly unknown[];
  /** As it came: absolute or relative. */
  readonly next?: string | undefined;
  /** Where what changes from now on is told. */
  readonly deltaLink?: string | undefined;
  /** Of all pages. */
  readonly count?: number | undefined;
}

/** Not what the protocol allows: HTML, half a document, an error that calls itself a success. */
export class NonsenseError extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = 'NonsenseError';
  }
}

/** Reads `{d: {results}}`, `{d: [...]}`, `{d: {…one}}` of v2, and `{value}` or one entity of v4. Throws {@link NonsenseError}. */
export function readPage(text: string): Page {
  const body = readJson(text);
  const error = errorText(body);
  if (error !== undefined) throw new NonsenseError(`It answered with an error as if it were none: ${error}`);
  if ('d' in body) return readV2(body.d);
  if ('value' in body) {
    if (!Array.isArray(body.value)) throw new NonsenseError('Its value is no list.');
    return {
      entries: body.value as readonly unknown[],
      next: linkOf(body, 'nextLink'),
      deltaLink: linkOf(body, 'deltaLink'),
      count: countOf(body['@odata.count'] ?? body['@count']),
    };
  }
  if (!Object.keys(body).some((name) => name.startsWith('@odata.') || name === '@context')) {
    throw new NonsenseError('It has neither d nor value.');
  }
  return { entries: [body] };
}

/** A system's own words for what is wrong: of v2 or v4, with the first of its details; undefined if there are none. */
function errorText(body: unknown): string | undefined {
  const error = member(body, 'error');
  if (typeof error !== 'object' || error === null) return undefined;
  const message = member(error, 'message');
  const words = typeof message === 'string' ? message : member(message, 'value');
  const code = member(error, 'code');
  const text = [code, words].filter((part) => typeof part === 'string' && part.trim() !== '').join(': ');
  return (text || 'It gave no reason.').slice(0, MAX_WORDS);
}

/** Like {@link errorText} of a body that may be anything. */
export function errorWords(text: string | undefined): string | undefined {
  try {
    return errorText(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

/** `{"@removed"}` of 4.01, `$deletedEntity` of 4.0, with what it names: its id, its key, the reason. Undefined if it is none. */
export function readRemoved(entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  const removed = entry['@removed'] ?? entry['@odata.removed'];
  const context = entry['@odata.context'] ?? entry['@context'];
  if (removed === undefined && !(typeof context === 'string' && context.endsWith('/$deletedEntity'))) return undefined;
  const fields = Object.entries(entry).filter(([name]) => !name.includes('@'));
  return {
    ...Object.fromEntries(fields),
    id: entry['@odata.id'] ?? entry['@id'] ?? entry.id,
    reason: member(removed, 'reason') ?? entry.reason ?? 'deleted',
  };
}

function readV2(d: unknown): Page {
  if (Array.isArray(d)) return { entries: d as readonly unknown[] };
  if (typeof d !== 'object' || d === null) throw new NonsenseError('Its d holds no entity.');
  if (!('results' in d)) return { entries: [d] };
  if (!Array.isArray(d.results)) throw new NonsenseError('Its d.results is no list.');
  const [next, delta] = [member(d, '__next'), member(d, '__delta')];
  return {
    entries: d.results as readonly unknown[],
    next: typeof next === 'string' ? next : undefined,
    deltaLink: typeof delta === 'string' ? delta : undefined,
    count: countOf(member(d, '__count')),
  };
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const start = text.trimStart().slice(0, 40).replaceAll(/\s+/g, ' ');
    throw new NonsenseError(`It is no JSON of ${text.length} characters, and begins with ${JSON.stringify(start)}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NonsenseError('It is no object.');
  return value as Readonly<Record<string, unknown>>;
}

function linkOf(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const link = body[`@odata.${name}`] ?? body[`@${name}`];
  return typeof link === 'string' && link !== '' ? link : undefined;
}

function countOf(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

const MAX_WORDS = 1_000;
