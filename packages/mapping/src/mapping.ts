import type { TSchema } from '@sinclair/typebox';
import type { Cause, CloudEvent } from '@takt/event-log';
import type { SourceRecord } from './source-record.ts';

/** How what a kind of system says is said in our words, and the other way round: a file of expressions, checked. */
export interface Mapping {
  readonly name: string;
  /** Grows with each change that is released. */
  readonly version: number;
  /** Of the file, so that no two versions are taken for one. */
  readonly sha256: string;
  /** Type of connector whose records it is written for. */
  readonly connector: string;
  /**
   * Rejects only for what is wrong on our side, such as cross-references that cannot be read now. Cross-references of records
   * that are mapped at the same time are read together. Of several items of a record, those without fault are mapped.
   */
  map(record: SourceRecord, context: MapContext): Promise<Mapped>;
  /** What a command is in the connector's own terms; undefined if there is no rule for it. Throws MappingError. */
  command(command: CloudEvent, context: MapContext): Promise<unknown>;
}

/** One object for a document and a run over it: what was read of cross-references is known to it for two seconds. */
export interface MapContext {
  /** `system/instance` that reports, or that is told. */
  readonly system: string;
  readonly document: {
    readonly key: string;
    readonly name?: string | undefined;
    /** RFC 3339. */
    readonly time: string;
    readonly receivedAt: string;
    readonly attributes?: Readonly<Record<string, string>> | undefined;
  };
  readonly crossReferences: CrossReferences;
}

export const REFERENCE_KINDS = ['PRODUCT', 'LOCATION', 'WORK_CENTER', 'SUPPLIER', 'CUSTOMER'] as const;
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];

/** How a system calls what we call otherwise. Both answer in the order asked; undefined for what nobody has told. */
export interface CrossReferences {
  toCanonical(system: string, kind: ReferenceKind, ids: readonly string[]): Promise<(string | undefined)[]>;
  toSource(system: string, kind: ReferenceKind, canonicalIds: readonly string[]): Promise<(string | undefined)[]>;
}

/** Nobody has told any. */
export const NO_CROSS_REFERENCES: CrossReferences = {
  toCanonical: (_system, _kind, ids) => Promise.resolve(ids.map(() => undefined)),
  toSource: (_system, _kind, ids) => Promise.resolve(ids.map(() => undefined)),
};

export interface Mapped {
  readonly messages: readonly CanonicalMessage[];
  readonly faults: readonly MappingFault[];
}

/** A message for a domain, before it has its envelope. */
export interface CanonicalMessage {
  readonly domain: string;
  readonly type: string;
  readonly data: unknown;
  /** Its natural idempotency key, e.g. of a goods movement's line; made of document and record unless given. */
  readonly id?: string | undefined;
  /** RFC 3339: when it was true in its source; the document's time unless given. */
  readonly time?: string | undefined;
  readonly cause?: Cause | undefined;
}

export interface MappingFault {
  /** `MAPPING_FAILED`: an expression; `SCHEMA_VIOLATION`: what came out; `NO_RULE`; `UNKNOWN_REFERENCE`; `UNKNOWN_UNIT`. */
  readonly code: string;
  /** Where the record stands in its document. */
  readonly place: string;
  readonly rule?: string | undefined;
  readonly field?: string | undefined;
  readonly expression?: string | undefined;
  readonly reason: string;
}

/** Messages that a mapping may give: the schema of each type's data and the domain that takes it. */
export type CanonicalTypes = ReadonlyMap<string, { readonly domain: string; readonly schema: TSchema }>;
