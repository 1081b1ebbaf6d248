import { createHash } from 'node:crypto';

/**
 * Tells operations apart: equal only for the same text, name and labels, and short however long they are. Clients
 * choose both, so where one ends and the other begins is written down, and what stands for long ones is a hash that
 * nobody can make collide.
 */
export function planKey(
  query: string,
  operationName: string | undefined,
  overrideLabels: readonly string[] = [],
): string {
  const name = operationName === undefined ? '-' : `${operationName.length} ${operationName}`;
  // Labels are the supergraph's, and on a line of their own.
  const labels = overrideLabels.length > 0 ? `@${JSON.stringify(overrideLabels)}\n` : '';
  const text = `${labels}${name}\n${query}`;
  return text.length <= longestPlainKey
    ? `=${text}`
    : `#${createHash('sha256').update(text, 'utf16le').digest('base64')}`;
}

const longestPlainKey = 256;
