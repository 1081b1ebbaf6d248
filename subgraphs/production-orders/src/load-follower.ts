import type { Collection, CollectionDefinition, DocumentStore, Stored } from '@takt/document-store';
import type { Governed } from '@takt/intake';
import type { LogConsumer } from '@takt/log-consumer';
import { emptyLoad, loadsOf, withOrder, type WorkCenterLoad } from './load.ts';
import type { ProductionOrder } from './order.ts';
import { productionOrder } from './production-order.ts';

export const WORK_CENTER_LOADS: CollectionDefinition<WorkCenterLoad> = { name: 'work-center-loads', indexes: [] };

/**
 * Keeps the load of each work center and month up to date with the orders, by following the domain's own event log.
 *
 * It reads what changed and puts what the order asks for now in place of what it asked for before: what is seen again
 * after a crash or in a replay gives the same. Where an order loads whom is written before the loads themselves, so that
 * nothing of it stays behind when it moves. What is kept shows no trace of what came before: the same orders give the
 * same documents.
 */
export async function workCenterLoads(store: DocumentStore): Promise<LogConsumer> {
  const collections: Collections = {
    orders: await store.collection(productionOrder.collection),
    loads: await store.collection(WORK_CENTER_LOADS),
    places: await store.collection(ORDER_LOADS),
  };
  return {
    name: 'work-center-loads',
    replay: { collections: [WORK_CENTER_LOADS, ORDER_LOADS] },
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

/** By order: the load documents that may hold something of it, sorted; none if it loads nobody. */
interface OrderPlaces {
  readonly loads: readonly string[];
}

const ORDER_LOADS: CollectionDefinition<OrderPlaces> = { name: 'order-loads', indexes: [] };

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
    if (!stored) return [];
    const place = before[index];
    return [{ id: stored.id, place, from: place?.document.loads ?? [], now: loadsOf(stored.document) }];
  });

  const reached = await put(
    places,
    moves.map(({ id, place, from, now }) => ({ id, stored: place, document: placesOf([...from, ...now.keys()]) })),
    isNowhere,
  );

  const touched = [...new Set(moves.flatMap(({ from, now }) => [...from, ...now.keys()]))];
  const stored = await loads.getMany(touched);
  const loaded = await put(
    loads,
    touched.map((id, index) => {
      const concerned = moves.filter(({ from, now }) => from.includes(id) || now.has(id));
      const load = stored[index]?.document ?? emptyLoad(id);
      const document = concerned.reduce((each, move) => withOrder(each, move.id, move.now.get(id) ?? []), load);
      return { id, stored: stored[index], document };
    }),
    isIdle,
  );
  await removeThose(loads, loaded, isIdle);

  const left = await put(
    places,
    moves.map(({ id, now }, index) => ({ id, stored: reached[index], document: placesOf(now.keys()) })),
    isNowhere,
  );
  await removeThose(places, left, isNowhere);
}

function placesOf(loads: Iterable<string>): OrderPlaces {
  return { loads: [...new Set(loads)].sort() };
}

function isNowhere({ loads }: OrderPlaces): boolean {
  return loads.length === 0;
}

function isIdle({ operations }: WorkCenterLoad): boolean {
  return operations.length === 0;
}

type Kept<T> = Pick<Stored<T>, 'id' | 'version' | 'document'>;

/**
 * Writes documents that are not kept as they should be, unless nothing is kept and nothing is to be said. Answers in the
 * order given what is kept then. Throws if somebody else writes in between.
 */
async function put<T extends object>(
  collection: Collection<T>,
  placed: readonly { readonly id: string; readonly stored: Kept<T> | undefined; readonly document: T }[],
  isEmpty: (document: T) => boolean,
): Promise<(Kept<T> | undefined)[]> {
  const changes = placed
    .filter(({ stored, document }) => (stored ? !isSame(stored.document, document) : !isEmpty(document)))
    .map(({ id, stored, document }) => ({
      id,
      document,
      expectedVersion: stored?.version ?? 0,
      events: [],
      messageIds: [],
    }));
  const results = changes.length > 0 ? await collection.commit(changes) : [];
  const written = new Map<string, Kept<T>>();
  changes.forEach(({ id, document }, index) => {
    const result = results[index];
    if (result?.status !== 'committed') throw new Error(`Somebody else writes ${collection.name} ${id}.`);
    written.set(id, { id, document, version: result.version });
  });
  return placed.map(({ id, stored }) => written.get(id) ?? stored);
}

/** To the byte: the order of fields and elements counts. */
function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** They were written empty before, so that whoever else wrote to them in between was noticed. */
async function removeThose<T extends object>(
  collection: Collection<T>,
  kept: readonly (Kept<T> | undefined)[],
  isEmpty: (document: T) => boolean,
): Promise<void> {
  const ids = kept.flatMap((one) => (one && isEmpty(one.document) ? one.id : []));
  if (ids.length > 0) await collection.remove(ids);
}
