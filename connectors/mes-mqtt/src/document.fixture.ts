import type { NewDocument, RawDocument } from '@takt/backing-system';
import type { SourceRecord } from '@takt/mapping';
import { parse } from './parse.ts';

/** A document as it would be kept. */
function rawDocument(document: Omit<NewDocument, 'body'> & { readonly body: Buffer }): RawDocument {
  const { body, ...rest } = document;
  return {
    ...rest,
    id: document.key,
    receivedAt: '2026-01-05T12:00:00Z',
    time: document.time ?? '2026-01-05T12:00:00Z',
    bytes: body.length,
    // eslint-disable-next-line @typescript-eslint/require-await
    async *body() {
      yield body;
    },
  };
}

export async function recordsOf(
  document: Omit<NewDocument, 'body'> & { readonly body: Buffer },
): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for await (const record of parse(rawDocument(document))) records.push(record);
  return records;
}
