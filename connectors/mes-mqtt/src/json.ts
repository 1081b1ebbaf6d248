import { DocumentRejectedError } from '@takt/backing-system';

/** Throws {@link DocumentRejectedError}. */
export function readJson(body: Buffer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new DocumentRejectedError('MALFORMED', `It is no JSON: ${(error as Error).message.slice(0, 300)}`);
  }
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw new DocumentRejectedError('TOO_LARGE', `It is nested deeper than ${MAX_DEPTH}.`);
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? (Object.values(item) as unknown[]) : [],
    );
  }
  return value;
}

/** What a JSON pointer (RFC 6901) leads to; undefined if nothing is there. */
export function at(value: unknown, pointer: string): unknown {
  let found = value;
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}

const MAX_DEPTH = 64;
