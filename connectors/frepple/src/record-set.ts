import type { ModelName, Values } from './models.ts';

/** One object of a fixture file, read and checked. */
export interface FixtureRecord<Name extends ModelName = ModelName> {
  readonly file: string;
  /** Place in the file, from 1. */
  readonly position: number;
  readonly model: Name;
  /** Natural key, one part for each field that the model names in its key; an absent field is an empty string. */
  readonly key: readonly string[];
  readonly values: Values<Name>;
  /** Names of the fields that say something for which the graph has no place. */
  readonly unheldFields: readonly string[];
  /** Names of the fields without a place that say nothing: empty, zero or what frePPLe assumes anyway. */
  readonly emptyFields: readonly string[];
}

/** The distinct records of all files of an import, found by model and natural key. */
export class RecordSet {
  readonly #byModel = new Map<ModelName, Map<string, FixtureRecord>>();

  /** Keeps the record and answers undefined, or answers the one that it has under this key already. */
  add(record: FixtureRecord): FixtureRecord | undefined {
    const records = this.#byModel.get(record.model) ?? new Map<string, FixtureRecord>();
    this.#byModel.set(record.model, records);
    const key = JSON.stringify(record.key);
    const known = records.get(key);
    if (known === undefined) records.set(key, record);
    return known;
  }

  /** In the order of the files. */
  all<Name extends ModelName>(model: Name): readonly FixtureRecord<Name>[] {
    return [...(this.#byModel.get(model)?.values() ?? [])] as unknown as FixtureRecord<Name>[];
  }

  find<Name extends ModelName>(model: Name, ...key: readonly string[]): FixtureRecord<Name> | undefined {
    return this.#byModel.get(model)?.get(JSON.stringify(key)) as unknown as FixtureRecord<Name> | undefined;
  }

  has(model: ModelName): boolean {
    return this.#byModel.has(model);
  }

  models(): readonly ModelName[] {
    return [...this.#byModel.keys()];
  }
}

/** How a record is named in a fault or a report. */
export function describeRecord(position: number, model?: string, key: readonly string[] = []): string {
  const parts = key.filter((part) => part !== '').map((part) => JSON.stringify(part.slice(0, LONGEST_KEY_PART)));
  return [
    `record ${String(position)}`,
    ...(model === undefined ? [] : [`(${[model, parts.join(' / ')].join(' ').trim()})`]),
  ].join(' ');
}

const LONGEST_KEY_PART = 120;
