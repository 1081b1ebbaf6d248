import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedLog, type CloudEvent, type EventLog } from '@takt/event-log';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Checkpoint } from './checkpoint.ts';
import {
  ConsumerHeldError,
  LogRestoredError,
  LogTruncatedError,
  OtherLogError,
  startConsumer,
} from './start-consumer.ts';
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

it('takes what is there now when the log was restored and has grown past where it was', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'takt-restored-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const [live, backup] = [join(directory, 'live'), join(directory, 'backup')];
  const { store } = await openEngines();
  const onFault = vi.fn();
  const follow = async (log: EventLog, truth: readonly CloudEvent[] = []) =>
    startConsumer({ store, log, consumer: await tallies(store, truth), onFault });
  const before = await openEmbeddedLog({ directory: live });
  await before.append([event(1, 'A'), event(2, 'A')]);
  await before.close();
  await cp(live, backup, { recursive: true });
  const lost = await openEmbeddedLog({ directory: live });
  await lost.append([event(3, 'A')]);
  const first = await follow(lost);
  await vi.waitFor(async () => expect(await written(store)).toEqual(['["A",{"ids":["e0001","e0002","e0003"]}]']));
  await first.close();
  await lost.close();

  await rm(live, { recursive: true });
  await cp(backup, live, { recursive: true });
  const restored = await openEmbeddedLog({ directory: live });
  onTestFinished(() => restored.close());
  await restored.append([event(4, 'B'), event(5, 'B')]);
  const second = await follow(restored, [event(4, 'B'), event(5, 'B')]);
  const isCaughtUp = ['["A",{"ids":["e0001","e0002","e0003"]}]', '["B",{"ids":["e0004","e0005"]}]'];
  await vi.waitFor(async () => expect(await written(store)).toEqual(isCaughtUp), { timeout: 5_000 });
  await restored.append([event(6, 'C')]);
  const goesOn = [...isCaughtUp, '["C",{"ids":["e0006"]}]'];
  await vi.waitFor(async () => expect(await written(store)).toEqual(goesOn), { timeout: 5_000 });
  await second.close();
  const third = await follow(restored);
  await restored.append([event(7, 'D')]);
  const all = [...goesOn, '["D",{"ids":["e0007"]}]'];
  await vi.waitFor(async () => expect(await written(store)).toEqual(all), { timeout: 5_000 });
  await third.close();
  expect(onFault.mock.calls).toEqual([[new LogRestoredError('tallies', 3)]]);
});

it.each([
  ['retention has dropped the event that it took last', 'dropped since'],
  ['its checkpoint names no event', undefined],
])('goes on from where it was when %s', async (_, last) => {
  const { store, log } = await openEngines(2);
  await log.append([event(1, 'A'), event(2, 'A')]);
  await log.append([event(3, 'A'), event(4, 'A')]);
  const consumer = await tallies(store);
  const checkpoint = await Checkpoint.open(store, log, consumer.name);
  await checkpoint.read();
  await checkpoint.keep({ position: 2, event: last, isEmptying: false });
  const onFault = vi.fn();
  const started = await startConsumer({ store, log, consumer, onFault });
  onTestFinished(() => started.close());
  await vi.waitFor(async () => expect(await written(store)).toEqual(['["A",{"ids":["e0003","e0004"]}]']));
  expect(onFault).not.toHaveBeenCalled();
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
