import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { DocumentStore } from '@takt/document-store';
import { REFERENCE_KINDS } from '@takt/mapping';
import {
  CROSS_REFERENCES,
  ReplayRefusedError,
  type CrossReferenceQuestion,
  type DomainExchange,
} from '@takt/subgraph-server';
import { crossReferencesOf } from './cross-reference-store.ts';

const Question = Type.Object({
  to: Type.Union([Type.Literal('CANONICAL'), Type.Literal('SOURCE')]),
  system: Type.String(),
  kind: Type.Union(REFERENCE_KINDS.map((kind) => Type.Literal(kind))),
  ids: Type.Array(Type.String({ maxLength: 400 }), { maxItems: 10_000 }),
});

/** Tells whoever takes in reports, or sends commands, how systems call what we call otherwise. */
export function answerCrossReferences(store: DocumentStore): DomainExchange {
  const crossReferences = crossReferencesOf(store);
  return {
    questions: {
      async [CROSS_REFERENCES](input) {
        if (!Value.Check(Question, input)) throw new ReplayRefusedError('That is no question for cross-references.');
        const { to, system, kind, ids } = input as CrossReferenceQuestion;
        const answer = to === 'CANONICAL' ? 'toCanonical' : 'toSource';
        return (await crossReferences[answer](system, kind, ids)).map((id) => id ?? null);
      },
    },
    close: () => Promise.resolve(),
  };
}
