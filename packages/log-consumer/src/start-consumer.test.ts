import { expect, it, onTestFinished, vi } from 'vitest';
import { Checkpoint } from './checkpoint.ts';
import { ConsumerHeldError, LogTruncatedError, OtherLogError, startConsumer } from './start-consumer.ts';
import { event, openEngines, tallies, written } from './tally.fixture.ts';

const never = new AbortController().signal;

async function running(retainEvents?: number) {
  const engines = await openEngines(retainEvents);
  const consumer = await tallies(engines.store);
  const onFault = vi.fn();
  const started = await startConsumer({ ...engines, consumer, onFault });
  onTestFinished(() => started.close());
  return { ...engines, consumer, onFault, started };
}

it('waits while somebody else has its consumer, and goes on afterwards from where it was', async () => {
  const { store, log, started } = await running();
  await log.append([event(1, 'A')]);
  await vi.waitFor(async () => expect(await written(store)).toEqual(['["A",{"ids":["e0001"]}]']));
  await started.hold(async () => {
    await log.append([event(2, 'A')]);
    expect(await written(store)).toEqual(['["A",{"ids":["e0001"]}]']);
  }, never);
  await vi.waitFor(async () => expect(await written(store)).toEqual(['["A",{"ids":["e0001","e0002"]}]']));
});

it('goes on also when what had its consumer failed', async () => {
  const { store, log, started } = await running();
  await expect(started.hold(() => Promise.reject(new Error('no such disk')), never)).rejects.toThrow('no such disk');
  await log.append([event(1, 'A')]);
  await vi.waitFor(async () => expect(await written(store)).toHaveLength(1));
});

it('is given to one at a time', async () => {
  const { started } = await running();
  let finish = (): void => undefined;
  const first = started.hold(() => new Promise<void>((resolve) => (finish = resolve)), never);
  await expect(started.hold(() => Promise.resolve(), never)).rejects.toThrow(ConsumerHeldError);
  await vi.waitFor(() => {
    finish();
    return first;
  });
  await expect(started.hold(() => Promise.resolve('again'), never)).resolves.toBe('again');
});

it('stops who has its consumer when it closes', async () => {
  const { started } = await running();
  const begun = vi.fn();
  const held = started.hold((signal) => {
    begun();
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  }, never);
  const failed = expect(held).rejects.toThrow('Takt stops.');
  await vi.waitFor(() => expect(begun).toHaveBeenCalled());
  await started.close();
  await failed;
});

it('takes what is there now when the log ends before where it was, says so, and misses nothing after that', async () => {
  const events = [1, 2, 3, 4, 5].map((number) => event(number, 'A'));
  const { store, log } = await openEngines();
  const consumer = await tallies(store, events.slice(0, 3));
  const checkpoint = await Checkpoint.open(store, log, consumer.name);
  await checkpoint.read();
  await checkpoint.keep({ position: 4, isEmptying: false });
  await log.append(events.slice(0, 2));
  const onFault = vi.fn();
  const started = await startConsumer({ store, log, consumer, onFault });
  onTestFinished(() => started.close());
  const three = ['["A",{"ids":["e0001","e0002","e0003"]}]'];
  await vi.waitFor(async () => expect(await written(store)).toEqual(three), { timeout: 5_000 });
  await log.append(events.slice(3));
  const all = ['["A",{"ids":["e0001","e0002","e0003","e0004","e0005"]}]'];
  await vi.waitFor(async () => expect(await written(store)).toEqual(all), { timeout: 5_000 });
  expect(onFault.mock.calls).toEqual([[new LogTruncatedError('tallies', 4, 2)]]);
});

it('tells when another process feeds the same consumer', async () => {
  const { store, log, consumer, started, onFault } = await running();
  await log.append([event(1, 'A')]);
  await vi.waitFor(async () => expect(await written(store)).toHaveLength(1));
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const slow = { ...consumer, apply: vi.fn(async () => released) };
  const other = await startConsumer({ store, log, consumer: slow, onFault });
  onTestFinished(() => other.close());
  await log.append([event(2, 'A')]);
  await vi.waitFor(() => expect(slow.apply).toHaveBeenCalled());
  await started.close();
  release();
  await vi.waitFor(() => expect(onFault).toHaveBeenCalledWith(new Error('Another process feeds tallies as well.')));
});

it('takes what is there now when the log is another one than before', async () => {
  const { store, log } = await openEngines();
  const consumer = await tallies(store, [event(1, 'A'), event(2, 'A')]);
  const checkpoint = await Checkpoint.open(store, { id: 'another' }, consumer.name);
  await checkpoint.read();
  await checkpoint.keep({ position: 2, isEmptying: false });
  await log.append([event(1, 'A'), event(2, 'A')]);
  const onFault = vi.fn();
  const started = await startConsumer({ store, log, consumer, onFault });
  onTestFinished(() => started.close());
  const two = ['["A",{"ids":["e0001","e0002"]}]'];
  await vi.waitFor(async () => expect(await written(store)).toEqual(two), { timeout: 5_000 });
  await log.append([event(3, 'A')]);
  const three = ['["A",{"ids":["e0001","e0002","e0003"]}]'];
  await vi.waitFor(async () => expect(await written(store)).toEqual(three), { timeout: 5_000 });
  expect(onFault.mock.calls).toEqual([[new OtherLogError('tallies')]]);
});

it('looks for a log that cannot be reached until it can', async () => {
  const { store, log } = await openEngines();
  await log.append([event(1, 'A')]);
  const reach = vi.fn().mockRejectedValueOnce(new Error('Nobody is there.')).mockResolvedValue(log);
  const onFault = vi.fn();
  const consumer = await tallies(store);
  const started = await startConsumer({ store, log: reach, consumer, onFault });
  onTestFinished(() => started.close());
  await vi.waitFor(async () => expect(await written(store)).toHaveLength(1), { timeout: 5_000 });
  expect(onFault.mock.calls).toEqual([[new Error('Nobody is there.')]]);
});
