import { readSchedule, type Health, type Receiver } from '@takt/backing-system';
import { expect, test, vi } from 'vitest';
import { LineReceiver } from './documents.fixture.ts';
import { startTestExchange, testSystem } from './test-exchange.fixture.ts';

function until(look: () => boolean): Promise<void> {
  return vi.waitUntil(look, { timeout: 60_000, interval: 2 }).then(() => undefined);
}

test('a receiver that rejects is run again, later each time, and its system counts as down after three times', async () => {
  const pauses: number[] = [];
  const told: Health['state'][] = [];
  let runs = 0;
  const receiver: Receiver = {
    async run(context, signal) {
      runs += 1;
      if (runs <= 9) throw new Error(`No answer, time ${runs}.`);
      context.observe({ kind: 'ANSWERED', tookMs: 5 });
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
    parse: () => [],
  };
  const pause = (ms: number) => {
    pauses.push(ms);
    return Promise.resolve();
  };
  const open = await startTestExchange({
    systems: [testSystem({ system: 'erp/P100', receiver })],
    pause,
    onHealth: (_system, { state }) => told.push(state),
  });
  try {
    await until(() => runs === 10);
    expect(told.filter((state, index) => state !== told[index - 1])).toEqual(['SLOW', 'DOWN', 'UP']);
    const longest = [1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000);
    expect(pauses).toHaveLength(9);
    pauses.forEach((ms, index) => {
      expect(ms).toBeGreaterThanOrEqual((longest[index] ?? 0) / 2);
      expect(ms).toBeLessThanOrEqual(longest[index] ?? 0);
    });
    expect(open.exchange.instances()[0]?.lastObservation).toEqual({ kind: 'ANSWERED', tookMs: 5 });
    const healths = async () => (await open.reader.healths(['erp/P100'])).get('erp/P100')?.state;
    await vi.waitUntil(async () => (await healths()) === 'UP');
  } finally {
    await open.close();
  }
});

test('a receiver is due at once the first time, then by its schedule; its checkpoints survive a restart', async () => {
  let due = 0;
  const polling = (): Receiver => ({
    async run(context, signal) {
      for (;;) {
        await context.due(signal);
        await context.turn(signal);
        const before = (await context.checkpoints.read('page')) ?? 0;
        await context.checkpoints.write('page', Number(before) + 1);
        due += 1;
      }
    },
    parse: () => [],
  });
  const system = (every: string) =>
    testSystem({ system: 'erp/P100', receiver: polling(), schedule: readSchedule({ every }) });
  let open = await startTestExchange({ systems: [system('1ms')] });
  await until(() => due >= 3);
  await open.exchange.close();
  const [kept] = await open.reader.checkpoints('erp/P100');
  expect(kept).toMatchObject({ name: 'page', value: due });
  const before = due;
  open = await open.restart([system('23h')]);
  await until(() => due === before + 1);
  const read = async () => (await open.reader.checkpoints('erp/P100'))[0]?.value;
  expect(await read()).toBe(before + 1);
  await open.close();
});

test('a checkpoint is written after what is being accepted, and must be small JSON', async () => {
  const receiver = new LineReceiver();
  const open = await startTestExchange({ systems: [testSystem({ system: 'erp/P100', receiver })] });
  const context = await receiver.context;
  const { checkpoints } = context;
  const order: string[] = [];
  const body = Buffer.from('d T a');
  const accepted = context.accept({ key: 'k', mediaType: 'text/plain', body }).then(() => order.push('accepted'));
  await checkpoints.write('page', { next: 2 }).then(() => order.push('written'));
  await accepted;
  expect(order).toEqual(['accepted', 'written']);
  await expect(checkpoints.write('page', undefined)).rejects.toThrow(RangeError);
  await expect(checkpoints.write('page', 'x'.repeat(70_000))).rejects.toThrow(RangeError);
  await open.close();
});
