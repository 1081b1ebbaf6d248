import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inboundMessage } from '@takt/intake';
import { CROSS_REFERENCES, openDomain, ReplayRefusedError } from '@takt/subgraph-server';
import { expect, it, onTestFinished } from 'vitest';
import { products } from './index.ts';

const clock = () => new Date('2026-01-05T12:00:00Z');
const QUESTION = { to: 'CANONICAL', system: 'erp/P100', kind: 'PRODUCT', ids: ['0815', '4711'] };

async function open() {
  const directory = await mkdtemp(join(tmpdir(), 'takt-cross-references-'));
  const domain = await openDomain(products, { directory, clock });
  onTestFinished(async () => {
    await domain.close();
    await rm(directory, { recursive: true });
  });
  return { domain, ask: (question: unknown) => domain.operations().ask(CROSS_REFERENCES, question) };
}

it('answers in the order asked, null for what nobody has told', async () => {
  const { domain, ask } = await open();
  const data = { system: 'erp', instance: 'P100', kind: 'PRODUCT', id: '4711', canonicalId: 'PUMP' };
  await domain.intake.receive([
    inboundMessage({ type: 'CrossReferenceReported', source: 'engineer/one', data }, clock),
  ]);
  expect(await ask(QUESTION)).toEqual([null, 'PUMP']);
  expect(await ask({ ...QUESTION, to: 'SOURCE', ids: ['PUMP', 'VALVE'] })).toEqual(['4711', null]);
  expect(await ask({ ...QUESTION, system: 'erp/P200' })).toEqual([null, null]);
  expect(await ask({ ...QUESTION, ids: [] })).toEqual([]);
});

it.each([
  null,
  {},
  { ...QUESTION, to: 'OURS' },
  { ...QUESTION, kind: 'MACHINE' },
  { ...QUESTION, ids: [3] },
  { ...QUESTION, ids: ['x'.repeat(401)] },
  { ...QUESTION, ids: Array.from({ length: 10_001 }, String) },
])('refuses what is no question', async (question) => {
  const { ask } = await open();
  await expect(ask(question)).rejects.toThrow(ReplayRefusedError);
});
