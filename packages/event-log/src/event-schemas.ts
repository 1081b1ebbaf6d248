import { toUSVString } from 'node:util';
import { Type } from '@sinclair/typebox';
import type { TSchema } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { TypeCheck } from '@sinclair/typebox/compiler';
import { CAUSES } from './event.ts';
import { registerFormats } from './formats.ts';

/** One version of one type of message or event. */
export interface EventSchema {
  /** PascalCase, e.g. `InventoryChanged`. */
  readonly type: string;
  /** Starts at 1 (the default); a new one for each change that old readers would not understand. */
  readonly version?: number;
  /** JSON Schema of `data`. */
  readonly data: TSchema;
}

export interface SchemaFault {
  readonly code: 'UNKNOWN_TYPE' | 'SCHEMA_VIOLATION';
  /** Where it is wrong: if in the envelope, then its id and source mean nothing either. */
  readonly part: 'envelope' | 'data';
  /** Path and message of the first faults, for whoever sent it. */
  readonly reason: string;
}

/** Knows the types that a domain understands or causes and tells what is wrong with one of them. Compiles each schema once. */
export class EventSchemas {
  readonly #data = new Map<string, TypeCheck<TSchema>>();

  constructor(schemas: Iterable<EventSchema>) {
    registerFormats();
    for (const schema of schemas) {
      const name = schemaName(schema);
      if (this.#data.has(name)) throw new Error(`The schema ${name} is given twice.`);
      this.#data.set(name, TypeCompiler.Compile(schema.data));
    }
  }

  /** What is wrong with this envelope or its data; `undefined` if it is a valid CloudEvent. */
  fault(candidate: unknown): SchemaFault | undefined {
    if (!envelope.Check(candidate)) return violation('envelope', envelope, candidate);
    const { type, dataschema, data } = candidate;
    const broken = Object.entries(candidate).find(([name, value]) => name !== 'data' && isIllFormed(value));
    if (broken) {
      const reason = `/${toUSVString(broken[0])}: Expected well-formed Unicode, without half of a surrogate pair`;
      return { code: 'SCHEMA_VIOLATION', part: 'envelope', reason };
    }
    if (!dataschema.startsWith(`${type}.v`)) {
      const reason = `/dataschema: ${dataschema} is not a schema of the type ${type}`;
      return { code: 'SCHEMA_VIOLATION', part: 'envelope', reason };
    }
    return this.dataFault(dataschema, data);
  }

  /** What is wrong with data that claims this schema (`<type>.v<version>`). */
  dataFault(dataschema: string, data: unknown): SchemaFault | undefined {
    const check = this.#data.get(dataschema);
    if (!check) return { code: 'UNKNOWN_TYPE', part: 'data', reason: `${dataschema} is not a schema of this domain.` };
    return check.Check(data) ? undefined : violation('data', check, data);
  }
}

/** Self-contained JSON Schema of a whole event of this type, as published under schema/events/. */
export function eventJsonSchema(schema: EventSchema): object {
  const name = schemaName(schema);
  const whole = Type.Object(
    {
      ...ENVELOPE.properties,
      type: Type.Literal(schema.type),
      dataschema: Type.Literal(name),
      data: schema.data,
    },
    { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `${name}.json`, title: schema.type },
  );
  return JSON.parse(JSON.stringify(whole)) as object;
}

/** No store can keep such text: it has no UTF-8. JSON Schema cannot say so in a way that every validator understands. */
function isIllFormed(value: unknown): boolean {
  return typeof value === 'string' && toUSVString(value) !== value;
}

const REPORTED_FAULTS = 5;

function violation(part: SchemaFault['part'], check: TypeCheck<TSchema>, value: unknown): SchemaFault {
  const base = part === 'data' ? '/data' : '';
  const faults: string[] = [];
  for (const error of check.Errors(value)) {
    if (faults.length === REPORTED_FAULTS) break;
    faults.push(`${base}${error.path}: ${error.message}`);
  }
  return { code: 'SCHEMA_VIOLATION', part, reason: faults.join('; ') };
}

/** As in `dataschema`: `StockMoved.v1`. */
export function schemaName({ type, version = 1 }: Pick<EventSchema, 'type' | 'version'>): string {
  return `${type}.v${version}`;
}

/** Something a person can read and a store can index: no control characters, not endless. */
const Name = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000-\\u001f\\u007f]*$' });

const ENVELOPE = Type.Object({
  specversion: Type.Literal('1.0'),
  id: Name(256),
  source: Type.String({ maxLength: 128, pattern: '^[^\\s/]+/[^\\s/]+$' }),
  type: Type.String({ maxLength: 128, pattern: '^[A-Z][A-Za-z0-9]*$' }),
  subject: Type.Optional(Name(256)),
  time: Type.String({ format: 'date-time' }),
  datacontenttype: Type.Literal('application/json'),
  dataschema: Type.String({ pattern: '^[A-Z][A-Za-z0-9]*\\.v[1-9][0-9]*$' }),
  correlationid: Name(256),
  causationid: Type.Optional(Name(256)),
  cause: Type.Union(CAUSES.map((cause) => Type.Literal(cause))),
  expectedrevision: Type.Optional(Type.Integer({ minimum: 0 })),
  data: Type.Unknown(),
});

const envelope = TypeCompiler.Compile(ENVELOPE);
