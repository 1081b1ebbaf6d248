import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInstances } from '@takt/backing-system';
import { frepple } from '@takt/connector-frepple';
import { openLmdbStore } from '@takt/document-store';
import { NO_CROSS_REFERENCES } from '@takt/mapping';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { customerOrder } from '../supply-demand/facts.fixture.ts';
import { openScheduler, type OpenScheduler } from './frepple-scheduler-exchange.ts';
import { problemOf } from './problem.fixture.ts';

let folder: string;
let scheduler: OpenScheduler | undefined;
let store: Awaited<ReturnType<typeof openLmdbStore>>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scheduler-'));
  store = await openLmdbStore({ directory: join(folder, 'store') });
});
afterEach(async () => {
  await scheduler?.close();
  await store.close();
  await rm(folder, { recursive: true });
});

it('hands the demand of its plants over to frePPLe, in the folder that it imports from', async () => {
  const propose = await open('P100=frepple/main');
  const orders = [
    customerOrder('CO-1', '2026-12-10', 10),
    customerOrder('CO-2', '2026-12-12', 1, { status: 'CLOSED' }),
  ];

  expect(await propose(problemOf({ customerOrders: orders }))).toEqual({ kind: 'HANDED_OVER', to: 'frepple/main' });

  const [name = ''] = await vi.waitFor(async () => {
    const names = await readdir(join(folder, 'out'));
    expect(names.filter((each) => each.endsWith('.csv'))).toHaveLength(1);
    return names;
  });
  expect(await readFile(join(folder, 'out', name), 'utf8')).toBe(
    'name,item,location,customer,due,quantity,status\nCO-1,PUMP,P100,ACME,2026-12-10 12:00:00,10,open\n',
  );
});

it('leaves other plants to ours', async () => {
  const propose = await open('finite-capacity,P200=frepple/main');
  expect(await propose(problemOf({ customerOrders: [customerOrder('CO-1', '2026-12-10', 10)] }))).toMatchObject({
    kind: 'PROPOSED',
    proposals: [{ kind: 'CREATE' }],
  });
});

/** With frePPLe declared, as an operator declares it. */
async function open(choice: string) {
  const instances = join(folder, 'instances');
  await mkdir(instances);
  await writeFile(join(instances, 'frepple.yml'), 'type: frepple\ninstance: frepple/main\nout: ../out\n');
  const opened = await openScheduler(
    {
      store,
      clock: () => new Date('2026-11-26T08:00:00Z'),
      backingSystems: await readInstances(instances, [frepple], {}),
      neighbours: { crossReferences: NO_CROSS_REFERENCES },
    },
    choice,
    (fault) => {
      throw fault;
    },
  );
  scheduler = opened;
  return (problem: ReturnType<typeof problemOf>) => opened.propose(problem, new AbortController().signal);
}
