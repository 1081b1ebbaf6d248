import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { receiverContext } from '@takt/backing-system/testing';
import { startEdiPeer, type EdiMessage } from '@takt/demo/peers/edi';
import { expect, it } from 'vitest';
import { edi } from './edi.ts';
import { readDocument } from './read-document.ts';
import { recordsOf } from './records.ts';

const LINE = { order: '4500', line: '10', item: 'MAT-1', quantity: '60' };
const MESSAGES: readonly EdiMessage[] = [
  { kind: 'REPLY', number: 'OR-1', lines: [{ ...LINE, ordered: '60', on: '2026-12-01', answer: 'ACCEPTED' }] },
  { kind: 'SHIP_NOTICE', number: 'ASN-1', shippedOn: '2026-11-20', expectedOn: '2026-11-22', lines: [LINE] },
  { kind: 'STOCK', number: 'INV-1', site: 'S-101-SITE', on: '2026-11-20', lines: [LINE] },
  {
    kind: 'SCHEDULE',
    number: 'FC-1',
    on: '2026-11-20',
    shipTo: 'P100',
    lines: [{ ...LINE, received: '500', weeks: [{ monday: '2026-11-23', quantity: '100', firm: true }] }],
  },
];

it.each(['X12', 'EDIFACT'] as const)(
  'a partner that writes %s gets an answer to each interchange',
  async (standard) => {
    const folder = await mkdtemp(join(tmpdir(), 'takt-edi-peer-'));
    const peer = await startEdiPeer({
      system: 'edi/foundry',
      folder,
      standard,
      partner: 'FOUNDRY',
      plant: 'PLANT',
      fetchEveryMs: 20,
    });
    const setup = { secret: () => '', system: 'edi/foundry', folder: '/', mapping: undefined };
    const { receiver } = edi.configure({ folder, stillFor: '0ms' } as never, setup);
    const context = receiverContext('edi/foundry');
    const stop = new AbortController();
    const running = receiver!.run(context, stop.signal).catch((error: unknown) => error);
    const look = (answers: number) => {
      const looked = () => {
        context.tick();
        return peer.answers.size;
      };
      return expect.poll(looked).toBe(answers);
    };
    try {
      for (const message of MESSAGES) await peer.send(message);
      await look(4);
      expect(peer.complaints()).toEqual([]);
      const kinds = context.accepted.flatMap(({ body }) => [
        ...recordsOf(readDocument(body.toString(), { isRepeated: false, takesTests: false }), {
          cumulativeMismatches: [],
        }),
      ]);
      expect(kinds.map((record) => ('type' in record ? record.type : record))).toEqual(
        standard === 'X12' ? ['855', '856', '846', '830'] : ['ORDRSP', 'DESADV', 'INVRPT', 'DELFOR'],
      );

      peer.faults.set('corrupt', true);
      await peer.send(MESSAGES[0]!);
      await peer.send(MESSAGES[1]!);
      await look(6);
      expect(peer.complaints()).toEqual(['Interchange 5 was refused.', 'Interchange 6 was refused.']);
      peer.faults.set('corrupt', false);

      peer.faults.set('duplicates', true);
      await peer.send(MESSAGES[0]!);
      await look(7);
      await expect.poll(() => context.repeated.length).toBe(1);
      peer.faults.set('duplicates', false);

      peer.faults.set('reordering', true);
      await peer.send(MESSAGES[0]!);
      await peer.send(MESSAGES[1]!);
      await look(9);
      peer.faults.set('reordering', false);

      peer.faults.set('down', true);
      await peer.send(MESSAGES[2]!);
      peer.faults.set('down', false);
      await look(10);
    } finally {
      stop.abort();
      await running;
      await peer.close();
      await rm(folder, { recursive: true });
    }
  },
);
