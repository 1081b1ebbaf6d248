import { CONTRACTS } from './contracts.ts';
import type { OpenReference } from './cross-check.ts';
import type { ImportRun } from './map/import-run.ts';
import type { TalliedRecord } from './read-records.ts';
import type { FixtureRecord } from './record-set.ts';

/** What became of an import: nothing that a file holds is dropped without a word here. */
export interface ImportReport {
  /** RFC 3339: when the import is taken to be true. */
  readonly asOf: string;
  /** One for each model of each file. */
  readonly models: readonly ModelReport[];
  /** What follows from several records together and stands in no record by itself. */
  readonly derived: readonly Count[];
  /** References to models of which the files have no record. */
  readonly openReferences: readonly OpenReference[];
}

export interface ModelReport {
  readonly file: string;
  readonly model: string;
  readonly records: number;
  /** Of these, so many repeat another one word for word. */
  readonly repeated: number;
  /** Nouns of the graph that hold them. */
  readonly held: readonly Count[];
  /** Records that have no place in the graph, by reason. */
  readonly unheld: readonly Count[];
  /** Fields that say something for which the graph has no place; counted in records. */
  readonly unheldFields: readonly Count[];
  /** Fields without a place that only hold a default: nothing is lost. */
  readonly emptyFields: readonly Count[];
}

export interface Count {
  readonly name: string;
  readonly count: number;
}

export interface ReportInput {
  readonly tally: readonly TalliedRecord[];
  readonly run: ImportRun;
  readonly openReferences: readonly OpenReference[];
  readonly asOf: string;
}

export function importReport({ tally, run, openReferences, asOf }: ReportInput): ImportReport {
  const holders = new Map<FixtureRecord, string>();
  const derived = new Counter();
  for (const { type, from } of run.drafts) {
    if (from.length === 0) derived.add(CONTRACTS[type].noun);
    for (const record of from) holders.set(record, PART_OF_NOUN[record.model] ?? CONTRACTS[type].noun);
  }
  const models = new Map<string, ModelTally>();
  for (const { file, model, record, repeated } of tally) {
    const key = JSON.stringify([file, model]);
    let entry = models.get(key);
    if (entry === undefined) models.set(key, (entry = new ModelTally(file, model)));
    entry.records += 1;
    if (repeated) entry.repeated += 1;
    else if (record === undefined) entry.unheld.add('the graph has no such thing');
    else {
      const holder = run.unheldRecords.has(record) ? undefined : holders.get(record);
      if (holder === undefined) entry.unheld.add(run.unheldRecords.get(record) ?? 'nothing refers to it');
      else entry.held.add(holder);
      for (const field of new Set([...record.unheldFields, ...(run.unheldFields.get(record) ?? [])]))
        entry.unheldFields.add(field);
      for (const field of record.emptyFields) entry.emptyFields.add(field);
    }
  }
  return {
    asOf,
    models: [...models.values()].map((entry) => entry.counted()),
    derived: derived.counts(),
    openReferences,
  };
}

/** Models whose records are held as part of a noun that bears another's name. */
const PART_OF_NOUN: Readonly<Record<string, string>> = {
  'input.calendarbucket': 'Calendar.periods',
  'input.operation': 'Routing.operations',
  'input.operationmaterial': 'BillOfMaterial.lines',
  'input.operationresource': 'Routing.operations.workCenters',
  'input.skill': 'WorkCenter.skills',
  'input.resourceskill': 'WorkCenter.skills',
};

class ModelTally {
  records = 0;
  repeated = 0;
  readonly held = new Counter();
  readonly unheld = new Counter();
  readonly unheldFields = new Counter();
  readonly emptyFields = new Counter();
  readonly file: string;
  readonly model: string;

  constructor(file: string, model: string) {
    this.file = file;
    this.model = model;
  }

  counted(): ModelReport {
    const { file, model, records, repeated } = this;
    return {
      file,
      model,
      records,
      repeated,
      held: this.held.counts(),
      unheld: this.unheld.counts(),
      unheldFields: this.unheldFields.counts(),
      emptyFields: this.emptyFields.counts(),
    };
  }
}

class Counter {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  counts(): Count[] {
    return [...this.#counts].map(([name, count]) => ({ name, count }));
  }
}
