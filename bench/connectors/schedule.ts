import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { median } from '../statistics.ts';
import { folderOf, putFile, startConnected, type ReceivedDocument } from './connected-takt.ts';
import { SEGMENTS, scheduleSteps, scheduleText } from './schedule-steps.ts';

const INSTANCE = `type: edi
instance: edi/foundry
folder: ./in
pattern: '*.edi'
stillFor: 0s
schedule: { every: 100ms }
acknowledge: NEVER
mapping: supplier-schedules
`;

interface Journey {
  readonly document: ReceivedDocument;
  readonly acceptMs: number;
  readonly parseMs: number;
  readonly applyMs: number;
  readonly cpuMs: number;
}

/** An 830 of 54,000 segments, from its file until each of its commitments is in the graph; and its steps alone. */
export async function schedule(options: BenchOptions): Promise<Table[]> {
  const { rounds, limit = SEGMENTS } = options;
  const folder = await folderOf({ 'foundry.yml': INSTANCE, 'in/.keep': '' });
  const takt = await startConnected(folder);
  const journeys: Journey[] = [];
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const text = scheduleText(limit, String(round + 1));
      const cpuBefore = takt.cpuMs();
      const name = `schedule-${round}.edi`;
      await putFile(join(folder, 'in'), name, (path) => writeFile(path, text));
      const putAt = Date.now();
      const document = await takt.applied(name);
      const at = (time: string | null) => Date.parse(time ?? '');
      journeys.push({
        document,
        acceptMs: at(document.receivedAt) - putAt,
        parseMs: at(document.parsedAt) - at(document.receivedAt),
        applyMs: at(document.endedAt) - at(document.parsedAt),
        cpuMs: takt.cpuMs() - cpuBefore,
      });
    }
  } finally {
    await takt.stop();
  }
  const [first, ...others] = journeys;
  const rowOf = (which: string, some: readonly Journey[]) => {
    const of = (figure: (journey: Journey) => number) => median(some.map(figure));
    const totalMs = of(({ acceptMs, parseMs, applyMs }) => acceptMs + parseMs + applyMs);
    const commitments = of(({ document }) => document.counts.applied);
    return {
      '': which,
      commitments,
      'accepted ms': of(({ acceptMs }) => acceptMs),
      'parsed ms': of(({ parseMs }) => parseMs),
      'mapped and applied ms': of(({ applyMs }) => applyMs),
      'end to end ms': totalMs,
      'commitments/s': (commitments / totalMs) * 1000,
      'CPU ms': of(({ cpuMs }) => cpuMs),
    };
  };
  return [
    {
      title: `An 830 of ${limit} segments, end to end`,
      rows: [...(first ? [rowOf('first after the start', [first])] : []), rowOf('later ones', others)],
      notes: [
        'Accepted: since it lay there whole, with the look into the folder every 100 ms. While some are applied, the next are mapped.',
        'Each schedule is of another purchase order, so that each commitment is a new one.',
      ],
    },
    await scheduleSteps(options),
  ];
}
