import type { Change, Collection, CollectionDefinition, DocumentStore } from '@takt/document-store';
import type { Governed } from '@takt/intake';
import type { LogConsumer } from '@takt/log-consumer';
import { emptyLoad, loadsOf, withOrder, type OperationLoad, type WorkCenterLoad } from './load.ts';
import type { ProductionOrder } from './order.ts';
import { productionOrder } from './production-order.ts';

export const WORK_CENTER_LOADS: CollectionDefinition<WorkCenterLoad> = { name: 'work-center-loads', indexes: [] };

/**
 * Keeps the load of each work center and month up to date with the orders, by following the domain's own event log.
 *
 * It reads what changed and puts what the order asks for now in place of what it asked for before: what is seen again
 * after a crash gives the same. Where an order loads whom is written before the loads
 * themselves, so that nothing of it stays behind when it moves.
 */
export async function workCenterLoads(store: DocumentStore): Promise<LogConsumer> {
  const collections: Collections = {
    orders: await store.collection(productionOrder.collection),
    loads: await store.collection(WORK_CENTER_LOADS),
    places: await store.collection<OrderPlaces>({ name: 'order-loads', indexes: [] }),
  };
  return {
    name: 'work-center-loads',
    apply: async (events) => {
      const subjects = events.flatMap(({ event }) =>
        event.type in productionOrder.events ? (event.subject ?? []) : [],
      );
      await update(collections, [...new Set(subjects)]);
    },
    catchUp: (signal) => takeAll(collections, signal),
  };
}

interface Collections {
  readonly orders: Collection<Governed<ProductionOrder>>;
  readonly loads: Collection<WorkCenterLoad>;
  readonly places: Collection<OrderPlaces>;
}

/** By order: the load documents that may hold something of it. */
interface OrderPlaces {
  readonly revision: number;
  readonly loads: readonly string[];
}

const BATCH = 512;

/** Takes every order as it is now. */
async function takeAll(collections: Collections, signal: AbortSignal): Promise<void> {
  let after: readonly [string] | undefined;
  while (!signal.aborted) {
    const page = await collections.orders.page({ orderBy: [], first: BATCH, ...(after && { after }) });
    const ids = page.entries.map(({ id }) => id);
    await update(collections, ids);
    const last = ids.at(-1);
    if (!page.hasNextPage || last === undefined) return;
    after = [last];
  }
}

async function update({ orders, loads, places }: Collections, ids: readonly string[]): Promise<void> {
  const [found, before] = await Promise.all([orders.getMany(ids), places.getMany(ids)]);
  const moves = found.flatMap((stored, index) => {
    const known = before[index]?.document ?? NOWHERE;
    if (!stored || known.revision > stored.document.revision) return [];
    return [{ id: stored.id, revision: stored.document.revision, from: known.loads, now: loadsOf(stored.document) }];
  });

  const reaching = moves.filter(({ from, now }) => [...now.keys()].some((load) => !from.includes(load)));
  await commit(
    places,
    reaching.map(({ id, revision, from, now }) =>
      write(id, { revision, loads: [...new Set([...from, ...now.keys()])] }),
    ),
  );

  const touched = [...new Set(moves.flatMap(({ from, now }) => [...from, ...now.keys()]))];
  const stored = await loads.getMany(touched);
  const changes = touched.flatMap((id, index) => {
    const load = stored[index]?.document ?? emptyLoad(id);
    const concerned = moves.filter(({ from, now }) => from.includes(id) || now.has(id));
    const next = concerned.reduce((each, move) => withOrder(each, move.id, move.now.get(id) ?? []), load);
    return sameLoad(load, next) ? [] : [{ ...write(id, next), expectedVersion: stored[index]?.version ?? 0 }];
  });
  await commit(loads, changes);

  const leaving = moves.filter(({ from, now }) => from.some((load) => !now.has(load)));
  await commit(
    places,
    leaving.map(({ id, revision, now }) => write(id, { revision, loads: [...now.keys()] })),
  );
}

const NOWHERE: OrderPlaces = { revision: 0, loads: [] };

function write<T>(id: string, document: T): Change<T> {
  return { id, document, events: [], messageIds: [] };
}

async function commit<T extends object>(collection: Collection<T>, changes: readonly Change<T>[]): Promise<void> {
  if (changes.length === 0) return;
  const results = await collection.commit(changes);
  const conflict = results.findIndex(({ status }) => status === 'conflict');
  if (conflict >= 0) throw new Error(`Somebody else writes ${collection.name} ${changes[conflict]?.id ?? ''}.`);
}

function sameLoad(left: WorkCenterLoad, right: WorkCenterLoad): boolean {
  const keys = ({ operations }: WorkCenterLoad) => operations.map(keyOf).sort().join('\n');
  return left.operations.length === right.operations.length && keys(left) === keys(right);
}

function keyOf({ order, sequence, start, end, minutes }: OperationLoad): string {
  return JSON.stringify([order, sequence, start, end, minutes]);
}
