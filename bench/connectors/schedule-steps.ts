import { readDocument, recordsOf, tokenizeInterchange } from '@takt/connector-edi/reading';
import { writeX12, type SegmentText } from '@takt/connector-edi/write';
import { forecasts } from '@takt/forecasts';
import { inventory } from '@takt/inventory';
import { canonicalTypes, loadMapping, NO_CROSS_REFERENCES, type MapContext, type SourceRecord } from '@takt/mapping';
import { supplierCommitments } from '@takt/supplier-commitments';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from '../run.ts';
import type { Table } from '../report.ts';
import { median } from '../statistics.ts';

const WEEKS = 50;
export const SEGMENTS = 54_000;

const READ_OPTIONS = { isRepeated: false, takesTests: false };

/** An 830 cut into segments, its envelopes and lines read, mapped to commitments; nothing is stored. */
export async function scheduleSteps({ rounds, limit = SEGMENTS }: BenchOptions): Promise<Table> {
  const text = scheduleText(limit, '1');
  const mapping = await loadMapping(
    fileURLToPath(new URL('../../connectors/edi/mappings/supplier-schedules.yml', import.meta.url)),
    {
      connector: 'edi',
      canonical: canonicalTypes([forecasts, inventory, supplierCommitments]),
    },
  );
  const at = '2026-11-20T08:15:00Z';
  const context: MapContext = {
    system: 'edi/bench',
    document: { key: 'bench', time: at, receivedAt: at },
    crossReferences: NO_CROSS_REFERENCES,
  };
  const took = { tokenise: [] as number[], parse: [] as number[], map: [] as number[] };
  let counts = { segments: 0, records: 0, messages: 0 };
  for (let round = -1; round < rounds; round += 1) {
    const [tokenise, segments] = await timed(() => tokenizeInterchange(text).length);
    const [parse, records] = await timed(() => [
      ...recordsOf(readDocument(text, READ_OPTIONS), { cumulativeMismatches: [] }),
    ]);
    const [map, messages] = await timed(async () => await mapAll(records, (record) => mapping.map(record, context)));
    counts = { segments, records: records.length, messages };
    // The first is a warm-up.
    if (round < 0) continue;
    took.tokenise.push(tokenise);
    took.parse.push(parse);
    took.map.push(map);
  }
  const row = (step: string, ms: number, count: number, what: string) => ({
    step,
    ms,
    what,
    'per second': (count / ms) * 1000,
  });
  return {
    title: `Its steps alone: ${counts.segments} segments (${Math.round(text.length / 1024)} KiB), ${counts.records} lines, ${counts.messages} commitments`,
    bar: 'ms',
    rows: [
      row('tokenise', median(took.tokenise), counts.segments, 'segments'),
      row('parse, with tokenising and envelopes', median(took.parse), counts.segments, 'segments'),
      row('map', median(took.map), counts.messages, 'messages'),
    ],
    notes: ['In one process, nothing stored. Mapping checks each message against its schema.'],
  };
}

async function mapAll(
  records: readonly SourceRecord[],
  map: (
    record: SourceRecord,
  ) => Promise<{ readonly messages: readonly unknown[]; readonly faults: readonly unknown[] }>,
): Promise<number> {
  let messages = 0;
  for (const record of records) {
    const mapped = await map(record);
    if (mapped.faults.length > 0) throw new Error(JSON.stringify(mapped.faults[0]));
    messages += mapped.messages.length;
  }
  return messages;
}

async function timed<T>(work: () => T | Promise<T>): Promise<[ms: number, result: T]> {
  const started = performance.now();
  const result = await work();
  return [performance.now() - started, result];
}

/** One interchange of so many segments; `number` is its control number, and in its purchase order's. */
export function scheduleText(count: number, number: string): string {
  const segments: SegmentText[] = [
    ['BFR', '05', `FC-${number}`, 'R12', 'DL', 'A', '20261123', '20271122', '20261120'],
    ['N1', 'ST', 'Plant', '92', 'P100'],
    ['N1', 'SU', 'Foundry', '92', 'S-101'],
  ];
  for (let line = 1; segments.length < count - 7; line += 1) {
    segments.push(
      ['LIN', String(line * 10), 'BP', `MAT-${line}`, 'PO', `450${number}`, 'PL', String(line * 10)],
      ['UIT', 'EA'],
    );
    segments.push(['SHP', '02', '500', '051', '20260101', '', '20261119'], ['ATH', 'PQ', '20261120', '500']);
    for (let week = 0; week < WEEKS && segments.length < count - 7; week += 1) {
      const day = new Date(Date.UTC(2026, 10, 23 + week * 7)).toISOString().slice(0, 10).replaceAll('-', '');
      segments.push(['FST', String(100 + ((line + week) % 40)), week < 4 ? 'C' : 'D', 'W', day]);
    }
  }
  segments.push(['CTT', String(segments.filter(([tag]) => tag === 'LIN').length)]);
  return writeX12({
    sender: { qualifier: 'ZZ', id: 'PLANT' },
    receiver: { qualifier: 'ZZ', id: 'FOUNDRY' },
    control: number,
    at: new Date('2026-11-20T08:15:00Z'),
    groups: [{ code: 'PS', control: '1', messages: [{ type: '830', control: '0001', segments }] }],
  });
}
