import { join } from 'node:path';
import { inboundMessage, systemClock } from '@takt/intake';
import { knock } from '@takt/subgraph-server';
import { expect, it } from 'vitest';
import { command, startedProcess, temporaryFolder } from '../system.ts';

/**
 * Reports an order that just fits into a message, but not into an event, which names its work centers once more: no log
 * takes that, and the report is a dead letter.
 */
async function givenDeadLetter(dataDir: string, id: string): Promise<void> {
  const intake = await knock(join(dataDir, 'production-orders'));
  const data = {
    id: 'PO-1',
    sku: 'PUMP',
    location: 'P100',
    quantity: { value: '100', unit: 'PC' },
    scheduledStart: '2026-03-02T06:00:00.000Z',
    scheduledEnd: '2026-03-03T14:00:00.000Z',
    state: 'RELEASED',
    sourceStatuses: ['REL', 'x'.repeat(440_000)],
    operations: Array.from({ length: 500 }, (_, index) => ({
      sequence: index + 1,
      name: 'Turn',
      workCenter: `${index} `.padEnd(200, '旋'),
    })),
    components: [],
  };
  const message = inboundMessage({ type: 'ProductionOrderReported', source: 'erp/P100', data, id }, systemClock);
  expect(await intake?.receive([message])).toMatchObject([
    { status: 'DEAD_LETTERED', refusal: { code: 'EVENT_TOO_LARGE' } },
  ]);
}

function deadLetter(dataDir: string, ...args: string[]): ReturnType<typeof command> {
  return command(['deadletter', ...args], { TAKT_DATA_DIR: dataDir });
}

async function listed(dataDir: string, ...args: string[]): Promise<Record<string, unknown>[]> {
  const { code, output } = await deadLetter(dataDir, 'list', '--json', ...args);
  expect(code).toBe(0);
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

it('are listed, shown, retried and discarded, with who and why, while Takt runs and when it does not', async () => {
  const dataDir = await temporaryFolder();
  const takt = await startedProcess({ TAKT_DATA_DIR: dataDir, TAKT_DEMO: 'off' });
  await givenDeadLetter(dataDir, 'report-1');
  await givenDeadLetter(dataDir, 'report-2');

  const table = await deadLetter(dataDir, 'list');
  expect(table.code).toBe(0);
  expect(table.output).toMatch(/^KEY +DOMAIN +TYPE +SUBJECT +RECEIVED +CODE +REASON\n/);
  expect(table.output).toMatch(/^[0-9a-f]{8} {2}production-orders +ProductionOrderReported +PO-1 .* EVENT_TOO_LARGE/m);
  expect(Math.max(...table.output.split('\n').map((line) => line.length))).toBeLessThanOrEqual(160);

  const [first, second] = await listed(dataDir, '--domain', 'production-orders');
  expect([first?.['key'], second?.['key']]).toEqual(['erp/P100 report-1', 'erp/P100 report-2']);
  const short = first?.['short'] as string;

  const retried = await deadLetter(dataDir, 'retry', short, '--by', 'Vera', '--reason', 'The log takes more now');
  expect(retried).toMatchObject({ code: 1, output: expect.stringContaining(`${short} is DEAD_LETTERED: EVENT_TOO_`) });
  const discarded = await deadLetter(dataDir, 'discard', short, '--by', 'Vera', '--reason', 'Sent in parts instead');
  expect(discarded).toEqual({ code: 0, output: `${short} is discarded.\n` });
  expect(await deadLetter(dataDir, 'discard', short, '--reason', 'again')).toMatchObject({
    code: 1,
    output: expect.stringContaining('is DISCARDED, not DEAD_LETTERED'),
  });

  takt.child.kill('SIGTERM');
  expect(await takt.ended()).toBe(0);

  expect(await listed(dataDir)).toMatchObject([{ key: 'erp/P100 report-2' }]);
  expect(await listed(dataDir, '--discarded', '--domain', 'production-orders')).toMatchObject([
    {
      key: 'erp/P100 report-1',
      status: 'DISCARDED',
      handling: [
        { action: 'RETRIED', by: 'Vera', reason: 'The log takes more now' },
        { action: 'DISCARDED', by: 'Vera', reason: 'Sent in parts instead' },
      ],
    },
  ]);
  const shown = await deadLetter(dataDir, 'show', 'erp/P100 report-1');
  expect(shown.code).toBe(0);
  expect(shown.output).toMatch(/^Status {4}DISCARDED$/m);
  expect(shown.output).toMatch(/^DISCARDED \S+ by Vera: Sent in parts instead$/m);
  expect(shown.output).toContain('"type": "ProductionOrderReported"');
  expect(await deadLetter(dataDir, 'discard', 'erp/P100 report-2', '--reason', 'A mistake')).toMatchObject({ code: 0 });
  expect(await listed(dataDir, '--domain', 'production-orders')).toEqual([]);
});

it.each([
  [['retry', 'x'], 'Say why: --reason'],
  [['list', '--domain', 'orders'], 'There is no domain "orders". There are products,'],
  [['list', '--first', '0'], '--first takes a number from 1 to 999999.'],
  [['list', '--nonsense'], 'Usage: npm run takt -- deadletter list'],
  [['bury', 'x'], 'Usage: npm run takt -- deadletter list'],
  [[], 'Usage: npm run takt -- deadletter list'],
])('asked with %j it says what to do', async (args, text) => {
  const { code, output } = await deadLetter(await temporaryFolder(), ...args);
  expect(code).toBe(2);
  expect(output).toContain(text);
});

it('says that a folder has no data', async () => {
  const { code, output } = await deadLetter(await temporaryFolder(), 'list');
  expect(code).toBe(1);
  expect(output).toContain('There are no Takt data in ');
});
