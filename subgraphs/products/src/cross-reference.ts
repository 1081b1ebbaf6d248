import { Type, type Static } from '@sinclair/typebox';
import { olderThanKnown, type Aggregate, type Decision, type DecisionContext } from '@takt/intake';
import { REFERENCE_KINDS } from '@takt/mapping';

const KEY = {
  /** Of the two halves of a message's source: `erp` of `erp/P100`. */
  system: Type.String({ pattern: '^[^\\s/]{1,60}$' }),
  instance: Type.String({ pattern: '^[^\\s/]{1,60}$' }),
  kind: Type.Union(REFERENCE_KINDS.map((kind) => Type.Literal(kind))),
  /** As the system calls it. */
  id: Type.String({ minLength: 1, maxLength: 200 }),
};

/** Data of `CrossReferenceReported`: how a system calls what we call otherwise. */
export const CrossReferenceRecord = Type.Object(
  { ...KEY, canonicalId: Type.String({ minLength: 1, maxLength: 200 }) },
  { additionalProperties: false },
);
export type CrossReferenceRecord = Static<typeof CrossReferenceRecord>;

/** Data of `WithdrawCrossReference`: what a system calls so is nothing of ours, until somebody tells again. */
export const WithdrawCrossReference = Type.Object(KEY, { additionalProperties: false });
export type WithdrawCrossReference = Static<typeof WithdrawCrossReference>;

/** Without `canonicalId` once it was withdrawn. */
export type CrossReference = WithdrawCrossReference & Partial<Pick<CrossReferenceRecord, 'canonicalId'>>;

type Message =
  | { readonly type: 'CrossReferenceReported'; readonly data: CrossReferenceRecord }
  | { readonly type: 'WithdrawCrossReference'; readonly data: WithdrawCrossReference };
/** Of what is so now, or no longer is. */
type Event = {
  readonly type: 'CrossReferenceChanged' | 'CrossReferenceWithdrawn';
  readonly data: CrossReferenceRecord;
};

export const crossReference: Aggregate<CrossReference, Message, Event> = {
  noun: 'CrossReference',
  collection: {
    name: 'cross-references',
    indexes: [
      ['system', 'instance', 'kind'],
      ['canonicalId', 'system', 'instance', 'kind'],
      ['id', 'system', 'instance', 'kind'],
    ],
  },
  messages: { CrossReferenceReported: CrossReferenceRecord, WithdrawCrossReference },
  events: { CrossReferenceChanged: CrossReferenceRecord, CrossReferenceWithdrawn: CrossReferenceRecord },
  identify: ({ data }) => crossReferenceId(data),
  decide(state, message, context) {
    if (message.type === 'WithdrawCrossReference') return withdraw(state, context);
    const { data } = message;
    if (state?.canonicalId === data.canonicalId) return { events: [] };
    return olderThanKnown(context) ?? { events: [{ type: 'CrossReferenceChanged', data }] };
  },
  evolve: (_state, { type, data }) => (type === 'CrossReferenceChanged' ? data : keyOf(data)),
};

/** All parts are percent-encoded, so that no other four give the same. */
export function crossReferenceId(of: WithdrawCrossReference): string {
  return [of.system, of.instance, of.kind, of.id].map(encodeURIComponent).join('/');
}

function withdraw(state: CrossReference | undefined, context: DecisionContext): Decision<Event> {
  if (state?.canonicalId === undefined) return { events: [] };
  const data = { ...keyOf(state), canonicalId: state.canonicalId };
  return olderThanKnown(context) ?? { events: [{ type: 'CrossReferenceWithdrawn', data }] };
}

function keyOf({ system, instance, kind, id }: CrossReference): WithdrawCrossReference {
  return { system, instance, kind, id };
}
