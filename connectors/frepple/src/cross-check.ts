import type { Fault } from './fault.ts';
import { excerpt } from './fault.ts';
import { definitionOf } from './models.ts';
import type { ModelName } from './models.ts';
import { describeRecord } from './record-set.ts';
import type { FixtureRecord, RecordSet } from './record-set.ts';

/** Tells whether the graph knows a key, e.g. `known('Product', 'chair')`. */
export type Known = (noun: string, key: string) => boolean;

/** References from a model to another of which the files have no record at all. */
export interface OpenReference {
  readonly model: string;
  readonly field: string;
  readonly refersTo: string;
  /** Distinct keys. */
  readonly keys: readonly string[];
}

export interface CrossChecked {
  readonly faults: readonly Fault[];
  readonly openReferences: readonly OpenReference[];
}

/** Checks what the records say of each other. With `known`, references out of the files are asked of the graph. */
export function crossCheck(records: RecordSet, known?: Known): CrossChecked {
  const faults: Fault[] = [];
  const open = new Map<string, { model: string; field: string; refersTo: string; keys: Set<string> }>();
  for (const model of records.models()) {
    const { fields, unheld } = definitionOf(model);
    const references = Object.entries({ ...fields, ...unheld }).filter(([, { refersTo }]) => refersTo !== undefined);
    for (const record of records.all(model)) {
      const values = record.values as Readonly<Record<string, unknown>>;
      for (const [field, { refersTo }] of references) {
        const key = values[field];
        if (refersTo === undefined || typeof key !== 'string') continue;
        const target = refersTo as ModelName;
        if (records.has(target)) {
          if (records.find(target, key) === undefined)
            faults.push(at(record, field, `No ${target} ${excerpt(key)} in the files`));
          continue;
        }
        const noun = NOUNS[target];
        if (known !== undefined && noun !== undefined && !known(noun, key)) {
          faults.push(at(record, field, `No ${target} ${excerpt(key)}, neither in the files nor in the graph`));
        }
        const name = `${model} ${field}`;
        const entry = open.get(name) ?? { model, field, refersTo: target, keys: new Set<string>() };
        open.set(name, entry);
        entry.keys.add(key);
      }
    }
    faults.push(...cycles(records, model));
  }
  for (const record of records.all('input.operation')) faults.push(...checkOwner(records, record));
  for (const record of records.all('input.operationplan')) faults.push(...checkOrder(record));
  const openReferences = [...open.values()].map((entry) => ({ ...entry, keys: [...entry.keys] }));
  return { faults, openReferences };
}

/** Nouns of the graph whose key is the natural key of the model. */
const NOUNS: { readonly [Name in ModelName]?: string } = {
  'input.location': 'Location',
  'input.calendar': 'Calendar',
  'input.customer': 'Customer',
  'input.item': 'Product',
  'input.resource': 'WorkCenter',
  'input.supplier': 'Supplier',
};

function at(record: FixtureRecord, field: string, problem: string): Fault {
  const { file, position, model, key } = record;
  return { file, record: describeRecord(position, model, key), field, problem };
}

/** A record may not be above itself. Each cycle is told once, of its first member. */
function cycles(records: RecordSet, model: ModelName): Fault[] {
  const ownerOf = (record: FixtureRecord): FixtureRecord | undefined => {
    const owner = (record.values as { owner?: string }).owner;
    return owner === undefined ? undefined : records.find(model, owner);
  };
  const done = new Set<FixtureRecord>();
  const faults: Fault[] = [];
  for (const start of records.all(model)) {
    const path = new Set<FixtureRecord>();
    let record: FixtureRecord | undefined = start;
    while (record !== undefined && !done.has(record) && !path.has(record)) {
      path.add(record);
      record = ownerOf(record);
    }
    if (record !== undefined && path.has(record))
      faults.push(at(record, 'owner', 'Is, over its owners, an owner of itself'));
    for (const member of path) done.add(member);
  }
  return faults;
}

function checkOwner(records: RecordSet, record: FixtureRecord<'input.operation'>): Fault[] {
  const { owner } = record.values;
  const type = owner === undefined ? undefined : records.find('input.operation', owner)?.values.type;
  if (
    owner === undefined ||
    !records.has('input.operation') ||
    type === 'routing' ||
    type === 'alternate' ||
    type === 'split'
  )
    return [];
  if (records.find('input.operation', owner) === undefined) return [];
  return [
    at(
      record,
      'owner',
      `${excerpt(owner)} is of type ${type ?? 'fixed_time'}: only a routing, an alternate or a split has operations below it`,
    ),
  ];
}

/** What each type of order cannot be without. */
const ORDER_NEEDS = {
  PO: ['item', 'location', 'supplier'],
  DO: ['item', 'origin', 'destination'],
  MO: ['operation'],
} as const;

function checkOrder(record: FixtureRecord<'input.operationplan'>): Fault[] {
  const { values } = record;
  const type = values.type ?? 'MO';
  if (type === 'STCK' || type === 'DLVR') return [];
  const needs: readonly (keyof typeof values)[] = ORDER_NEEDS[type];
  const faults = needs
    .filter((field) => values[field] === undefined)
    .map((field) => at(record, field, `Is missing, and a ${type} needs it`));
  if (values.startdate === undefined && values.enddate === undefined) {
    faults.push(at(record, 'startdate', 'Is missing, and so is enddate: an order needs one of them'));
  }
  return faults;
}
