import type { DocumentStore } from '@takt/document-store';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { LogConsumer } from './log-consumer.ts';
import { rebuild } from './rebuild.ts';
import { startConsumer } from './start-consumer.ts';
import { event, openEngines, tallies, TALLIES, written } from './tally.fixture.ts';

const never = new AbortController().signal;

/** A consumer whose process dies with this call of `apply`. */
function dyingAt(call: number, consumer: LogConsumer): LogConsumer {
  let calls = 0;
  return {
    ...consumer,
    apply: async (events) => {
      await consumer.apply(events.slice(0, calls === call ? Math.floor(events.length / 2) : events.length));
      if (calls++ === call) throw new Error('killed');
    },
  };
}

it('makes again what was there, byte for byte, however often it is interrupted', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { minLength: 1, maxLength: 1200 }),
      fc.array(fc.nat(3), { maxLength: 3 }),
      async (subjects, deaths) => {
        const { store, log } = await openEngines();
        await log.append(subjects.map((subject, index) => event(index, subject)));
        const consumer = await tallies(store);
        const live = await startConsumer({ store, log, consumer, onFault: vi.fn() });
        const head = await log.head();
        const checkpoints = await store.collection<{ position: number }>({ name: 'consumer-checkpoints', indexes: [] });
        const isThere = async () => expect((await checkpoints.getMany(['tallies']))[0]?.document.position).toBe(head);
        await vi.waitFor(isThere);
        await live.close();
        const before = await written(store);

        for (const call of deaths) {
          await rebuild({ store, log, consumer: dyingAt(call, consumer), signal: never }).catch(() => undefined);
        }
        const next = await startConsumer({ store, log, consumer, onFault: vi.fn() });
        await vi.waitFor(isThere);
        await next.close();
        expect(await written(store)).toEqual(before);

        await rebuild({ store, log, consumer, signal: never });
        expect(await written(store)).toEqual(before);
      },
    ),
    { numRuns: 10 },
  );
});

it('goes on with emptying when it was interrupted there', async () => {
  const { store, log } = await openEngines();
  await log.append([event(1, 'A')]);
  const consumer = await tallies(store);
  await rebuild({ store, log, consumer, signal: never });
  const collection = await store.collection(TALLIES);
  await collection.commit([{ id: 'FORGED', document: { ids: [] }, events: [], messageIds: [] }]);
  const failing: DocumentStore = {
    ...store,
    collection: async (definition) =>
      definition.name === TALLIES.name
        ? { ...(await store.collection(definition)), page: () => Promise.reject(new Error('killed')) }
        : store.collection(definition),
  };
  await expect(rebuild({ store: failing, log, consumer, signal: never })).rejects.toThrow('killed');
  const live = await startConsumer({ store, log, consumer, onFault: vi.fn() });
  await vi.waitFor(async () => expect(await written(store)).toEqual(['["A",{"ids":["e0001"]}]']));
  await live.close();
});

it('takes from what is there now what the log no longer keeps', async () => {
  const { store, log } = await openEngines(2);
  const events = [1, 2, 3, 4].map((number) => event(number, 'A'));
  await log.append(events.slice(0, 2));
  await log.append(events.slice(2));
  const consumer = await tallies(store, events);
  expect(await rebuild({ store, log, consumer, signal: never })).toEqual({ events: 0, isCaughtUp: true });
  expect(await written(store)).toEqual(['["A",{"ids":["e0001","e0002","e0003","e0004"]}]']);
});

it('ends when its signal aborts', async () => {
  const { store, log } = await openEngines();
  await log.append([event(1, 'A')]);
  const consumer = await tallies(store);
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(rebuild({ store, log, consumer, signal })).rejects.toThrow('enough');
});
