import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { event, ids, numbered, positionsOf, readAll, take } from './counted-events.fixture.ts';
import type { CloudEvent } from './event.ts';
import { openJetStreamLog } from './jetstream.ts';
import { hasNatsServer, OwnNatsServer, WITH_JETSTREAM } from './nats-server.fixture.ts';
import { LogUnavailableError } from './port.ts';
import type { EventLog } from './port.ts';

describe.skipIf(!hasNatsServer('an outage of NATS'))('The JetStream log', { timeout: 60_000 }, () => {
  let server: OwnNatsServer;
  let abort: AbortController;
  let opened: EventLog[];

  beforeEach(() => {
    abort = new AbortController();
    opened = [];
  });

  afterEach(async () => {
    abort.abort();
    server.signal('SIGCONT');
    await Promise.all(opened.map((log) => log.close()));
    await server.dispose();
  });

  async function open(url = server.url): Promise<EventLog> {
    const log = await openJetStreamLog({ url, stream: 'outage' });
    opened.push(log);
    return log;
  }

  test('loses and doubles nothing while its server is killed and started again in the middle of appends', async () => {
    server = await OwnNatsServer.start();
    const log = await open();
    const other = await open();
    const total = 4000;
    const following = [take(log.follow(0, abort.signal), total), take(other.follow(0, abort.signal), total)];
    let restarting = Promise.resolve();
    for (let from = 0, batch = 1; from < total; from += batch, batch = 1 + ((batch * 7) % 40)) {
      if (Math.floor((from + batch) / 500) > Math.floor(from / 500)) {
        restarting = restarting.then(() => server.kill()).then(() => server.resume());
      }
      await appendAtLast(log, numbered(Math.min(batch, total - from), from));
    }
    await restarting;
    const expected = numbered(total).map(({ id }) => id);
    expect(ids(await readAll(log))).toEqual(expected);
    for (const seen of await Promise.all(following)) {
      expect(ids(seen)).toEqual(expected);
      expect(positionsOf(seen)).toEqual(expected.map((_, index) => index + 1));
    }
  });

  test('says that it is not available while its server is gone, and recovers by itself', async () => {
    server = await OwnNatsServer.start();
    const log = await open();
    await log.append(numbered(3));
    const following = take(log.follow(1, abort.signal), 4);
    await server.kill();
    await Promise.all([
      expect(log.append(numbered(2, 3))).rejects.toBeInstanceOf(LogUnavailableError),
      expect(log.read(0, 1)).rejects.toThrow(`there is no connection to NATS at 127.0.0.1:${server.port}`),
      expect(log.head()).rejects.toBeInstanceOf(LogUnavailableError),
      expect(log.check()).rejects.toBeInstanceOf(LogUnavailableError),
    ]);
    await server.resume();
    await appendAtLast(log, numbered(3, 2));
    await expect(log.check()).resolves.toBeUndefined();
    expect(ids(await following)).toEqual(['1', '2', '3', '4']);
  });

  test('waits no longer than its patience for a server that is frozen, and goes on when it thaws', async () => {
    server = await OwnNatsServer.start();
    const log = await open();
    await log.append(numbered(3));
    const following = take(log.follow(0, abort.signal), 8);
    server.signal('SIGSTOP');
    while (await isAvailable(log));
    const before = performance.now();
    await Promise.all([
      expect(log.append(numbered(2, 3))).rejects.toBeInstanceOf(LogUnavailableError),
      expect(log.read(0, 1)).rejects.toBeInstanceOf(LogUnavailableError),
      expect(log.check()).rejects.toBeInstanceOf(LogUnavailableError),
    ]);
    expect(performance.now() - before).toBeLessThan(10_000);
    await expect(openJetStreamLog({ url: server.url, stream: 'outage' })).rejects.toBeInstanceOf(LogUnavailableError);
    server.signal('SIGCONT');
    await appendAtLast(log, numbered(5, 3));
    expect(ids(await following)).toEqual(numbered(8).map(({ id }) => id));
    expect(ids(await readAll(log))).toEqual(numbered(8).map(({ id }) => id));
  });

  test('refuses what there is no room for, keeps what it has, and goes on when there is room', async () => {
    server = await OwnNatsServer.start('jetstream { store_dir: "./", max_file_store: 1MB }');
    const log = await open();
    const large = (id: number): CloudEvent => event(String(id), 'x'.repeat(50_000));
    let kept = 0;
    const refusal = await (async () => {
      for (;;) {
        await log.append([large(kept), large(kept + 1), large(kept + 2)]);
        kept += 3;
      }
    })().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(LogUnavailableError);
    expect(String(refusal)).toMatch(/resources|limits/);
    const all = await readAll(log);
    expect(all.length).toBeGreaterThanOrEqual(kept);
    expect(ids(all)).toEqual(numbered(all.length).map(({ id }) => id));
    await expect(log.append([large(kept + 10)])).rejects.toBeInstanceOf(LogUnavailableError);

    await server.kill();
    server.config = WITH_JETSTREAM;
    await server.resume();
    await appendAtLast(log, [large(kept), large(kept + 1), large(kept + 2)]);
    expect(ids(await readAll(log))).toEqual(numbered(kept + 3).map(({ id }) => id));
  });

  describe.each([
    {
      by: 'user and password',
      config: 'authorization { user: planner, password: "s3cr@t" }',
      userinfo: 'planner:s3cr%40t',
    },
    { by: 'token', config: 'authorization { token: "s3cr@t" }', userinfo: 's3cr%40t' },
  ])('whose server asks for $by', ({ config, userinfo }) => {
    beforeEach(async () => {
      server = await OwnNatsServer.start(`${WITH_JETSTREAM}\n${config}`);
    });

    test('is opened with it, and says nothing of it', async () => {
      const log = await open(server.url.replace('nats://', `nats://${userinfo}@`));
      expect(await log.append([event('a')])).toEqual([1]);
      await server.kill();
      const refusal = await log.check().catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(LogUnavailableError);
      expect(String(refusal)).not.toContain('s3cr');
    });

    test('is refused with another one, which is not repeated', async () => {
      const url = server.url.replace('nats://', `nats://${userinfo.replace('s3cr', 's3cret')}@`);
      const refusal = await open(url).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(LogUnavailableError);
      expect(String(refusal)).toMatch(/Authorization Violation.*mend NATS_URL/);
      expect(String(refusal)).not.toContain('s3cr');
    });
  });

  test('is not opened on a server without JetStream', async () => {
    server = await OwnNatsServer.start('');
    await expect(open()).rejects.toThrow(/JetStream is not enabled.*Start NATS with JetStream/);
  });

  test('is not opened on a server that takes only small messages', async () => {
    server = await OwnNatsServer.start(`${WITH_JETSTREAM}\nmax_payload: 65536`);
    await expect(open()).rejects.toThrow(/max_payload is 65536, 1001024 or more is needed/);
  });

  test('is not opened where there is no server', async () => {
    server = await OwnNatsServer.start();
    await server.kill();
    await expect(open()).rejects.toThrow(/127.0.0.1:\d+\). Start NATS with JetStream/);
  });
});

async function isAvailable(log: EventLog): Promise<boolean> {
  return log.check().then(
    () => true,
    () => false,
  );
}

/** As the relay does: again and again until the log has them. */
async function appendAtLast(log: EventLog, events: readonly CloudEvent[]): Promise<void> {
  for (;;) {
    try {
      await log.append(events);
      return;
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error;
    }
  }
}
