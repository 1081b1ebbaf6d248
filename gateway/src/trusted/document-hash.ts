import { createHash } from 'node:crypto';

/** What names a document: the SHA-256 of its exact text in UTF-8, in lower-case hex. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
