import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { DocumentRejectedError, type RawDocument } from '@takt/backing-system';
import type { SourceRecord } from '@takt/mapping';
import { formatFault } from '../fault.ts';
import { readFixtures, type ImportMessage } from '../read-fixtures.ts';
import type { FixtureFile } from '../read-records.ts';

const Bundle = Type.Object({ files: Type.Array(Type.Object({ name: Type.String(), base64: Type.String() })) });

/** Messages of all the files of a drop; throws DocumentRejectedError with the first faults if there is any. */
export async function* parseDrop(
  document: RawDocument,
  options: { readonly timeZone: string; readonly unit: string },
): AsyncGenerator<SourceRecord> {
  const result = readFixtures(await filesOf(document), { run: 'drop', ...options });
  if (!result.ok) {
    const told = result.faults.slice(0, FAULTS_TOLD).map(formatFault);
    const more = result.faults.length - told.length;
    throw new DocumentRejectedError('FAULTY_IMPORT', [...told, ...(more > 0 ? [`and ${more} more.`] : [])].join('\n'));
  }
  for (const [index, each] of result.messages.entries()) yield recordOf(each, index + 1);
}

function recordOf({ domain, message }: ImportMessage, number: number): SourceRecord {
  const { type, data, time } = message;
  const { id } = data as { readonly id?: unknown };
  return {
    place: `message ${number} (${type})`,
    message: { domain, type, data, time },
    ...(typeof id === 'string' && { documentNumbers: [id] }),
  };
}

async function filesOf(document: RawDocument): Promise<FixtureFile[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of document.body()) chunks.push(chunk);
  const bundle: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (!Value.Check(Bundle, bundle)) throw new DocumentRejectedError('MALFORMED', 'It is no drop.');
  return bundle.files.map(({ name, base64 }) => ({ name, text: textOf(name, base64) }));
}

function textOf(name: string, base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    throw new DocumentRejectedError('MALFORMED', `${name}: is not UTF-8.`);
  }
}

const FAULTS_TOLD = 20;
