import type { BackingSystem } from '@takt/backing-system';
import { inboundMessage, type Clock, type InboundMessage } from '@takt/intake';
import type { CanonicalMessage, CrossReferences, MapContext, MappingFault, SourceRecord } from '@takt/mapping';
import { canonicalId, clipped, contentDigest } from './ids.ts';
import type { IntegrationMessage, RecordResult } from './integration-message.ts';
import { scopeFault } from './scope.ts';

/** One part of a record: a message for a domain, or what is known of it without asking any. */
export interface Part {
  readonly record: number;
  readonly place: string;
  readonly documentNumbers: readonly string[];
  /** Instead of it there is the result. */
  readonly message?: InboundMessage | undefined;
  readonly domain?: string | undefined;
  /** Of a message without a natural id. */
  readonly digest?: string | undefined;
  readonly result?: RecordResult | undefined;
}

export interface ConvertContext {
  readonly system: Pick<BackingSystem, 'system' | 'mapping' | 'scope'>;
  readonly clock: Clock;
  readonly id: string;
  /** One for all records of the document: what was read of cross-references is known to it. */
  readonly mapContext: MapContext;
  readonly message: Pick<IntegrationMessage, 'key' | 'name' | 'time' | 'receivedAt' | 'attributes' | 'correlationId'>;
}

export function mapContextOf(
  { system }: Pick<BackingSystem, 'system'>,
  { key, name, time, receivedAt, attributes }: MapContext['document'],
  crossReferences: CrossReferences,
): MapContext {
  return { system, document: { key, name, time, receivedAt, attributes }, crossReferences };
}

/** What a record means in our own words. Rejects only for what is wrong on our side. */
export async function convert(record: SourceRecord, index: number, context: ConvertContext): Promise<Part[]> {
  const place = clipped(record.place, 500);
  const of = { record: index, place };
  if ('fault' in record) return [{ ...of, documentNumbers: [], result: { ...of, ...refused(record.fault) } }];
  const numbers = (record.documentNumbers ?? []).slice(0, NUMBERS_KEPT).map((number) => clipped(number, 200));
  const about = { ...of, documentNumbers: numbers };
  if ('message' in record) return [partOf(record.message, 0, about, context)];
  const { mapping, system } = context.system;
  if (!mapping) {
    const reason = `${system} has no mapping, and ${clipped(record.type, 100)} needs one.`;
    return [{ ...about, result: { ...of, ...refused({ code: 'NO_RULE', reason }) } }];
  }
  const { messages, faults } = await mapping.map(record, context.mapContext);
  return [
    ...messages.map((message, number) => partOf(message, number, about, context)),
    ...faults.map((fault) => ({ ...about, result: faultResult(fault, of) })),
  ];
}

/** Document numbers of one record that are kept. */
const NUMBERS_KEPT = 20;

type About = Pick<Part, 'record' | 'place' | 'documentNumbers'>;

function partOf(canonical: CanonicalMessage, number: number, about: About, context: ConvertContext): Part {
  const { message, system, clock, id } = context;
  const { type, data, domain, time = message.time, cause } = canonical;
  const messageId = canonicalId({ id, system: system.system }, about.record, number, canonical.id);
  const fault = scopeFault(system.scope, canonical);
  if (fault !== undefined) {
    const { record, place } = about;
    const result = { record, place, messageId, domain, type, ...refused({ code: 'WRONG_PLANT_SCOPE', reason: fault }) };
    return { ...about, result };
  }
  const { correlationId } = message;
  const inbound = inboundMessage(
    { type, data, id: messageId, source: system.system, time, cause, correlationId },
    clock,
  );
  const isNatural = canonical.id !== undefined && canonical.id !== '';
  return { ...about, domain, message: inbound, ...(!isNatural && { digest: contentDigest(type, data) }) };
}

function faultResult(fault: MappingFault, of: { readonly record: number; readonly place: string }): RecordResult {
  const { rule, field, expression } = fault;
  return {
    ...of,
    ...(fault.place !== '' && { place: clipped(fault.place, 500) }),
    ...refused(fault),
    ...(rule !== undefined && { rule: clipped(rule, 200) }),
    ...(field !== undefined && { field: clipped(field, 200) }),
    ...(expression !== undefined && { expression: clipped(expression) }),
  };
}

function refused({ code, reason }: { readonly code: string; readonly reason: string }) {
  return { status: 'REJECTED' as const, refusal: { code: clipped(code, 100), reason: clipped(reason) } };
}
