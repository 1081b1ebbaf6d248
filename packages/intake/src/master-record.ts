import { Type } from '@sinclair/typebox';
import type { Static, TObject } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { CollectionDefinition } from '@takt/document-store';
import type { Aggregate, Governed } from './aggregate.ts';
import { olderThanKnown } from './provenance.ts';

/** A noun whose source always tells the whole record: `<Noun>Reported` in, `<Noun>Changed` out. */
export type MasterRecord<Noun extends string, RecordState extends object> = Aggregate<
  RecordState,
  { readonly type: `${Noun}Reported`; readonly data: RecordState },
  { readonly type: `${Noun}Changed`; readonly data: RecordChange<RecordState> }
>;

export interface RecordChange<RecordState> {
  /** As it is now. */
  readonly record: RecordState;
  /** Names of the fields that differ from before; of a new record: all that it has. */
  readonly changed: readonly string[];
}

export interface MasterRecordDefinition<Noun extends string, Data extends TObject> {
  /** PascalCase, e.g. `Supplier`. */
  readonly noun: Noun;
  readonly collection: CollectionDefinition<Governed<Static<Data>>>;
  /** Id of the document that holds this record. */
  readonly key: (record: Static<Data>) => string;
  readonly data: Data;
  /** Fields that may differ without anybody needing to hear, e.g. a sequence number of the source. */
  readonly ignore?: readonly (keyof Static<Data> & string)[];
}

/**
 * Defines the aggregate of a master record. A report that brings nothing new causes no event; one that is older than
 * what the same system has told already is refused with `OLDER_THAN_KNOWN`.
 */
export function defineMasterRecord<Noun extends string, Data extends TObject>(
  definition: MasterRecordDefinition<Noun, Data>,
): MasterRecord<Noun, Static<Data>> {
  const { noun, collection, key, data, ignore = [] } = definition;
  const ignored: ReadonlySet<string> = new Set(ignore);
  const changedType = `${noun}Changed` as const;
  return {
    noun,
    collection,
    messages: single(`${noun}Reported` as const, data),
    events: single(changedType, Type.Object({ record: data, changed: Type.Array(Type.String()) })),
    identify: (message) => key(message.data),
    decide: (known, message, context) => {
      const record = message.data;
      const changed = changedFields(known ?? {}, record).filter((field) => !ignored.has(field));
      if (changed.length === 0) return { events: [] };
      return olderThanKnown(context) ?? { events: [{ type: changedType, data: { record, changed } }] };
    },
    evolve: (_known, event) => event.data.record,
  };
}

function changedFields(before: object, after: object): string[] {
  const [old, now] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (field) => !Value.Equal(old[field], now[field]),
  );
}

function single<Key extends string, Value>(key: Key, value: Value): Record<Key, Value> {
  return { [key]: value } as Record<Key, Value>;
}
