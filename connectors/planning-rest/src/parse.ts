import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { DocumentRejectedError, type RawDocument } from '@takt/backing-system';
import { FormatError, readCsv, readJson, type Row } from '@takt/document-formats';
import type { SourceRecord } from '@takt/mapping';
import { columnOf, REQUIRED_FIELDS, type Columns } from './rows.ts';
import { seriesOf } from './series.ts';

/** What the platform says by itself, one event a delivery. */
const Delivery = Type.Object({ type: Type.String({ minLength: 1, maxLength: 100 }), data: Type.Object({}) });
const Revision = Type.Object({
  cycle: Type.String({ minLength: 1, maxLength: 150 }),
  publishedAt: Type.String({ minLength: 1, maxLength: 40 }),
  series: Type.Array(Type.Record(Type.String(), Type.Unknown()), { minItems: 1, maxItems: 10_000 }),
});

/**
 * Records of a cycle's file or of a delivery. A delivery of another type than `forecast.revised` is one record of that
 * type, as it is. Throws DocumentRejectedError.
 */
export async function* parseDocument(document: RawDocument, columns: Columns): AsyncGenerator<SourceRecord> {
  const { format = '', cycle = '', publishedAt = document.time } = document.attributes ?? {};
  try {
    if (format === 'webhook') yield* parseDelivery(await textOf(document), columns);
    else if (format === 'csv' || format === 'json') {
      const rows = format === 'csv' ? csvRows(document, columns) : readJson(document.body());
      yield* seriesOf(rows, { columns, cycle, publishedAt, complete: true });
    } else throw new DocumentRejectedError('UNKNOWN_FORMAT', `There is no format ${JSON.stringify(format)}.`);
  } catch (error) {
    if (error instanceof FormatError) throw new DocumentRejectedError(error.code, error.reason);
    throw error;
  }
}

/** A column that is not there would be a fault of each row. */
async function* csvRows(document: RawDocument, columns: Columns): AsyncGenerator<Row> {
  const names = REQUIRED_FIELDS.map((field) => columnOf(field, columns));
  let isChecked = false;
  for await (const row of readCsv(document.body())) {
    if (!isChecked && 'data' in row) {
      const missing = names.filter((name) => !Object.hasOwn(row.data, name));
      if (missing.length > 0)
        throw new DocumentRejectedError('MISSING_COLUMN', `line 1: no column ${missing.join(', ')}.`);
      isChecked = true;
    }
    yield row;
  }
}

async function* parseDelivery(text: string, columns: Columns): AsyncGenerator<SourceRecord> {
  const delivery = parseJson(text);
  if (!Value.Check(Delivery, delivery)) throw malformed(Value.Errors(Delivery, delivery).First()?.path ?? '');
  const { type, data } = delivery;
  if (type !== 'forecast.revised') {
    yield { place: 'data', type, data };
    return;
  }
  if (!Value.Check(Revision, data)) throw malformed(`/data${Value.Errors(Revision, data).First()?.path ?? ''}`);
  const { cycle, publishedAt, series } = data;
  yield* seriesOf(rowsOf(series), { columns, cycle, publishedAt, complete: false });
}

async function* rowsOf(series: readonly Readonly<Record<string, unknown>>[]): AsyncGenerator<Row> {
  for (const [index, data] of series.entries()) yield await Promise.resolve({ place: `series ${index + 1}`, data });
}

async function textOf(document: RawDocument): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of document.body()) chunks.push(chunk);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new DocumentRejectedError('MALFORMED', 'It is no UTF-8.');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DocumentRejectedError('MALFORMED', 'It is no JSON.');
  }
}

function malformed(path: string): DocumentRejectedError {
  return new DocumentRejectedError('MALFORMED', `${path || '/'} is not as it should be.`);
}
