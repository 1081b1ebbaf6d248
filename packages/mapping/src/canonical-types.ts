import type { TSchema } from '@sinclair/typebox';
import type { CanonicalTypes } from './mapping.ts';

/** What a domain understands, as its definition says it. */
export interface MessagesOfDomain {
  readonly name: string;
  readonly aggregates: readonly { readonly messages: Readonly<Record<string, TSchema>> }[];
}

/** All messages that these domains take: a mapping may give any of them. */
export function canonicalTypes(domains: Iterable<MessagesOfDomain>): CanonicalTypes {
  const types = new Map<string, { domain: string; schema: TSchema }>();
  for (const { name: domain, aggregates } of domains) {
    for (const [type, schema] of aggregates.flatMap(({ messages }) => Object.entries(messages))) {
      if (types.has(type)) throw new Error(`${type} is a message of two.`);
      types.set(type, { domain, schema });
    }
  }
  return types;
}
