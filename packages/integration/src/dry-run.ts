import type { BackingSystem } from '@takt/backing-system';
import type { Clock } from '@takt/intake';
import type { CanonicalMessage, CrossReferences, MapContext, SourceRecord } from '@takt/mapping';
import { convert, mapContextOf } from './convert.ts';
import type { RecordResult } from './integration-message.ts';

export interface DryRunOptions {
  readonly system: Pick<BackingSystem, 'system' | 'mapping' | 'scope'>;
  readonly document: MapContext['document'];
  readonly records: AsyncIterable<SourceRecord> | Iterable<SourceRecord>;
  readonly crossReferences: CrossReferences;
  readonly clock: Clock;
}

/** What a record would cause, or why it would cause nothing. */
export type DryRunPart =
  | { readonly place: string; readonly message: CanonicalMessage }
  | { readonly place: string; readonly fault: RecordResult };

/** What a document would cause, without anybody hearing of it. Rejects as reading the records does. */
export async function* dryRun({
  system,
  document,
  records,
  crossReferences,
  clock,
}: DryRunOptions): AsyncGenerator<DryRunPart, void> {
  const mapContext = mapContextOf(system, document, crossReferences);
  const message = { ...document, correlationId: 'dry-run' };
  const context = { system, clock, id: 'dry-run', message, mapContext };
  let index = 0;
  for await (const record of records) {
    for (const { place, domain = '', message, result } of await convert(record, index, context)) {
      if (result) yield { place, fault: result };
      if (message) {
        const { type, data, id, time, cause } = message;
        yield { place, message: { domain, type, id, time, ...(cause && { cause }), data } };
      }
    }
    index += 1;
  }
}
