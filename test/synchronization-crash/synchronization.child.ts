import { join } from 'node:path';
import { openDomainOn, openEngines, reachNeighbours } from '@takt/subgraph-server';
import { synchronization } from '@takt/synchronization';
import { mortal, type LastAct } from './last-act.ts';
import { plantClock } from './plant-clock.ts';

export interface ChildOptions {
  readonly dataDir: string;
  /** When the plant's clock began to run; milliseconds since 1970. */
  readonly began: number;
  readonly last?: LastAct | undefined;
}

/** Synchronization as a process that kills itself at a given act, if one is given; its neighbours are behind doors. */
const { dataDir, began, last } = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
const directory = join(dataDir, synchronization.name);
const { neighbours } = reachNeighbours({ dataDir, namespace: 'takt', mongodbUri: undefined, natsUrl: undefined });
const life = mortal(last, () => {
  process.kill(process.pid, 'SIGKILL');
  // Nothing comes after the signal, but for what the kernel lets through.
  for (;;);
});
const clock = plantClock(began);
const engines = await openEngines(synchronization, { directory, clock });
const { store, log } = engines;
const refresh = { criticalSeconds: 0, stableMinutes: 0, batchHour: 0, settleSeconds: 0 };
const domain = await openDomainOn({ ...engines, store: life.store(store), log: life.log(log) }, synchronization, {
  directory,
  clock,
  refresh,
  neighbours: life.neighbours(neighbours),
});

const checkpoints = await store.collection<{ readonly position: number }>({
  name: 'consumer-checkpoints',
  indexes: [],
});
const pending = await store.collection<{ readonly dueAt: string | null }>({
  name: 'pending-units',
  indexes: [['dueAt']],
});

/** How far it got: what was heard, and what was done about it, by consumer. */
export interface Progress {
  readonly heard: Readonly<Record<string, number>>;
  /** Units that are due, and events that are not published. */
  readonly waiting: number;
  /** Where its own log ends. */
  readonly head: number;
  readonly done: Readonly<Record<string, number>>;
}

process.on('message', (message) => {
  if (message === 'end') void domain.close().then(() => process.exit(0));
  else void progress().then((told) => process.send?.(told));
});
process.on('disconnect', () => process.exit(1));
process.send?.('up');

/** In the order in which one leads to the other, so that nothing is on its way from one to the other unseen. */
async function progress(): Promise<Progress> {
  const positions = async () => {
    const { entries } = await checkpoints.page({ orderBy: [], first: 100 });
    return Object.fromEntries(entries.map(({ id, document }) => [id, document.position]));
  };
  const heard = await positions();
  const due = await pending.count({ dueAt: { from: '', to: clock().toISOString() } });
  const waiting = due + (await store.outbox.count());
  return { heard, waiting, head: await log.head(), done: await positions() };
}
