import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeaseWorld, type WorldProcess } from './lease-world.fixture.ts';
import { HOLD_MS, openWriterLease, SILENCE_MS, type WriterLease } from './writer-lease.ts';

interface Contender {
  readonly name: string;
  readonly process: WorldProcess;
  readonly lease: WriterLease;
}

function contend(world: LeaseWorld, name: string, { rate = 1, longestMs = 10, failing = 0 } = {}): Contender {
  const process = world.process(rate);
  const epochs = world.epochsFor(process, longestMs, failing);
  const self = { instance: name, url: `http://${name}.example`, token: name };
  return { name, process, lease: openWriterLease(epochs, self, () => undefined, process) };
}

const calm = () => new LeaseWorld({ next: () => 0.5 });

function holders(contenders: readonly Contender[]): string[] {
  return contenders.filter(({ process, lease }) => !process.standsStill && lease.holds()).map(({ name }) => name);
}

describe('the pen', () => {
  it('is the first one’s at once, and the others know where it is', async () => {
    const world = calm();
    const first = contend(world, 'first');
    await world.pass(100);
    expect(first.lease.holds()).toBe(true);
    const second = contend(world, 'second');
    await world.pass(100);
    expect(second.lease.holds()).toBe(false);
    expect(second.lease.holder()).toMatchObject({ instance: 'first', url: 'http://first.example', token: 'first' });
  });

  it('stays where it is for as long as it is renewed', async () => {
    const world = calm();
    const contenders = [contend(world, 'a')];
    await world.pass(100);
    contenders.push(contend(world, 'b'), contend(world, 'c'));
    await world.pass(600_000, () => expect(holders(contenders)).toEqual(['a']));
    expect(world.rows.size).toBe(1);
  });

  it('goes on within half a second when it is released', async () => {
    const world = calm();
    const first = contend(world, 'first');
    const second = contend(world, 'second');
    await world.pass(1_000);
    void first.lease.release();
    await world.pass(500);
    expect(holders([first, second])).toEqual(['second']);
    await world.pass(60_000);
    expect(holders([first, second])).toEqual(['second']);
  });

  it('goes to somebody else, if there is one, when who has it gives way', async () => {
    const world = calm();
    const first = contend(world, 'first');
    const second = contend(world, 'second');
    await world.pass(1_000);
    first.lease.giveWay(2_000);
    expect(holders([first, second])).toEqual([]);
    await world.pass(500);
    expect(holders([first, second])).toEqual(['second']);
    expect(first.lease.holder()).toMatchObject({ instance: 'second' });
    await world.pass(60_000, () => expect(holders([first, second])).toEqual(['second']));
  });

  it('comes back to who has given way when nobody else wants it, as often as that happens', async () => {
    const world = calm();
    const only = contend(world, 'only');
    await world.pass(1_000);
    for (let times = 0; times < 3; times += 1) {
      only.lease.giveWay(2_000);
      await world.pass(1_900, () => expect(only.lease.holds()).toBe(false));
      await world.pass(500);
      expect(only.lease.holds()).toBe(true);
    }
    only.lease.giveWay(2_000);
    await world.pass(500);
    const late = contend(world, 'late');
    await world.pass(60_000);
    expect(holders([only, late])).toEqual(['late']);
  });

  it('goes on after the silence of one that stands still, which knows so as soon as it wakes', async () => {
    const world = calm();
    const first = contend(world, 'first');
    const second = contend(world, 'second');
    await world.pass(1_000);
    first.process.standStill(20_000);
    await world.pass(HOLD_MS);
    expect(second.lease.holds()).toBe(false);
    await world.pass(SILENCE_MS - HOLD_MS + 500);
    expect(second.lease.holds()).toBe(true);
    await world.pass(20_000, () => expect(holders([first, second])).toEqual(['second']));
    expect(first.lease.holder()).toMatchObject({ instance: 'second' });
  });

  it('is nobody’s while the store is away, and somebody’s soon after it is back', async () => {
    const world = calm();
    const contenders = [contend(world, 'first'), contend(world, 'second')];
    await world.pass(1_000);
    world.isStoreDown = true;
    await world.pass(HOLD_MS + 100);
    expect(holders(contenders)).toEqual([]);
    await world.pass(60_000);
    world.isStoreDown = false;
    await world.pass(1_000);
    expect(holders(contenders)).toHaveLength(1);
  });

  it('is not taken by one that stood still between looking and claiming', async () => {
    const world = calm();
    const contenders = [contend(world, 'a'), contend(world, 'b'), contend(world, 'c')];
    await world.pass(1_000);
    const [holder] = contenders.filter(({ lease }) => lease.holds());
    const [sleeper, other] = contenders.filter((one) => one !== holder);
    holder!.process.standStill(SILENCE_MS + 2_000);
    await world.pass(SILENCE_MS - 300);
    sleeper!.process.standStill(3 * SILENCE_MS);
    await world.pass(30_000, () => expect(holders(contenders).length).toBeLessThanOrEqual(1));
    expect(holders(contenders)).toEqual([other!.name]);
  });
});

it('two never believe that they have the pen, whatever clocks, store and scheduler do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 2 ** 31 }),
      fc.array(fc.record({ rate: fc.double({ min: 0.9, max: 1.1, noNaN: true }) }), { minLength: 2, maxLength: 6 }),
      fc.array(
        fc.record({
          afterMs: fc.integer({ min: 1, max: 9_000 }),
          who: fc.nat(5),
          what: fc.constantFrom('stand', 'stand', 'cut off', 'cut off', 'give way', 'release', 'down', 'up', 'join'),
          ms: fc.integer({ min: 1, max: 15_000 }),
        }),
        { maxLength: 12 },
      ),
      fc.record({
        longestMs: fc.integer({ min: 0, max: 4_000 }),
        failing: fc.double({ min: 0, max: 0.3, noNaN: true }),
      }),
      async (seed, rates, happenings, store) => {
        const world = new LeaseWorld(seeded(seed));
        const contenders = rates.map(({ rate }, index) => contend(world, `p${index}`, { rate, ...store }));
        const check = () => expect(holders(contenders).length).toBeLessThanOrEqual(1);
        for (const { afterMs, who, what, ms } of happenings) {
          await world.pass(afterMs, check);
          const one = contenders[who % contenders.length]!;
          if (what === 'stand') one.process.standStill(ms);
          else if (what === 'cut off') one.process.isCutOff = !one.process.isCutOff;
          else if (what === 'give way') one.lease.giveWay(ms);
          else if (what === 'release') void one.lease.release();
          else if (what === 'join') contenders.push(contend(world, `p${contenders.length}`, store));
          else world.isStoreDown = what === 'down';
        }
        world.isStoreDown = false;
        await world.pass(30_000, check);
        for (const { lease } of contenders) void lease.release();
        await world.pass(30_000, check);
      },
    ),
    { numRuns: 100 },
  );
});

it('somebody gets the pen once everything works again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), fc.integer({ min: 1, max: 5 }), async (seed, count) => {
      const world = new LeaseWorld(seeded(seed));
      const contenders = Array.from({ length: count }, (_, index) => contend(world, `p${index}`, { longestMs: 200 }));
      await world.pass(2_000);
      for (const { process } of contenders) process.standStill(8_000);
      await world.pass(8_000 + SILENCE_MS + 2_000);
      expect(holders(contenders)).toHaveLength(1);
    }),
    { numRuns: 50 },
  );
});

function seeded(seed: number) {
  let state = seed;
  return {
    next() {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    },
  };
}
