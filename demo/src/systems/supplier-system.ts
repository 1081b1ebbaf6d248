import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitSupply } from '../contracts.ts';
import type { LivePlant } from '../live-plant.ts';
import { startEdiPeer } from '../peers/edi.ts';
import { Refused, type PlantSystem } from './plant-system.ts';

/** The mailbox of the suppliers: what they promise comes as EDIFACT's ORDRSP, and each waits for its CONTRL. */
export async function startSuppliers(
  folder: string,
  promises: LivePlant['promises'],
  clock: () => Date,
): Promise<PlantSystem> {
  const mailbox = join(folder, 'edi');
  await mkdir(mailbox, { recursive: true });
  const lines = new Map(promises.map(({ line }) => [line.id, line]));
  const partner = await startEdiPeer({
    system: 'edi/suppliers',
    folder: mailbox,
    standard: 'EDIFACT',
    partner: 'SUPPLIERS',
    plant: 'PUMPWORKS',
    clock,
    // A new run takes numbers that no other has taken.
    lastControl: Math.floor(clock().getTime() / 1000) % 100_000_000,
  });
  return {
    peers: [partner],
    instances: new Map([
      [
        'edi.yml',
        [
          'type: edi',
          'instance: edi/suppliers',
          `folder: ${JSON.stringify(mailbox)}`,
          "pattern: '*.edi'",
          'stillFor: 2s',
          'mapping: supplier-replies',
          'schedule: { every: 2s }',
          '',
        ].join('\n'),
      ],
    ]),
    env: {},
    handlers: {
      async CommitSupply({ data }) {
        const { id, confirmation, committed, committedOn } = data as CommitSupply;
        const line = lines.get(id);
        if (!line || !committed || committedOn === undefined) throw new Refused('No supplier has that line.');
        if (committed.unit !== 'PC') throw new Refused('Suppliers of what is not counted in pieces use the telephone.');
        const [order = '', number = ''] = id.split('/');
        await partner.send({
          kind: 'REPLY',
          number: `R${clock().getTime()}`,
          lines: [
            {
              order,
              line: number,
              item: line.sku,
              quantity: committed.value,
              ordered: line.required.value,
              on: committedOn,
              answer: confirmation === 'ACCEPTED' ? 'ACCEPTED' : 'CHANGED',
            },
          ],
        });
      },
    },
    close: () => partner.close(),
  };
}
