import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { receiverContext, type RecordingContext } from '@takt/backing-system/testing';
import { startMes, type Mes } from '@takt/demo/peers/mes';
import { hasMosquitto, startMqttBroker, type MqttBroker } from '@takt/demo/peers/mqtt-broker';
import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { recordsOf } from './document.fixture.ts';
import { receiver } from './receiver.ts';
import { readSettings, type Settings } from './settings.ts';

if (!hasMosquitto())
  console.warn('There is no mosquitto on the PATH: mes-mqtt was NOT tried over it, only over aedes.');

const SUBSCRIPTIONS: Settings['subscriptions'] = [
  { topic: 'spBv1.0/P100/#', format: 'sparkplug-b' },
  { topic: 'b2mml/#', format: 'b2mml-json' },
  { topic: 'json/#', format: 'json', key: ['/id'] },
];

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'takt-mqtt-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function startBroker(kind: MqttBroker['kind'], folder: string, port?: number): Promise<MqttBroker> {
  const broker = await startMqttBroker({ kind, folder, ...(port !== undefined && { port }) });
  onTestFinished(() => broker.close());
  return broker;
}

function listen(broker: MqttBroker, context: RecordingContext): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const connection = readSettings(settingsFor(broker), { secret: () => '', folder: '/' });
  const running = receiver(connection).run(context, stopped.signal);
  const stop = async () => {
    stopped.abort();
    await running;
  };
  onTestFinished(stop);
  return { stop };
}

function settingsFor({ kind, url }: MqttBroker): Settings {
  const protocolVersion = kind === 'aedes' ? 4 : 5;
  return { endpoint: url, clientId: 'takt', protocolVersion, subscriptions: SUBSCRIPTIONS };
}

function plantMes(broker: MqttBroker): Mes {
  const mes = startMes({ system: 'mes/P100', url: broker.url, machines: ['M1', 'M2'] });
  onTestFinished(() => mes.close());
  return mes;
}

const until = (what: () => void) => vi.waitFor(what, { timeout: 15_000, interval: 10 });
const isUp = ({ observed }: RecordingContext) => until(() => expect(observed.at(-1)?.kind).toBe('ANSWERED'));

async function said({ accepted }: RecordingContext): Promise<unknown[]> {
  const records = await Promise.all(accepted.map((document) => recordsOf(document).catch((error: unknown) => [error])));
  return records.flat();
}

const confirmation = (id: string) => ({ id, order: '4711', operation: 10, unit: 'PC', yield: '5', final: false });

describe.each(['aedes', 'mosquitto'] as const)('over %s', (kind) => {
  const trial = it.skipIf(kind === 'mosquitto' && !hasMosquitto());

  trial('births, states, deaths and confirmations arrive, resolved', { timeout: 30_000 }, async () => {
    const broker = await startBroker(kind, await temporaryFolder());
    const context = receiverContext('mes/P100');
    listen(broker, context);
    await isUp(context);
    const mes = plantMes(broker);
    await until(() => expect(context.accepted).toHaveLength(3));
    mes.machine('M1', 'DOWN', 'Spindle');
    mes.confirm(confirmation('C1'));
    await until(() => expect(context.accepted).toHaveLength(5));
    mes.faults.set('down', true);
    await until(() => expect(context.accepted).toHaveLength(6));
    expect(await said(context)).toMatchObject([
      { type: 'NBIRTH' },
      { type: 'DBIRTH', data: { device: 'M1', values: { 'Machine/State': 'IDLE' } } },
      { type: 'DBIRTH', data: { device: 'M2' } },
      { type: 'DDATA', data: { device: 'M1', values: { 'Machine/State': 'DOWN', 'Machine/Reason': 'Spindle' } } },
      { type: 'OperationsPerformance', documentNumbers: expect.arrayContaining(['C1', '4711']) as unknown },
      { type: 'NDEATH', data: { devices: ['M1', 'M2'] } },
    ]);
  });

  trial('what is published while nobody listens comes later, in order and once', { timeout: 30_000 }, async () => {
    const broker = await startBroker(kind, await temporaryFolder());
    const kept = new Map<string, unknown>();
    const before = receiverContext('mes/P100', undefined, kept);
    const first = listen(broker, before);
    await isUp(before);
    await first.stop();
    const publisher = await connectAsync(broker.url);
    for (let id = 0; id < 200; id += 1) await publisher.publishAsync('json/a', JSON.stringify({ id }), { qos: 1 });
    await publisher.endAsync();
    const after = receiverContext('mes/P100', undefined, kept);
    listen(broker, after);
    await until(() => expect(after.accepted).toHaveLength(200));
    expect(after.accepted.map(({ key }) => key)).toEqual(
      Array.from({ length: 200 }, (_, id) => JSON.stringify(['json/a', id])),
    );
  });

  trial('a message is sent again until it is kept', { timeout: 30_000 }, async () => {
    const broker = await startBroker(kind, await temporaryFolder());
    const kept = receiverContext('mes/P100');
    let refusals = 2;
    const context: RecordingContext = {
      ...kept,
      accept: (document, options) => {
        refusals -= 1;
        return refusals >= 0 ? Promise.reject(new Error('The disk is full.')) : kept.accept(document, options);
      },
    };
    listen(broker, context);
    await isUp(kept);
    const publisher = await connectAsync(broker.url);
    await publisher.publishAsync('json/a', '{"id":1}', { qos: 1 });
    await publisher.endAsync();
    await until(() => expect(kept.accepted).toHaveLength(1));
    expect(kept.observed).toContainEqual({ kind: 'FAILED', reason: 'The disk is full.' });
  });

  trial('a gap in the sequence makes the node tell everything again', { timeout: 30_000 }, async () => {
    const broker = await startBroker(kind, await temporaryFolder());
    const context = receiverContext('mes/P100');
    listen(broker, context);
    await isUp(context);
    const mes = plantMes(broker);
    await until(() => expect(context.accepted).toHaveLength(3));
    mes.faults.set('reordering', true);
    mes.machine('M1', 'DOWN', 'first');
    mes.machine('M1', 'RUNNING');
    mes.faults.set('reordering', false);
    await until(() => expect(context.accepted.filter(({ name }) => name?.includes('/NBIRTH/'))).toHaveLength(2));
    await until(() => expect(context.accepted.at(-1)?.name).toBe('spBv1.0/P100/DBIRTH/mes/M2'));
    const records = await said(context);
    expect(records).toContainEqual(
      expect.objectContaining({ fault: expect.objectContaining({ code: 'SEQUENCE_GAP' }) as unknown }),
    );
    expect(records.at(-2)).toMatchObject({ type: 'DBIRTH', data: { values: { 'Machine/State': 'RUNNING' } } });
  });

  trial('duplicates are known, corrupt payloads are refused with a reason', { timeout: 30_000 }, async () => {
    const broker = await startBroker(kind, await temporaryFolder());
    const context = receiverContext('mes/P100');
    listen(broker, context);
    await isUp(context);
    const mes = plantMes(broker);
    await until(() => expect(context.accepted).toHaveLength(3));
    mes.faults.set('duplicates', true);
    for (const id of ['C1', 'C2', 'C3']) mes.confirm(confirmation(id));
    await until(() => expect(context.repeated).toHaveLength(3));
    mes.faults.set('duplicates', false);
    mes.faults.set('corrupt', true);
    for (const id of ['C4', 'C5', 'C6']) mes.confirm(confirmation(id));
    await until(() => expect(context.accepted).toHaveLength(9));
    const codes = (await said(context)).map((record) => (record as { code?: string }).code).filter(Boolean);
    expect(codes).toEqual(['MALFORMED']);
  });

  trial('a broker that restarts is found again', { timeout: 30_000 }, async () => {
    const folder = await temporaryFolder();
    const broker = await startMqttBroker({ kind, folder });
    const context = receiverContext('mes/P100');
    listen(broker, context);
    await isUp(context);
    await broker.close();
    await until(() => expect(context.observed.at(-1)?.kind).toMatch(/FAILED|LEFT_ALONE/));
    await startBroker(kind, folder, broker.port);
    await isUp(context);
    const publisher = await connectAsync(broker.url);
    await publisher.publishAsync('json/a', '{"id":1}', { qos: 1 });
    await publisher.endAsync();
    await until(() => expect(context.accepted).toHaveLength(1));
  });

  trial('a consumer killed in the middle loses and doubles nothing', { timeout: 60_000 }, async () => {
    const folder = await temporaryFolder();
    const broker = await startBroker(kind, folder);
    const file = join(folder, 'accepted.txt');
    const start = () => {
      const path = fileURLToPath(new URL('./consumer.fixture.ts', import.meta.url));
      return fork(path, [file, JSON.stringify(settingsFor(broker))], { execArgv: ['--import', 'tsx'] });
    };
    let consumer: ChildProcess = start();
    onTestFinished(() => void consumer.kill('SIGKILL'));
    const ready = (child: ChildProcess) => new Promise((resolve) => child.once('message', resolve));
    await ready(consumer);
    const publisher = await connectAsync(broker.url);
    const lines = async () =>
      (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line.endsWith(']'));
    for (let id = 0; id < 600; id += 1) {
      await publisher.publishAsync('json/a', JSON.stringify({ id }), { qos: 1 });
      if (id % 150 !== 149) continue;
      const killed = new Promise((resolve) => consumer.once('exit', resolve));
      consumer.kill('SIGKILL');
      await killed;
      consumer = start();
    }
    await publisher.endAsync();
    const wanted = new Set(Array.from({ length: 600 }, (_, id) => JSON.stringify(['json/a', id])));
    await vi.waitFor(async () => expect(new Set(await lines())).toEqual(wanted), { timeout: 40_000, interval: 100 });
    expect(await lines()).toHaveLength(600);
  });

  trial('the time from publishing to its being kept', { timeout: 30_000 }, async () => {
    const broker = await startBroker(kind, await temporaryFolder());
    const inner = receiverContext('mes/P100');
    const times: number[] = [];
    let sentAt = 0;
    const context: RecordingContext = {
      ...inner,
      accept: async (document, options) => {
        const receipt = await inner.accept(document, options);
        times.push(performance.now() - sentAt);
        return receipt;
      },
    };
    listen(broker, context);
    await isUp(inner);
    const publisher = await connectAsync(broker.url);
    for (let id = 0; id < 300; id += 1) {
      sentAt = performance.now();
      await publisher.publishAsync('json/a', JSON.stringify({ id }), { qos: 1 });
      await until(() => expect(times).toHaveLength(id + 1));
    }
    await publisher.endAsync();
    const sorted = times.toSorted((a, b) => a - b);
    console.info(`${kind}: publish to accept, median ${sorted[150]?.toFixed(2)} ms, p99 ${sorted[297]?.toFixed(2)} ms`);
    expect(sorted[150]).toBeLessThan(1_000);
  });
});
