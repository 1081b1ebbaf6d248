import { FormatRegistry, type TSchema } from '@sinclair/typebox';
import { Value, ValuePointer } from '@sinclair/typebox/value';
import { CAUSES, type Cause, type CloudEvent, type EventSchemas } from '@takt/event-log';
import type { Expression, Scope } from './expression.ts';
import { ExpressionError, failed, shown } from './faults.ts';
import type { CanonicalMessage, MapContext, Mapped, Mapping, MappingFault } from './mapping.ts';
import { optionalText, recordFault } from './plain.ts';
import { ReferenceReader } from './references.ts';
import type { SourceRecord } from './source-record.ts';
import { fill, sourceOf, type Template, type TemplateFault } from './template.ts';

export interface CompiledRule {
  readonly name: string;
  readonly records: readonly string[];
  readonly when: Expression | undefined;
  readonly forEach: Expression | undefined;
  readonly id: Expression | undefined;
  readonly time: Expression | undefined;
  readonly cause: Expression | undefined;
  /** Without it: takes records, and makes nothing of them. */
  readonly emit?: {
    readonly type: string;
    readonly domain: string;
    readonly schema: TSchema;
    readonly schemas: EventSchemas;
    readonly data: Template;
  };
}

export interface CompiledCommand {
  readonly command: string;
  readonly when: Expression | undefined;
  readonly call: Template;
}

interface Compiled {
  readonly name: string;
  readonly version: number;
  readonly connector: string;
  readonly sha256: string;
  readonly rejectsOthers: boolean;
  readonly rules: readonly CompiledRule[];
  readonly commands: readonly CompiledCommand[];
  readonly now: () => number;
}

/** A command cannot be said in its system's terms. */
export class MappingError extends Error {
  constructor(readonly fault: MappingFault) {
    super([fault.field, fault.expression, fault.reason].filter((part) => part !== undefined).join(': '));
    this.name = 'MappingError';
  }
}

/** A mapping as its file says it: all rules that are for a record take it, each for itself. */
export class RuleMapping implements Mapping {
  readonly name: string;
  readonly version: number;
  readonly connector: string;
  readonly sha256: string;
  readonly #compiled: Compiled;
  readonly #rules = new Map<string, CompiledRule[]>();
  readonly #readers = new WeakMap<MapContext, ReferenceReader>();

  constructor(compiled: Compiled) {
    ({ name: this.name, version: this.version, connector: this.connector, sha256: this.sha256 } = compiled);
    this.#compiled = compiled;
    for (const rule of compiled.rules) {
      for (const type of rule.records) this.#rules.set(type, [...(this.#rules.get(type) ?? []), rule]);
    }
  }

  async map(record: SourceRecord, context: MapContext): Promise<Mapped> {
    const { place } = record;
    if ('fault' in record) return { messages: [], faults: [{ ...record.fault, place }] };
    if ('message' in record) return { messages: [record.message], faults: [] };
    const wrong = recordFault(record.data);
    if (wrong !== undefined) return { messages: [], faults: [{ code: 'MAPPING_FAILED', place, reason: wrong }] };
    const scope = this.#scope(record.data, context);
    const run = new RecordRun(place, scope);
    let isTaken = false;
    for (const rule of this.#rules.get(record.type) ?? []) isTaken = (await run.apply(rule)) || isTaken;
    if (!isTaken && this.#compiled.rejectsOthers) {
      run.faults.push({ code: 'NO_RULE', place, reason: `No rule of ${this.name} takes this ${shown(record.type)}.` });
    }
    return { messages: run.messages, faults: run.faults };
  }

  async command(command: CloudEvent, context: MapContext): Promise<unknown> {
    const scope = this.#scope(command, context);
    for (const [index, rule] of this.#compiled.commands.entries()) {
      if (rule.command !== command.type) continue;
      const faults: TemplateFault[] = [];
      const place = `command ${command.id}`;
      const named = `commands[${index}] ${rule.command}`;
      const isMeant = await test(rule.when, command, scope, faults);
      const call = isMeant ? await fill(rule.call, command, scope, faults) : undefined;
      const [fault] = faults;
      if (fault) throw new MappingError(faultOf(fault, place, named));
      if (isMeant && call !== undefined) return call;
      if (isMeant)
        throw new MappingError({
          code: 'MAPPING_FAILED',
          place,
          rule: named,
          field: 'call',
          reason: 'It gives nothing.',
        });
    }
    return undefined;
  }

  #scope(record: unknown, context: MapContext): Scope {
    return { record, index: 0, context, references: this.#reader(context), ofRecord: new Map() };
  }

  #reader(context: MapContext): ReferenceReader {
    const known = this.#readers.get(context);
    if (known) return known;
    const reader = new ReferenceReader(context.crossReferences, context.system, this.#compiled.now);
    this.#readers.set(context, reader);
    return reader;
  }
}

/** What rules make of one record. */
class RecordRun {
  readonly messages: CanonicalMessage[] = [];
  readonly faults: MappingFault[] = [];

  constructor(
    readonly place: string,
    readonly scope: Scope,
  ) {}

  /** Whether the rule takes it; one that fails does. */
  async apply(rule: CompiledRule): Promise<boolean> {
    const faults: TemplateFault[] = [];
    const isMeant = await test(rule.when, this.scope.record, this.scope, faults);
    const items = isMeant && rule.emit ? await this.#items(rule, faults) : [];
    for (const fault of faults) this.faults.push(faultOf(fault, this.place, rule.name));
    for (let from = 0; from < items.length; from += ITEMS_TOGETHER) {
      const some = items.slice(from, from + ITEMS_TOGETHER);
      const results = await Promise.all(some.map((item, index) => this.#message(rule, item, from + index)));
      for (const result of results) {
        if ('faults' in result) this.faults.push(...result.faults);
        else this.messages.push(result);
      }
    }
    return isMeant || faults.length > 0;
  }

  async #items(rule: CompiledRule, faults: TemplateFault[]): Promise<readonly unknown[]> {
    const { forEach } = rule;
    if (!forEach) return [this.scope.record];
    const given = await attempt(forEach, 'forEach', this.scope.record, this.scope, faults, (value) => value);
    const items = given === undefined || Array.isArray(given) ? (given ?? []) : [given];
    if (items.length <= MOST_ITEMS) return items as unknown[];
    faults.push({
      place: 'forEach',
      expression: forEach.text,
      error: failed(`It gives more than ${MOST_ITEMS} items.`),
    });
    return [];
  }

  async #message(
    rule: CompiledRule,
    item: unknown,
    index: number,
  ): Promise<CanonicalMessage | { faults: MappingFault[] }> {
    const { emit } = rule;
    if (!emit) return { faults: [] };
    const scope = { ...this.scope, index };
    const faults: TemplateFault[] = [];
    const [data, id, time, cause] = await Promise.all([
      fill(emit.data, item, scope, faults),
      rule.id && attempt(rule.id, 'id', item, scope, faults, (value) => optionalText(value, LONGEST_ID)),
      rule.time && attempt(rule.time, 'time', item, scope, faults, instantOf),
      rule.cause && attempt(rule.cause, 'cause', item, scope, faults, causeOf),
    ]);
    if (faults.length > 0) {
      // Fields are evaluated at the same time; told in an order that is always the same.
      faults.sort((a, b) => (a.place < b.place ? -1 : 1));
      return { faults: faults.slice(0, MOST_FAULTS).map((fault) => faultOf(fault, this.place, rule.name)) };
    }
    if (emit.schemas.dataFault(`${emit.type}.v1`, data)) return { faults: this.#violations(rule.name, emit, data) };
    return { domain: emit.domain, type: emit.type, data, id, time, cause };
  }

  #violations(rule: string, emit: NonNullable<CompiledRule['emit']>, data: unknown): MappingFault[] {
    const found = new Map<string, MappingFault>();
    for (const { path, message } of Value.Errors(emit.schema, data)) {
      if (found.size === MOST_FAULTS) break;
      const { place: field = fieldOf(path), expression } = sourceOf(emit.data, path);
      const reason = `${fieldOf(path)}: ${message}, received ${shown(ValuePointer.Get(data, path))}`;
      if (!found.has(path))
        found.set(path, { code: 'SCHEMA_VIOLATION', place: this.place, rule, field, expression, reason });
    }
    return [...found.values()];
  }
}

async function test(
  when: Expression | undefined,
  input: unknown,
  scope: Scope,
  faults: TemplateFault[],
): Promise<boolean> {
  if (!when) return true;
  const answer = await attempt(when, 'when', input, scope, faults, (value) => {
    if (value === undefined || typeof value === 'boolean') return value;
    throw failed(`Expected true or false, received ${shown(value)}.`);
  });
  return answer === true;
}

async function attempt<T>(
  expression: Expression,
  place: string,
  input: unknown,
  scope: Scope,
  faults: TemplateFault[],
  read: (value: unknown) => T,
): Promise<T | undefined> {
  try {
    return read(await expression.evaluate(input, scope));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    faults.push({ place, expression: expression.text, error });
    return undefined;
  }
}

function faultOf({ place: field, expression, error }: TemplateFault, place: string, rule: string): MappingFault {
  return { code: error.code, place, rule, field, expression, reason: error.reason };
}

function instantOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && FormatRegistry.Get('date-time')?.(value)) return value;
  throw failed(`Expected a time in RFC 3339, received ${shown(value)}.`);
}

function causeOf(value: unknown): Cause | undefined {
  if (value === undefined) return undefined;
  const cause = CAUSES.find((each) => each === value);
  if (cause) return cause;
  throw failed(`Expected ${CAUSES.join(', ')}, received ${shown(value)}.`);
}

function fieldOf(pointer: string): string {
  return `data${pointer.replaceAll('/', '.')}`;
}

const LONGEST_ID = 256;
const ITEMS_TOGETHER = 500;
const MOST_ITEMS = 100_000;
const MOST_FAULTS = 20;
