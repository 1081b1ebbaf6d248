import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openMongoStore } from './mongodb.ts';
import { StoreUnavailableError } from './port.ts';
import type { Collection, DocumentStore } from './port.ts';

interface Thing {
  readonly name: string;
}

const binary = join(process.env.TEST_SERVERS_HOME ?? join(tmpdir(), 'takt-servers'), 'ferretdb');
const present = existsSync(binary);

if (!present) {
  console.warn(`There is no ${binary}: outages of MongoDB were NOT tested. .ci/servers start builds it.`);
}

describe.skipIf(!present)('a MongoDB that goes away', () => {
  let home: string;
  let port: number;
  let server: ChildProcess;
  let store: DocumentStore;
  let things: Collection<Thing>;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'takt-outage-'));
    port = await freePort();
    server = await start();
    store = await openMongoStore({
      uri: `mongodb://127.0.0.1:${port}/?maxPoolSize=1&appName=s3cr3t`,
      database: 'outage',
    });
    things = await store.collection<Thing>({ name: 'things', indexes: [['name']] });
    await things.commit([change('before', { events: [{ id: 'event' }] })]);
  });

  afterEach(async () => {
    await store.close();
    await stop();
    await rm(home, { recursive: true });
  });

  async function start(): Promise<ChildProcess> {
    const flags = ['--handler=sqlite', `--sqlite-url=file:${home}/`, `--state-dir=${home}`, '--log-level=error'];
    const child = spawn(binary, [...flags, `--listen-addr=127.0.0.1:${port}`, '--debug-addr=-'], {
      env: { ...process.env, FERRETDB_TELEMETRY: 'disable', DO_NOT_TRACK: '1' },
      stdio: 'ignore',
    });
    await vi.waitFor(() => reach(port), 10_000);
    return child;
  }

  async function stop(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  }

  /** Calls everything: each call must fail, in time, as not available. */
  async function expectUnavailable(): Promise<void> {
    const from = performance.now();
    const answers = await Promise.allSettled([
      things.getMany(['before']),
      things.commit([change('lost', { expectedVersion: 0 })]),
      things.commit([change('before', { expectedVersion: 7, events: [{ id: 'never' }] })]),
      things.commit([change('before')]),
      things.remove(['before']),
      things.page({ orderBy: ['name'], first: 1 }),
      things.pages({ orderBy: [], first: 1 }, [{ name: 'a' }, { name: 'b' }]),
      things.count({}),
      things.counts({}, [{ name: 'a' }]),
      store.outbox.pending(1),
      store.outbox.remove(['none']),
      store.collection<Thing>({ name: 'others', indexes: [['name']] }),
      store.check(),
    ]);
    expect(performance.now() - from).toBeLessThan(14_000);
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) as unknown });
      expect(String((answer as PromiseRejectedResult).reason)).not.toContain('s3cr3t');
    }
  }

  async function expectWorking(): Promise<void> {
    await expect.poll(() => store.check().then(() => 'up', String), { timeout: 20_000, interval: 200 }).toBe('up');
    expect((await things.getMany(['before']))[0]?.document).toEqual({ name: 'a' });
    expect(await store.outbox.pending(9)).toContainEqual({ id: 'event' });
    await things.commit([change('after')]);
    const others = await store.collection<Thing>({ name: 'others', indexes: [['name']] });
    expect(await others.count({})).toBe(0);
  }

  it(
    'makes every call fail as not available when it was killed, and works again by itself',
    { timeout: 60_000 },
    async () => {
      await stop();
      await expectUnavailable();
      server = await start();
      await expectWorking();
    },
  );

  it(
    'makes every call fail in bounded time when it is frozen, and works again by itself',
    { timeout: 60_000 },
    async () => {
      server.kill('SIGSTOP');
      await expectUnavailable();
      server.kill('SIGCONT');
      await expectWorking();
    },
  );
});

function change(id: string, rest: { expectedVersion?: number; events?: { id: string }[] } = {}) {
  return { id, document: { name: 'a' }, events: [], messageIds: [], ...rest };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function reach(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
}
