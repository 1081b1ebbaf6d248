import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasFerretDb, OwnFerretDb } from './ferretdb.fixture.ts';
import { openMongoStore } from './mongodb.ts';
import { StoreUnavailableError } from './port.ts';
import type { Collection, DocumentStore } from './port.ts';

interface Thing {
  readonly name: string;
}

describe.skipIf(!hasFerretDb('an outage of MongoDB'))('a MongoDB that goes away', () => {
  let server: OwnFerretDb;
  let store: DocumentStore;
  let things: Collection<Thing>;

  beforeEach(async () => {
    server = await OwnFerretDb.start();
    store = await openMongoStore({ uri: `${server.uri}&appName=s3cr3t`, database: 'outage' });
    things = await store.collection<Thing>({ name: 'things', indexes: [['name']] });
    await things.commit([change('before', { events: [{ id: 'event' }] })]);
  });

  afterEach(async () => {
    await store.close();
    await server.dispose();
  });

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
      store.outbox.count(),
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
      await server.kill();
      await expectUnavailable();
      await server.resume();
      await expectWorking();
    },
  );

  it(
    'makes every call fail in bounded time when it is frozen, and works again by itself',
    { timeout: 60_000 },
    async () => {
      server.signal('SIGSTOP');
      await expectUnavailable();
      server.signal('SIGCONT');
      await expectWorking();
    },
  );
});

function change(id: string, rest: { expectedVersion?: number; events?: { id: string }[] } = {}) {
  return { id, document: { name: 'a' }, events: [], messageIds: [], ...rest };
}
