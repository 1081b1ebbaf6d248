import type { Collection, Conditions } from '@takt/document-store';
import { isBefore, ORDER_STATES } from '@takt/production-orders/contract';
import { itemLocationId } from '@takt/products/contract';
import type { ReplicaDocument } from '@takt/replica';
import type { Concern } from './affected.ts';
import { allOf, statesOf, type Replicas } from './picture-store.ts';
import type { PlanningUnitKey } from './unit-facts.ts';

/** How soon changes of a unit have to be judged depends on this. */
export interface RefreshedUnit {
  /** The item is of refresh class CRITICAL there, or made at a constrained work center. */
  readonly isUrgent: boolean;
  /** IANA time zone of the location; UTC if nobody has told it. */
  readonly timeZone: string;
}

/** Page by page, the items at locations that a concern is about, as the replicas have them; the same one may come twice. */
export async function* unitsConcerned(
  replicas: Replicas,
  concern: Concern,
): AsyncGenerator<readonly PlanningUnitKey[], void, undefined> {
  switch (concern.kind) {
    case 'UNIT':
      yield [{ sku: concern.sku, location: concern.location }];
      return;
    case 'ITEM':
      yield* keysIn(replicas.itemLocations, { 'state.sku': concern.sku });
      return;
    case 'LOCATION':
      yield* keysIn(replicas.itemLocations, { 'state.location': concern.location });
      return;
    case 'ORDERS_AT':
      yield* keysIn(replicas.productionOrders, {
        'state.workCenters': concern.workCenter,
        'state.state': { in: UNFINISHED },
      });
      return;
    case 'MADE_AT':
      yield* keysIn(replicas.routings, { 'state.operations.workCenters.code': concern.workCenter });
      return;
    case 'CALENDAR':
      for await (const { code } of all(replicas.locations, { 'state.calendar': concern.calendar })) {
        yield* unitsConcerned(replicas, { kind: 'LOCATION', location: code });
      }
      for (const by of ['state.calendar', 'state.capacityCalendar'] as const) {
        for await (const { code } of all(replicas.workCenters, { [by]: concern.calendar })) {
          yield* unitsConcerned(replicas, { kind: 'ORDERS_AT', workCenter: code });
        }
      }
  }
}

/** In the order of the keys; as it is once changes that are not written yet are. */
export async function refreshedUnits(
  replicas: Replicas,
  keys: readonly PlanningUnitKey[],
  changes: readonly { readonly noun: string; readonly id: string; readonly after?: object | undefined }[],
): Promise<RefreshedUnit[]> {
  const fresh = new Map(changes.map(({ noun, id, after }) => [`${noun} ${id}`, after]));
  const statesAfter = async <State>(noun: string, replica: Collection<ReplicaDocument<State>>, ids: string[]) => {
    const states = await statesOf(replica, ids);
    return ids.map((id, index) => {
      const key = `${noun} ${id}`;
      return fresh.has(key) ? (fresh.get(key) as State | undefined) : states[index];
    });
  };
  const ids = keys.map(({ sku, location }) => itemLocationId(sku, location));
  const places = keys.map(({ location }) => location);
  const at = keys.map(({ sku, location }) => ({ 'state.sku': sku, 'state.location': location }));
  const [itemLocations, locations, routings] = await Promise.all([
    statesAfter('ItemLocation', replicas.itemLocations, ids),
    statesAfter('Location', replicas.locations, places),
    allOf(replicas.routings, {}, at),
  ]);
  const madeAt = routings.map((some) =>
    some.flatMap(({ state }) => state.operations.flatMap(({ workCenters }) => workCenters.map(({ code }) => code))),
  );
  const codes = [...new Set(madeAt.flat())];
  const workCenters = await statesAfter('WorkCenter', replicas.workCenters, codes);
  const constrained = new Set(codes.filter((_code, index) => workCenters[index]?.constrained === true));
  return keys.map((_key, index) => ({
    isUrgent:
      itemLocations[index]?.refreshClass === 'CRITICAL' || (madeAt[index] ?? []).some((code) => constrained.has(code)),
    timeZone: locations[index]?.timeZone ?? 'UTC',
  }));
}

async function* keysIn<State extends { readonly sku?: string; readonly location: string }>(
  collection: Collection<ReplicaDocument<State>>,
  where: Conditions<ReplicaDocument<State>>,
): AsyncGenerator<PlanningUnitKey[], void, undefined> {
  for await (const states of pagesOf(collection, where)) {
    yield states.flatMap(({ sku, location }) => (sku === undefined ? [] : [{ sku, location }]));
  }
}

async function* all<State>(
  collection: Collection<ReplicaDocument<State>>,
  where: Conditions<ReplicaDocument<State>>,
): AsyncGenerator<State, void, undefined> {
  for await (const states of pagesOf(collection, where)) yield* states;
}

async function* pagesOf<State>(
  collection: Collection<ReplicaDocument<State>>,
  where: Conditions<ReplicaDocument<State>>,
): AsyncGenerator<State[], void, undefined> {
  const query = { where, orderBy: [], first: PAGE };
  for (let page = await collection.page(query); page.entries.length > 0;) {
    yield page.entries.map(({ document }) => document.state);
    const after = page.entries.at(-1)?.key;
    if (!page.hasNextPage || !after) return;
    page = await collection.page({ ...query, after });
  }
}

const UNFINISHED = ORDER_STATES.filter((state) => isBefore(state, 'CONFIRMED'));
const PAGE = 256;
