import { jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager, StreamConfig } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { event, ids, numbered, positionsOf, readAll, take } from './counted-events.fixture.ts';
import { openJetStreamLog } from './jetstream.ts';
import { StreamError } from './jetstream-stream.ts';
import { parseNatsUrl } from './nats-url.ts';
import { LogUnavailableError, PositionExpiredError } from './port.ts';
import type { EventLog } from './port.ts';

const url = process.env['NATS_URL'];

if (url === undefined) {
  console.warn('NATS_URL is not set: the streams of the event log were NOT tested.');
}

describe.skipIf(url === undefined)('The stream of a log', () => {
  let connection: NatsConnection;
  let jsm: JetStreamManager;
  let stream: string;
  let opened: EventLog[];
  let abort: AbortController;

  beforeEach(async () => {
    const { servers, options } = parseNatsUrl(url ?? '');
    connection = await connect({ servers, ...options });
    jsm = await jetstreamManager(connection);
    stream = `takt-test-${randomUUID()}`;
    opened = [];
    abort = new AbortController();
    setMaxListeners(0, abort.signal);
  });

  afterEach(async () => {
    abort.abort();
    await Promise.all(opened.map((log) => log.close()));
    await jsm.streams.delete(stream).catch(() => undefined);
    await connection.close();
  });

  async function open(retainEvents?: number): Promise<EventLog> {
    const log = await openJetStreamLog({ url: url ?? '', stream, ...(retainEvents !== undefined && { retainEvents }) });
    opened.push(log);
    return log;
  }

  async function refusal(): Promise<string> {
    const fault = await open().catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(StreamError);
    return (fault as StreamError).message;
  }

  test('is made once by several that open it at the same time', async () => {
    const logs = await Promise.all(Array.from({ length: 5 }, () => open()));
    expect(new Set(logs.map(({ id }) => id)).size).toBe(1);
  });

  test('takes each event once when several append the same at the same time', async () => {
    const logs = await Promise.all([open(), open(), open()]);
    const following = logs.map((log) => take(log.follow(0, abort.signal), 300));
    const positions = await Promise.all(
      logs.map(async (log) => {
        const given: number[] = [];
        for (let from = 0; from < 300; from += 30) given.push(...(await log.append(numbered(30, from))));
        return given;
      }),
    );
    const expected = numbered(300).map((_, index) => index + 1);
    for (const given of positions) expect(given).toEqual(expected);
    for (const seen of await Promise.all(following)) {
      expect(positionsOf(seen)).toEqual(expected);
      expect(ids(seen)).toEqual(numbered(300).map(({ id }) => id));
    }
  });

  test('keeps the order of each of several that append different events', async () => {
    const logs = await Promise.all([open(), open(), open()]);
    await Promise.all(
      logs.map(async (log, which) => {
        for (let from = 0; from < 100; from += 1 + (from % 9)) {
          await log.append(numbered(Math.min(1 + (from % 9), 100 - from), which * 1000 + from));
        }
      }),
    );
    const all = ids(await readAll(logs[0])).map(Number);
    expect(all).toHaveLength(300);
    for (const which of [0, 1, 2]) {
      expect(all.filter((id) => Math.floor(id / 1000) === which)).toEqual(
        Array.from({ length: 100 }, (_, index) => which * 1000 + index),
      );
    }
  });

  test('serves hundreds of followers in one process, each from its own position', async () => {
    const log = await open();
    await log.append(numbered(50));
    const following = Array.from({ length: 300 }, (_, i) => take(log.follow(i % 50, abort.signal), 100 - (i % 50)));
    await log.append(numbered(50, 50));
    for (const [i, seen] of (await Promise.all(following)).entries()) {
      expect(positionsOf(seen)).toEqual(Array.from({ length: 100 - (i % 50) }, (_, n) => (i % 50) + n + 1));
    }
    const { consumer_count: consumers } = (await jsm.streams.info(stream)).state;
    expect(consumers).toBeLessThan(300);
  });

  test('leaves no consumer behind when the log is closed', async () => {
    const log = await open();
    await log.append(numbered(3));
    await log.read(0, 3);
    await log.close();
    expect((await jsm.streams.info(stream)).state.consumer_count).toBe(0);
  });

  test('really drops what is not kept', async () => {
    const log = await open(100);
    for (let from = 0; from < 500; from += 50) await log.append(numbered(50, from));
    await log.close();
    const { state } = await jsm.streams.info(stream);
    expect(state.messages).toBeLessThanOrEqual(200);
    expect(state.first_seq).toBeGreaterThan(300);
  });

  test('tells of a gap that somebody else has made', async () => {
    const log = await open();
    await log.append(numbered(10));
    await jsm.streams.purge(stream, { seq: 6 });
    const fault = await log.read(2, 5).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(PositionExpiredError);
    expect(fault).toMatchObject({ requested: 2, oldest: 6 });
    expect(positionsOf(await log.read(5, 9))).toEqual([6, 7, 8, 9, 10]);
  });

  test('is not available any more when it was removed or replaced', async () => {
    const log = await open();
    await log.append(numbered(3));
    await jsm.streams.delete(stream);
    await expect(log.check()).rejects.toThrow('stream not found');
    await expect(log.append([event('a')])).rejects.toBeInstanceOf(LogUnavailableError);
    const other = await open();
    expect(other.id).not.toBe(log.id);
    await expect(log.check()).rejects.toThrow(`the stream ${stream} was replaced. Start again`);
    await expect(log.append([event('a')])).rejects.toThrow('was replaced');
    expect(await other.head()).toBe(0);
  });

  test('is refused, and left alone, when it is something else', async () => {
    await jsm.streams.add({ name: stream, subjects: [`${stream}.>`], description: 'Orders' });
    expect(await refusal()).toBe(
      `The stream ${stream} is not a Takt event log. Choose another TAKT_NAMESPACE, or move the stream away.`,
    );
    expect((await jsm.streams.info(stream)).config.description).toBe('Orders');
  });

  test('is refused when a later version has made it', async () => {
    await jsm.streams.add({ name: stream, subjects: [`${stream}.>`], description: 'Takt event log, format 2, id abc' });
    expect(await refusal()).toBe(
      `The stream ${stream} has format 2, this version of Takt reads 1. Run the version that wrote it, or a later one.`,
    );
  });

  test.each<[string, Partial<StreamConfig>]>([
    ['discard_new_per_subject must be true', { discard_new_per_subject: false }],
    ['max_msgs_per_subject must be 1', { max_msgs_per_subject: 2 }],
    ['max_age must be 0', { max_age: 3_600_000_000_000 }],
    ['max_msgs must be -1', { max_msgs: 1000 }],
  ])('is refused when somebody has changed it: %s', async (reason, change) => {
    await (await open()).close();
    await jsm.streams.update(stream, change);
    expect(await refusal()).toBe(`The stream ${stream} was reconfigured: ${reason}. Set it back.`);
  });

  test.each(['', 'a.b', 'a b', 'a*', '>', 'ä'])('cannot be named %j', async (name) => {
    await expect(openJetStreamLog({ url: url ?? '', stream: name })).rejects.toThrow('must have a name of letters');
  });
});
