import { isDeepStrictEqual } from 'node:util';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { excerpt } from './fault.ts';
import type { Fault } from './fault.ts';
import { FieldFault, isOpenEnd } from './field-types.ts';
import { parseJson } from './json-text.ts';
import { definitionOf, INTERNAL_FIELDS, isModelName } from './models.ts';
import type { ModelName } from './models.ts';
import { describeRecord, RecordSet } from './record-set.ts';
import type { FixtureRecord } from './record-set.ts';

export interface FixtureFile {
  readonly name: string;
  readonly text: string;
}

export interface ReadFixtureRecords {
  readonly records: RecordSet;
  /** frePPLe's own settings, by name. */
  readonly parameters: ReadonlyMap<string, readonly string[]>;
  /** Every record that the files hold, in their order; a repeated one counts each time. */
  readonly tally: readonly TalliedRecord[];
  readonly faults: readonly Fault[];
}

export interface TalliedRecord {
  readonly file: string;
  readonly model: string;
  /** Absent on a record of a model that the graph has no place for; on a repeated record: the first one. */
  readonly record?: FixtureRecord;
  readonly repeated: boolean;
}

/** Django's serialization of one object. Other properties than these are let pass. */
const RawRecord = Type.Object({
  model: Type.String({ minLength: 1 }),
  pk: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Null()])),
  fields: Type.Record(Type.String(), Type.Unknown()),
});

/** Reads every record of every file by itself. What a record says of others is checked by {@link crossCheck}. */
export function readRecords(files: readonly FixtureFile[]): ReadFixtureRecords {
  const records = new RecordSet();
  const parameters = new Map<string, string[]>();
  const tally: TalliedRecord[] = [];
  const faults: Fault[] = [];
  for (const { name: file, text } of files) {
    const parsed = parseJson(text);
    if (!parsed.ok) faults.push({ file, problem: parsed.problem });
    else if (!Array.isArray(parsed.value)) {
      faults.push({ file, problem: `Expected a list of records, received ${excerpt(parsed.value)}` });
    } else {
      for (const [index, raw] of parsed.value.entries()) {
        const position = index + 1;
        const [misfit] = Value.Errors(RawRecord, raw);
        if (misfit) {
          const field = misfit.path.slice(1);
          const problem = `${misfit.message}, received ${excerpt(misfit.value)}`;
          faults.push({ file, record: describeRecord(position), ...(field === '' ? {} : { field }), problem });
          continue;
        }
        const { model, pk, fields } = raw as {
          model: string;
          pk?: string | number | null;
          fields: Record<string, unknown>;
        };
        if (isModelName(model)) {
          const record = readRecord({ file, position, model, pk, fields }, faults);
          if (record === undefined) continue;
          const known = records.add(record);
          if (known !== undefined) faults.push(...contradictions(known, record));
          tally.push({ file, model, record: known ?? record, repeated: known !== undefined });
        } else {
          const name = pk ?? fields['name'];
          const value = fields['value'];
          if (model === 'common.parameter' && typeof name === 'string' && typeof value === 'string') {
            parameters.set(name, [...(parameters.get(name) ?? []), value]);
          }
          tally.push({ file, model, repeated: false });
        }
      }
    }
  }
  return { records, parameters, tally, faults };
}

interface RawFixtureRecord {
  readonly file: string;
  readonly position: number;
  readonly model: ModelName;
  readonly pk: string | number | null | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

function readRecord(
  { file, position, model, pk, fields }: RawFixtureRecord,
  faults: Fault[],
): FixtureRecord | undefined {
  const definition = definitionOf(model);
  const types = { ...definition.unheld, ...definition.fields };
  const raw = new Map(Object.entries(fields));
  const [onlyKey] = definition.key;
  if (definition.key.length === 1 && onlyKey !== undefined && !raw.has(onlyKey) && pk !== undefined)
    raw.set(onlyKey, pk);

  const values: Record<string, unknown> = {};
  const unheldFields: string[] = [];
  const emptyFields: string[] = [];
  const problems: { field: string; problem: string }[] = [];
  for (const [written, value] of raw) {
    const field = fieldOf(written, types);
    if (raw.has(field) && field !== written) {
      problems.push({ field: written, problem: `Contradicts ${field}: a record has one or the other` });
      continue;
    }
    const held = Object.hasOwn(definition.fields, field);
    if (!held && saysNothing(field, value, definition.defaults)) emptyFields.push(field);
    else if (!held) unheldFields.push(field);
    const type = Object.hasOwn(types, field) ? types[field] : undefined;
    if (type === undefined || value === null || value === '') continue;
    try {
      values[field] = type.read(value);
    } catch (cause) {
      if (!(cause instanceof FieldFault)) throw cause;
      problems.push({ field: written, problem: cause.message });
    }
  }
  const key = definition.key.map((field) => keyPart(values[field]));
  for (const field of definition.required) {
    const isBad = problems.some((problem) => fieldOf(problem.field, types) === field);
    if (values[field] === undefined && !isBad) problems.push({ field, problem: 'Is missing' });
  }
  for (const [first, second] of definition.ordered ?? []) {
    const [start, end] = [values[first], values[second]];
    if (typeof start === 'string' && typeof end === 'string' && end < start) {
      problems.push({ field: second, problem: `${end} lies before ${first} ${start}` });
    }
  }
  if (problems.length > 0) {
    const record = describeRecord(position, model, key);
    faults.push(...problems.map((problem) => ({ file, record, ...problem })));
    return undefined;
  }
  return { file, position, model, key, values, unheldFields, emptyFields };
}

/** Open ends are the same whether frePPLe writes them or not. */
function keyPart(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && !isOpenEnd(value) ? value : '';
}

/** frePPLe writes a reference as `item` or, after the database column, as `item_id`. */
function fieldOf(written: string, types: object): string {
  const field = written.endsWith('_id') ? written.slice(0, -'_id'.length) : written;
  return Object.hasOwn(types, field) ? field : written;
}

function saysNothing(
  field: string,
  value: unknown,
  defaults: Readonly<Record<string, readonly string[]>> = {},
): boolean {
  if (value === null || value === false || INTERNAL_FIELDS.has(field)) return true;
  if (typeof value === 'object') return Object.keys(value).length === 0;
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  const text = String(value);
  return NOTHING.test(text) || (defaults[field]?.includes(text) ?? false);
}

const NOTHING = /^(default|-?0+(\.0*)?)?$/;

function contradictions(known: FixtureRecord, record: FixtureRecord): Fault[] {
  const [first, second] = [known.values, record.values] as [Record<string, unknown>, Record<string, unknown>];
  return Object.keys({ ...first, ...second })
    .filter((field) => !isDeepStrictEqual(first[field], second[field]))
    .map((field) => ({
      file: record.file,
      record: describeRecord(record.position, record.model, record.key),
      field,
      problem: `${excerpt(second[field])} contradicts ${excerpt(first[field])} of ${known.file}, ${describeRecord(known.position)}`,
    }));
}
