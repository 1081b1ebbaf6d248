import { createHash } from 'node:crypto';
import { BoundedCache } from '../bounded-cache.ts';

/**
 * Tells operations apart: equal only for the same text, name and variant, and short however long they are. Clients
 * choose both, so where one ends and the other begins is written down, and what stands for long ones is a hash that
 * nobody can make collide.
 */
export function planKey(
  query: string,
  operationName: string | undefined,
  { overrideLabels, conditions }: PlanVariant = plain,
): string {
  const name = operationName === undefined ? '-' : `${operationName.length} ${operationName}`;
  const variant = [...overrideLabels, ...Object.entries(conditions)];
  const text = `${variant.length > 0 ? `@${JSON.stringify(variant)}\n` : ''}${name}\n${query}`;
  return text.length <= longestPlainKey ? `=${text}` : `#${digestOf(text)}`;
}

const longestPlainKey = 256;

function digestOf(text: string): string {
  let digest = digests.get(text);
  if (digest === undefined) {
    digest = createHash('sha256').update(text, 'utf16le').digest('base64');
    digests.set(text, digest, text.length);
  }
  return digest;
}

/** Of the latest texts, by characters: looking one up costs a fraction of hashing it. */
const digests = new BoundedCache<string>(2_000_000);

/** What decides between plans of one operation. */
export interface PlanVariant {
  /** The labels of `@override` that are on. */
  readonly overrideLabels: readonly string[];
  /** The values of the variables of `@skip` and `@include`. */
  readonly conditions: Readonly<Record<string, boolean>>;
}

const plain: PlanVariant = { overrideLabels: [], conditions: {} };
