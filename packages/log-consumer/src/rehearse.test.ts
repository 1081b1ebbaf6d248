import { expect, it } from 'vitest';
import { rebuild } from './rebuild.ts';
import { rehearse } from './rehearse.ts';
import { replay } from './replay.ts';
import { event, openEngines, tallies, TALLIES, written } from './tally.fixture.ts';

const signal = new AbortController().signal;

async function filled() {
  const { store, log } = await openEngines();
  await log.append([event(1, 'A'), event(2, 'B'), event(3, 'C')]);
  const consumer = await tallies(store);
  await rebuild({ store, log, consumer, signal });
  const rehearseRebuild = () =>
    rehearse({
      store,
      consumer,
      over: tallies,
      startsFrom: 'NOTHING',
      signal,
      act: (stage) => rebuild({ ...stage, log, signal }),
    });
  return { store, log, consumer, tallies: await store.collection(TALLIES), rehearseRebuild };
}

it('finds no difference where everything is as it should be', async () => {
  const { store, rehearseRebuild } = await filled();
  const before = await written(store);
  expect(await rehearseRebuild()).toEqual({
    result: { events: 3, isCaughtUp: false },
    difference: { documents: 0, first: [] },
  });
  expect(await written(store)).toEqual(before);
});

it('finds what is changed, missing or too much, and writes nothing', async () => {
  const { store, tallies, rehearseRebuild } = await filled();
  await tallies.remove(['A']);
  await tallies.commit([
    { id: 'B', document: { ids: ['forged'] }, events: [], messageIds: [] },
    { id: 'Z', document: { ids: [] }, events: [], messageIds: [] },
  ]);
  const before = await written(store);
  const { difference } = await rehearseRebuild();
  expect(difference).toEqual({ documents: 3, first: ['tallies B', 'tallies Z', 'tallies A'] });
  expect(await written(store)).toEqual(before);
});

it('starts a replay from what is there', async () => {
  const { store, log, consumer } = await filled();
  const range = { after: 0, upTo: 2 };
  const { result, difference } = await rehearse({
    store,
    consumer,
    over: tallies,
    startsFrom: 'WHAT_IS_THERE',
    signal,
    act: (stage) => replay({ ...stage, log, range, signal }),
  });
  expect({ result, difference }).toEqual({ result: 2, difference: { documents: 0, first: [] } });
});

it('lets nothing be written that does not belong to the consumer', async () => {
  const { store, consumer } = await filled();
  const act = async (stage: { store: typeof store }) => {
    const foreign = await stage.store.collection({ name: 'tanks', indexes: [] });
    await foreign.commit([{ id: 'T', document: {}, events: [], messageIds: [] }]);
  };
  const rehearsal = rehearse({ store, consumer, over: tallies, startsFrom: 'NOTHING', signal, act });
  await expect(rehearsal).rejects.toThrow('tanks does not belong to what is rehearsed.');
});
