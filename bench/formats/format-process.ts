import { createReadStream } from 'node:fs';
import { readCsv, readJson, readJsonLines, readXlsx, readXml, type Row } from '@takt/document-formats';

/** Reads one file to its end, and says what it took: `FORMAT FILE`. */
const READERS: Readonly<Record<string, (body: AsyncIterable<Buffer>) => AsyncIterable<Row>>> = {
  csv: (body) => readCsv(body),
  json: (body) => readJson(body, { path: ['rows'] }),
  jsonl: (body) => readJsonLines(body),
  xml: (body) => readXml(body, { record: 'row' }),
  xlsx: (body) => readXlsx(body),
};

const [format = '', file = ''] = process.argv.slice(2);
const reader = READERS[format];
if (!reader) throw new Error(`There is no format ${format}.`);
const cpuBefore = process.cpuUsage();
const start = performance.now();
let rows = 0;
for await (const row of reader(createReadStream(file) as AsyncIterable<Buffer>)) {
  if ('fault' in row) throw new Error(`${row.place}: ${row.fault.reason}`);
  rows += 1;
}
const { user, system } = process.cpuUsage(cpuBefore);
const figures = {
  rows,
  elapsedMs: performance.now() - start,
  cpuMs: (user + system) / 1000,
  peakMiB: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(JSON.stringify(figures));
