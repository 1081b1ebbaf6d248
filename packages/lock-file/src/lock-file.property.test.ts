import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as settled } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { takeLockFile } from './lock-file.ts';

/** Files by path, and what comes before each step of somebody on them. */
const disk = vi.hoisted(() => ({ files: new Map<string, string>(), turn: () => Promise.resolve() }));

vi.mock('node:fs/promises', () => {
  const { files } = disk;
  const failure = (code: string) => Object.assign(new Error(code), { code });
  const inTurn =
    <Args extends unknown[], Result>(step: (...args: Args) => Result) =>
    async (...args: Args) => {
      await disk.turn();
      return step(...args);
    };
  const read = (path: string): string => {
    const text = files.get(path);
    if (text === undefined) throw failure('ENOENT');
    return text;
  };
  return {
    readFile: inTurn(read),
    writeFile: inTurn((path: string, text: string) => void files.set(path, text)),
    rm: inTurn((path: string) => void files.delete(path)),
    link: inTurn((from: string, to: string) => {
      if (files.has(to)) throw failure('EEXIST');
      files.set(to, read(from));
    }),
  };
});

interface Taker {
  readonly name: string;
  /** Steps after which it dies. */
  left: number;
  die?: () => void;
}

const MANY = 1_000;
const current = new AsyncLocalStorage<Taker>();

it('is had by one of those who live, in whatever order they go on and wherever others died or die', async () => {
  const takers = fc.array(fc.option(fc.nat(40), { nil: Infinity }), { minLength: 2, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat(MANY)), fc.nat(3), takers, async (order, stale, lives) => {
      // given what was left by those who died, and some who want the lock, of whom some die on the way
      disk.files.clear();
      for (let level = 0; level < stale; level++) disk.files.set(`lock${'.taking'.repeat(level)}`, `before ${level}`);
      const living = new Set<string>();
      const waiting: { readonly taker: Taker; readonly go: () => void }[] = [];
      disk.turn = async () => {
        const taker = current.getStore();
        if (!taker) return;
        await new Promise<void>((go) => waiting.push({ taker, go }));
        if (taker.left-- > 0) return;
        living.delete(taker.name);
        taker.die?.();
        await new Promise(() => undefined);
      };
      const take = (name: string) =>
        takeLockFile('lock', name, (text) => Promise.resolve(living.has(text) ? text : undefined));

      // when one goes on a step at a time
      const all = lives.map((left, index): Taker => ({ name: `taker ${index}`, left }));
      for (const { name } of all) living.add(name);
      const has: string[] = [];
      const taking = all.map((taker) =>
        Promise.race([
          new Promise<void>((resolve) => (taker.die = resolve)),
          current.run(taker, async () => {
            if ((await take(taker.name)) === undefined) has.push(taker.name);
          }),
        ]),
      );
      let last: Taker | undefined;
      const over = Promise.all(taking).then(() => true);
      for (let steps = 0; !(await Promise.race([over, settled(false)])); steps++) {
        expect(steps).toBeLessThan(1_000);
        // Mostly the one that went last, so that some wait at one place while others do all that they want.
        const chance = order.next().value;
        const same = waiting.findIndex(({ taker }) => taker === last);
        const next = same < 0 || chance < MANY / 6 ? chance % waiting.length : same;
        last = waiting[next]?.taker;
        waiting.splice(next, 1)[0]?.go();
      }

      // then no two have it, and one has if nobody died
      const [winner, ...others] = has;
      expect(others).toEqual([]);
      if (living.size === all.length) expect(winner).toBeDefined();
      // and it can be had again once who had it is gone
      if (winner !== undefined) expect(await take('newcomer')).toBe(winner);
      living.clear();
      expect(await take('newcomer')).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});
