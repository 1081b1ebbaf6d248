import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { zipOf } from '@takt/document-formats/testing';

export const FORMATS = ['csv', 'json', 'jsonl', 'xml', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];

/** Writes a file of so many forecast buckets, as the mapping `forecasts` of files reads them. */
export async function writeBuckets(path: string, format: Format, rows: number): Promise<void> {
  if (format === 'xlsx') {
    await writeFile(path, workbook(rows));
    return;
  }
  const [head, line, tail] = WRITERS[format];
  const file = createWriteStream(path);
  file.write(head);
  for (let from = 0; from < rows; from += TOGETHER) {
    const numbers = Array.from({ length: Math.min(TOGETHER, rows - from) }, (_, index) => from + index);
    if (!file.write(numbers.map((number) => line(bucket(number), number === 0)).join(''))) await once(file, 'drain');
  }
  file.end(tail);
  await once(file, 'close');
}

const TOGETHER = 1_000;

type Bucket = Readonly<Record<(typeof COLUMNS)[number], string>>;
const COLUMNS = ['sku', 'location', 'start', 'quantity', 'unit', 'version', 'published_at'] as const;

function bucket(number: number): Bucket {
  return {
    sku: `SKU-${String(Math.floor(number / 52)).padStart(6, '0')}`,
    location: 'P100',
    start: new Date(Date.UTC(2026, 10, 23 + 7 * (number % 52))).toISOString().slice(0, 10),
    quantity: String((number * 37) % 5_000),
    unit: 'PC',
    version: '2026-W48',
    published_at: '2026-11-22T06:00:00Z',
  };
}

type Writer = readonly [head: string, line: (bucket: Bucket, isFirst: boolean) => string, tail: string];
const WRITERS: Readonly<Record<Exclude<Format, 'xlsx'>, Writer>> = {
  csv: [`${COLUMNS.join(',')}\n`, (one) => `${Object.values(one).join(',')}\n`, ''],
  json: ['{"rows":[\n', (one, isFirst) => `${isFirst ? '' : ',\n'}${JSON.stringify(one)}`, '\n]}'],
  jsonl: ['', (one) => `${JSON.stringify(one)}\n`, ''],
  xml: ['<rows>\n', (one) => `<row>${elements(one)}</row>\n`, '</rows>'],
};

function elements(one: Bucket): string {
  return Object.entries(one)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');
}

const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

function workbook(rows: number): Buffer {
  const cells = (values: readonly string[]) =>
    `<row>${values.map((value) => `<c t="inlineStr"><is><t>${value}</t></is></c>`).join('')}</row>`;
  const lines = Array.from({ length: rows }, (_, number) => cells(Object.values(bucket(number))));
  return zipOf([
    {
      name: 'xl/workbook.xml',
      content: `<workbook xmlns:r="${OFFICE}"><sheets><sheet name="1" sheetId="1" r:id="a"/></sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `<Relationships><Relationship Id="a" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    },
    {
      name: 'xl/worksheets/sheet1.xml',
      content: `<worksheet><sheetData>${cells(COLUMNS)}${lines.join('')}</sheetData></worksheet>`,
    },
  ]);
}
