import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ExtractRefused } from './extract-refused.ts';
import { MAX_QUERY } from './pageable-query.ts';

/** What a client needs to ask what has changed, without anything being kept for it. */
export interface ExtractPosition {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whose log it is a position of. */
  readonly subgraph: string;
  /** Cursor of that log. */
  readonly log: string;
}

/** The position of an extract and what it is an extract of. */
export function encodeExtractCursor({ query, variables, subgraph, log }: ExtractPosition): string {
  return deflateRawSync(JSON.stringify([VERSION, query, variables, subgraph, log])).toString('base64url');
}

/** Throws {@link ExtractRefused}. */
export function decodeExtractCursor(cursor: string): ExtractPosition {
  let parts: unknown;
  try {
    parts = JSON.parse(inflateRawSync(Buffer.from(cursor, 'base64url'), { maxOutputLength: MAX_TEXT }).toString());
  } catch {
    parts = undefined;
  }
  const [version, query, variables, subgraph, log] = Array.isArray(parts) ? (parts as unknown[]) : [];
  const isRight =
    version === VERSION &&
    typeof query === 'string' &&
    typeof variables === 'object' &&
    variables !== null &&
    !Array.isArray(variables) &&
    typeof subgraph === 'string' &&
    typeof log === 'string';
  if (!isRight) {
    throw new ExtractRefused('EXTRACT_CURSOR_INVALID', 'since is no position of an extract. Give one as you got it.');
  }
  return { query, variables: variables as Record<string, unknown>, subgraph, log };
}

const VERSION = 1;
/** Characters of variables, as JSON. */
export const MAX_VARIABLES = 64 * 1024;
const MAX_TEXT = 4 * (MAX_QUERY + MAX_VARIABLES);
