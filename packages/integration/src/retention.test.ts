import { expect, test, vi } from 'vitest';
import { LineReceiver } from './documents.fixture.ts';
import { startTestExchange, testSystem } from './test-exchange.fixture.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

test('what ended longer ago than it is kept is removed with all of it; dead letters stay until they are handled', async () => {
  let now = Date.parse('2026-01-05T12:00:00Z');
  const clock = () => new Date(now);
  let receiver = new LineReceiver();
  const systems = () => [testSystem({ system: 'erp/P100', receiver })];
  let open = await startTestExchange({ systems: systems(), clock, keepDays: 35 });
  await receiver.accept('applied', 'd T a');
  await receiver.accept('large', 'd T a\n'.repeat(5000));
  await receiver.accept('rejected', 'bad');
  const dead = await receiver.accept('dead', 'crash');
  await open.ended(4);

  now += 20 * DAY_MS;
  await receiver.accept('later', 'd T b');
  await open.ended(5);

  const keys = async () => (await open.reader.messages({ first: 10 })).messages.map(({ key }) => key);
  const restart = async () => {
    receiver = new LineReceiver();
    open = await open.restart(systems());
  };
  now += 16 * DAY_MS;
  await restart();
  await vi.waitUntil(async () => (await keys()).length === 2);
  expect(await keys()).toEqual(['dead', 'later']);
  const raw = await open.store.collection({ name: 'integration-raw', indexes: [] });
  expect(await raw.count({})).toBe(0);
  expect((await open.reader.results('erp/P100 large', { first: 1 })).results).toEqual([]);

  await open.exchange.discard(dead.id, { by: 'planner', reason: 'known' });
  now += 36 * DAY_MS;
  await restart();
  await vi.waitUntil(async () => (await keys()).length === 0);
  await open.close();
});
