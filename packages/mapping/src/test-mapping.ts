import type { CanonicalMessage, MapContext, Mapping, MappingFault } from './mapping.ts';
import type { SourceRecord } from './source-record.ts';

/** What a mapping would make of a document, without anybody hearing of it. */
export interface MappingReport {
  readonly records: number;
  /** Records of which it makes nothing, and says nothing. */
  readonly ignored: number;
  readonly messages: readonly (CanonicalMessage & { readonly place: string })[];
  readonly faults: readonly MappingFault[];
  /** Whether there is more than is told here: the first 10,000 messages and faults are. */
  readonly isClipped: boolean;
}

/** Maps records one after the other. Rejects as {@link Mapping.map} does, and as the records do. */
export async function testMapping(
  mapping: Mapping,
  records: AsyncIterable<SourceRecord> | Iterable<SourceRecord>,
  context: MapContext,
): Promise<MappingReport> {
  const messages: (CanonicalMessage & { place: string })[] = [];
  const faults: MappingFault[] = [];
  const report = { records: 0, ignored: 0, messages, faults, isClipped: false };
  for await (const record of records) {
    const mapped = await mapping.map(record, context);
    report.records += 1;
    if (mapped.messages.length === 0 && mapped.faults.length === 0) report.ignored += 1;
    for (const message of mapped.messages) {
      if (messages.length < MOST_TOLD) messages.push({ place: record.place, ...message });
      else report.isClipped = true;
    }
    for (const fault of mapped.faults) {
      if (faults.length < MOST_TOLD) faults.push(fault);
      else report.isClipped = true;
    }
  }
  return report;
}

const MOST_TOLD = 10_000;
