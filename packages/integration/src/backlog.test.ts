import { BacklogFullError } from '@takt/backing-system';
import type { Intake } from '@takt/intake';
import { describe, expect, test } from 'vitest';
import { Backlog } from './backlog.ts';
import { LineReceiver } from './documents.fixture.ts';
import { recordingIntake, startTestExchange, testSystem, type Taken } from './test-exchange.fixture.ts';
import type { IntegrationMessage } from './integration-message.ts';

const NEVER = new AbortController().signal;
const message = (arrival: number) => ({ arrival, bytes: 1 }) as IntegrationMessage;

describe('The backlog', () => {
  test('has room for so many bytes, for one document of any size when it is empty, and gives it in order of the calls', async () => {
    const backlog = new Backlog('erp/P100', { documents: 10, bytes: 100 });
    const large = await backlog.reserve(500, true, NEVER);
    await expect(backlog.reserve(1, false, NEVER)).rejects.toThrow(BacklogFullError);
    const order: number[] = [];
    const waiting = [60, 50, 1].map(async (bytes) => {
      const room = await backlog.reserve(bytes, true, NEVER);
      order.push(bytes);
      return room;
    });
    large.release();
    const first = await waiting[0];
    expect(order).toEqual([60]);
    first?.release();
    await Promise.all(waiting);
    expect(order).toEqual([60, 50, 1]);
  });

  test('gives up waiting when the signal aborts, and those behind it still get their room', async () => {
    const backlog = new Backlog('erp/P100', { documents: 1, bytes: 100 });
    const held = await backlog.reserve(1, true, NEVER);
    const abort = new AbortController();
    const given = backlog.reserve(1, true, abort.signal);
    const behind = backlog.reserve(1, true, NEVER);
    abort.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    held.release();
    await behind;
  });

  test('keeps the order of arrival, and takes up again what is retried before it is done', () => {
    const backlog = new Backlog('erp/P100');
    for (const arrival of [2, 3, 1]) backlog.add({ id: `m${arrival}`, message: message(arrival), isRedo: false });
    expect(backlog.take()?.id).toBe('m1');
    backlog.add({ id: 'm1', message: message(1), isRedo: false });
    expect(backlog.length).toBe(3);
    backlog.done('m1');
    expect([backlog.take(), backlog.take(), backlog.take(), backlog.take()].map((each) => each?.id)).toEqual([
      'm1',
      'm2',
      'm3',
      undefined,
    ]);
    backlog.putBack();
    expect(backlog.take()).toMatchObject({ id: 'm1', isRedo: true });
  });
});

test('while a domain takes nothing, an instance is given at most 1,000 documents, and all get through afterwards', async () => {
  const taken: Taken[] = [];
  const inner = recordingIntake(taken)('d');
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const intake: Intake = { receive: (messages) => gate.then(() => inner.receive(messages)) };
  const receiver = new LineReceiver();
  const exchange = await startTestExchange({
    systems: [testSystem({ system: 'mes/hall-1', receiver })],
    intake: () => intake,
  });
  try {
    await Promise.all(Array.from({ length: 1000 }, (_, n) => receiver.accept(`k${n}`, `d T ${n}`)));
    const context = await receiver.context;
    const late = { key: 'late', mediaType: 'text/plain', body: Buffer.from('d T late') };
    await expect(context.accept(late, { wait: false })).rejects.toThrow(BacklogFullError);
    expect(exchange.exchange.instances()[0]).toMatchObject({ system: 'mes/hall-1', waiting: 1000 });
    // A key that is known needs no room.
    expect((await receiver.accept('k5', 'd T 5')).isNew).toBe(false);
    const waiting = context.accept(late);
    open();
    expect((await waiting).isNew).toBe(true);
    await exchange.ended(1001, 60_000);
    expect(taken).toHaveLength(1001);
    expect(taken.at(-1)?.id).toBe('late/0/0');
  } finally {
    await exchange.close();
  }
});
