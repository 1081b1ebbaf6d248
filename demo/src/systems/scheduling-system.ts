import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PeerFaults } from '../peers/peer.ts';
import type { PlantSystem } from './plant-system.ts';

/** The scheduler's exchange folder: proposed changes of orders that are only planned lie there, in frePPLe's form. */
export async function startSchedulers(folder: string): Promise<PlantSystem> {
  const drop = join(folder, 'frepple');
  for (const part of ['in', 'out']) await mkdir(join(drop, part), { recursive: true });
  return {
    peers: [{ system: 'aps/demo', faults: new PeerFaults(), close: () => Promise.resolve() }],
    instances: new Map([
      [
        'aps.yml',
        [
          'type: frepple',
          'instance: aps/demo',
          `folder: ${JSON.stringify(join(drop, 'in'))}`,
          `out: ${JSON.stringify(join(drop, 'out'))}`,
          '',
        ].join('\n'),
      ],
    ]),
    env: {},
    handlers: {},
    close: () => Promise.resolve(),
  };
}
