import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { ENCODINGS, readCsv, readJson, readJsonLines, readXlsx, readXml, type Row } from '@takt/document-formats';

const Name = Type.String({ minLength: 1, maxLength: 200 });
const Encoding = Type.Optional(Type.Union(ENCODINGS.map((encoding) => Type.Literal(encoding))));
const Columns = Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 1_000, uniqueItems: true }));

function kind<Kind extends string, Fields extends Record<string, TSchema>>(name: Kind, fields: Fields) {
  return Type.Object({ kind: Type.Literal(name), ...fields }, { additionalProperties: false });
}

/** How files are read; what is left out: `packages/document-formats`. */
export const Format = Type.Union([
  kind('csv', {
    /** One character; found out unless set. `\t` is a tab. */
    delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
    /** One character, or empty if the file knows no quoting. */
    quote: Type.Optional(Type.String({ maxLength: 1 })),
    /** Names of the columns, of files without header. */
    columns: Columns,
    encoding: Encoding,
  }),
  /** `path`: names that lead to the array of records. */
  kind('json', { path: Type.Optional(Type.Array(Name, { maxItems: 20 })), encoding: Encoding }),
  kind('jsonl', { encoding: Encoding }),
  /** `record`: name of the elements that are records. */
  kind('xml', { record: Name, encoding: Encoding }),
  kind('xlsx', { sheet: Type.Optional(Name), columns: Columns }),
]);
export type Format = Static<typeof Format>;

export const MEDIA_TYPES: Readonly<Record<Format['kind'], string>> = {
  csv: 'text/csv',
  json: 'application/json',
  jsonl: 'application/jsonl',
  xml: 'application/xml',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

export function readRows(body: AsyncIterable<Buffer>, format: Format): AsyncIterable<Row> {
  switch (format.kind) {
    case 'csv':
      return readCsv(body, format);
    case 'json':
      return readJson(body, format);
    case 'jsonl':
      return readJsonLines(body, format.encoding);
    case 'xml':
      return readXml(body, format);
    case 'xlsx':
      return readXlsx(body, format);
  }
}
