import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { openLmdbStore } from './lmdb.ts';

/** Commits for ever, each document with two events, and prints what was acknowledged. */
const writer = (directory: string, round: number) => `
  import { openLmdbStore } from ${JSON.stringify(new URL('lmdb.ts', import.meta.url).href)};
  const store = await openLmdbStore({ directory: ${JSON.stringify(directory)} });
  const things = await store.collection({ name: 'things', indexes: [['round', 'tags']] });
  for (let batch = 0; ; batch++) {
    const changes = Array.from({ length: 1 + batch % 20 }, (_, i) => {
      const id = '${round}-' + batch + '-' + i;
      const events = [{ id: id + '-a' }, { id: id + '-b' }];
      return { id, expectedVersion: 0, document: { round: ${round}, tags: ['x', 'y'] }, events, messageIds: [id] };
    });
    void things.commit(changes).then(() => process.stdout.write(changes.map(({ id }) => id + '\\n').join('')));
    if (batch % 3 === 2) await new Promise((resolve) => setImmediate(resolve));
    if (batch % 50 === 49) await things.commit([]);
  }`;

it('keeps everything that was acknowledged before the process was killed', { timeout: 60_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'takt-crash-'));
  const acknowledged: string[] = [];
  for (const [round, until] of [1, 40, 700].entries()) {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', writer(directory, round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    let lines = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      if (++lines === until) child.kill('SIGKILL');
    }
    await closed;
    expect(child.signalCode).toBe('SIGKILL');

    const store = await openLmdbStore({ directory });
    const things = await store.collection<{ round: number; tags: string[] }>({
      name: 'things',
      indexes: [['round', 'tags']],
    });
    const found = await things.getMany(acknowledged);
    expect(acknowledged.filter((id, i) => found[i]?.appliedMessages[0] !== id)).toEqual([]);
    const events = (await store.outbox.pending(1_000_000)).map(({ id }) => id);
    const kept = (await things.page({ orderBy: [], first: 1_000_000 })).entries.map(({ id }) => id);
    expect(new Set(events)).toEqual(new Set(kept.flatMap((id) => [`${id}-a`, `${id}-b`])));
    expect(await things.count({ round, tags: 'y' })).toBe(kept.filter((id) => id.startsWith(`${round}-`)).length);
    await store.close();
  }
  await rm(directory, { recursive: true });
});
