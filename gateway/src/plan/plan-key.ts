import { createHash } from 'node:crypto';

/**
 * Tells operations apart: equal only for the same text and the same name, and short however long they are. Clients
 * choose both, so where one ends and the other begins is written down, and what stands for long ones is a hash that
 * nobody can make collide.
 */
export function planKey(query: string, operationName: string | undefined): string {
  const name = operationName === undefined ? '-' : `${operationName.length} ${operationName}`;
  const text = `${name}\n${query}`;
  return text.length <= longestPlainKey
    ? `=${text}`
    : `#${createHash('sha256').update(text, 'utf16le').digest('base64')}`;
}

const longestPlainKey = 256;
