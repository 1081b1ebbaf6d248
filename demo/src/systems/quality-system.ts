import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandData } from '../contracts.ts';
import { PeerFaults } from '../peers/peer.ts';
import { Refused, type PlantSystem } from './plant-system.ts';

const COLUMNS = ['number', 'decision', 'order', 'scope', 'reason', 'by'] as const;

/** The laboratory's spreadsheet: what it holds and lets go, a file for each decision. */
export async function startQuality(folder: string, clock: () => Date): Promise<PlantSystem> {
  const drop = join(folder, 'quality');
  await mkdir(drop, { recursive: true });
  const faults = new PeerFaults();
  const decide = async (row: Readonly<Record<(typeof COLUMNS)[number], string>>): Promise<void> => {
    if (faults.isOn('down')) throw new Refused('The laboratory is closed.');
    const name = `${row.number}-${row.decision}.csv`.toLowerCase();
    const cells = COLUMNS.map((column) => (column === 'order' && faults.isOn('corrupt') ? '' : row[column]));
    const half = join(drop, `${name}.part`);
    await writeFile(half, `${COLUMNS.join(';')}\n${cells.join(';')}\n`);
    await rename(half, join(drop, name));
  };
  return {
    peers: [{ system: 'quality/demo', faults, close: () => Promise.resolve() }],
    instances: new Map([
      [
        'quality.yml',
        [
          'type: files',
          'instance: quality/demo',
          `folder: ${JSON.stringify(drop)}`,
          "pattern: '*.csv'",
          'stillFor: 0s',
          "format: { kind: csv, delimiter: ';' }",
          `mapping: ${fileURLToPath(new URL('../../mappings/quality-holds.yml', import.meta.url))}`,
          'schedule: { every: 2s }',
          '',
        ].join('\n'),
      ],
    ]),
    env: {},
    handlers: {
      PlaceQualityHold: ({ data }) => {
        const { id: order, hold: number, scope, reason, placedBy: by } = data as CommandData<'PlaceQualityHold'>;
        return decide({ number, decision: 'HOLD', order, scope, reason, by });
      },
      ReleaseQualityHold: ({ data }) => {
        const { id: order, hold: number, disposition, releasedBy } = data as CommandData<'ReleaseQualityHold'>;
        const at = clock().toISOString();
        return decide({ number, decision: disposition, order, scope: '', reason: `Decided at ${at}`, by: releasedBy });
      },
    },
    close: () => Promise.resolve(),
  };
}
