import { DocumentRejectedError, type RawDocument } from '@takt/backing-system';
import type { SourceRecord } from '@takt/mapping';
import { b2mmlRecords, messageOfJson } from './b2mml/records.ts';
import { readXml } from './b2mml/xml.ts';
import { readJson } from './json.ts';
import type { Format } from './settings.ts';
import type { Verdict } from './sparkplug/node.ts';
import { sparkplugRecord } from './sparkplug/records.ts';

/** Attribute of a document: how its key or its node judged it when it was accepted, JSON of a {@link Verdict}. */
export const VERDICT = 'verdict';

/** Reads what was accepted, by its topic, its format and its verdict. */
export async function* parse(document: RawDocument): AsyncIterable<SourceRecord> {
  const { name: topic = '', attributes = {}, bytes } = document;
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new DocumentRejectedError('TOO_LARGE', `The payload has ${bytes} bytes, more than ${MAX_PAYLOAD_BYTES}.`);
  }
  const verdict = JSON.parse(attributes[VERDICT] ?? '{"kind":"USABLE"}') as Verdict;
  if (verdict.kind === 'REFUSED') {
    yield { place: topic, fault: { code: verdict.code, reason: verdict.reason } };
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of document.body()) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  switch (attributes['format'] as Format) {
    case 'sparkplug-b':
      yield sparkplugRecord(topic, body, verdict);
      return;
    case 'json':
      yield { place: topic, type: 'json', data: readJson(body) };
      return;
    case 'b2mml-json': {
      const { name, value } = messageOfJson(readJson(body));
      yield* b2mmlRecords(name, value);
      return;
    }
    case 'b2mml-xml': {
      const { name, value } = readXml(body);
      yield* b2mmlRecords(name, value);
    }
  }
}

/** What is larger is kept and refused. */
export const MAX_PAYLOAD_BYTES = 1024 * 1024;
