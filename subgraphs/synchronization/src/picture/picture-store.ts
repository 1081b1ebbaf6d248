import type { Collection, Conditions, DocumentStore, FieldPath } from '@takt/document-store';
import { inventoryPositionId } from '@takt/inventory/contract';
import { isBefore, ORDER_STATES } from '@takt/production-orders/contract';
import { itemLocationId } from '@takt/products/contract';
import type { ReplicaDocument } from '@takt/replica';
import { openHeardDomains } from './heard-store.ts';
import { phantomBills } from './phantom-bills.ts';
import type { HeardOrder, Picture } from './picture.ts';
import { REPLICAS } from './replicas.ts';
import type { PlanningUnitKey, UnitFacts } from './unit-facts.ts';

/** Collections of the replicas, by name. */
export type Replicas = {
  readonly [name in keyof typeof REPLICAS]: Collection<ReplicaDocument<StateOf<(typeof REPLICAS)[name]>>>;
};

type StateOf<R> = R extends { readonly aggregate: { evolve(...given: never): infer State } } ? State : never;

export async function openReplicas(store: DocumentStore): Promise<Replicas> {
  const opened = Object.entries(REPLICAS).map(async ([name, { collection }]) => [
    name,
    await store.collection(collection),
  ]);
  return Object.fromEntries(await Promise.all(opened)) as Replicas;
}

/** The picture that is made from the replicas in a store. */
export async function openPicture(store: DocumentStore, clock: () => Date): Promise<Picture> {
  const replicas = await openReplicas(store);
  const heard = await openHeardDomains(store);
  return {
    units: (keys) => unitFacts(replicas, keys, clock()),
    async workCenters(codes) {
      const workCenters = await statesOf(replicas.workCenters, codes);
      const calendars = await byId(
        replicas.calendars,
        workCenters.flatMap((each) => [each?.calendar, each?.capacityCalendar]),
      );
      return workCenters.map((workCenter) => {
        if (!workCenter) return undefined;
        const [calendar, capacityCalendar] = [
          calendars.get(workCenter.calendar ?? ''),
          calendars.get(workCenter.capacityCalendar ?? ''),
        ];
        return { workCenter, ...(calendar && { calendar }), ...(capacityCalendar && { capacityCalendar }) };
      });
    },
    async orders(ids) {
      const stored = await replicas.productionOrders.getMany(ids);
      return stored.map((each) => each && heardOrder(each.document));
    },
    async openOrdersAt(workCenters) {
      const keys = [...new Set(workCenters)].map((code) => ({ 'state.workCenters': code }));
      const where = { 'state.state': { in: UNFINISHED } };
      const found = await allOf(replicas.productionOrders, where, keys);
      const orders = found.flat().map(heardOrder);
      return [...new Map(orders.map((order) => [order.id, order])).values()];
    },
    locations: (codes) => statesOf(replicas.locations, codes),
    async usedIn({ sku, location }) {
      const key = { 'state.lines.component': sku, 'state.location': location };
      return (await allOf(replicas.billsOfMaterial, {}, [key])).flat().map(({ state }) => state);
    },
    heard: () => heard.read(),
  };
}

/** Read together: the number of reads does not depend on the number of units, but on how much there is of one. */
async function unitFacts(replicas: Replicas, keys: readonly PlanningUnitKey[], now: Date): Promise<UnitFacts[]> {
  const at = keys.map(itemAt);
  const ids = keys.map(({ sku, location }) => itemLocationId(sku, location));
  const closedSince = new Date(now.getTime() - CLOSED_ORDERS_DAYS * 86_400_000).toISOString();
  const states = <State extends object>(
    collection: Collection<ReplicaDocument<State>>,
    where: Conditions<ReplicaDocument<State>>,
    by: readonly Conditions<ReplicaDocument<State>>[],
    orderBy: readonly FieldPath<ReplicaDocument<State>>[] = [],
  ) => allOf(collection, where, by, orderBy).then((found) => found.map((each) => each.map(({ state }) => state)));

  const places = statesOf(
    replicas.locations,
    keys.map(({ location }) => location),
  );
  const calendars = places.then((found) =>
    byId(
      replicas.calendars,
      found.map((place) => place?.calendar),
    ),
  );
  const notOver = { 'state.state': { in: NOT_OVER } };
  const onTheWay = { 'state.state': { in: ['PROPOSED', 'FIRMED', 'SHIPPED'] } };
  const [
    products,
    itemLocations,
    stock,
    forecasts,
    openOrders,
    closedOrders,
    makingOrders,
    consumingOrders,
    commitments,
    arriving,
    leaving,
    billsOfMaterial,
    routings,
  ] = await Promise.all([
    statesOf(
      replicas.products,
      keys.map(({ sku }) => sku),
    ),
    statesOf(replicas.itemLocations, ids),
    statesOf(
      replicas.inventoryPositions,
      keys.map(({ sku, location }) => inventoryPositionId(sku, location)),
    ),
    allOf(replicas.forecasts, {}, at),
    states(replicas.customerOrders, { 'state.status': 'OPEN' }, at, ['state.dueAt']),
    states(replicas.customerOrders, { 'state.status': 'CLOSED', 'state.dueAt': { from: closedSince } }, at, [
      'state.dueAt',
    ]),
    states(replicas.productionOrders, notOver, at),
    states(
      replicas.productionOrders,
      notOver,
      keys.map(({ sku, location }) => ({ 'state.components.sku': sku, 'state.location': location })),
    ),
    states(replicas.supplierCommitments, { 'state.completedOn': null }, at),
    states(
      replicas.transferOrders,
      onTheWay,
      keys.map(({ sku, location }) => ({ 'state.sku': sku, 'state.destination': location })),
    ),
    states(
      replicas.transferOrders,
      onTheWay,
      keys.map(({ sku, location }) => ({ 'state.sku': sku, 'state.origin': location })),
    ),
    states(replicas.billsOfMaterial, {}, at),
    states(replicas.routings, {}, at),
  ]);
  const [placeOf, calendarOf] = [await places, await calendars];
  const inPhantoms = await phantomBills(billsOfMaterial, (phantoms) =>
    states(replicas.billsOfMaterial, {}, phantoms.map(itemAt)),
  );
  return keys.map(({ sku, location }, index) => {
    const [product, itemLocation, place] = [products[index], itemLocations[index], placeOf[index]];
    const [calendar, position] = [calendarOf.get(place?.calendar ?? ''), stock[index]];
    const bills = inPhantoms[index] ?? [];
    return {
      sku,
      location,
      ...(product && { product }),
      ...(itemLocation && { itemLocation }),
      ...(place && { place }),
      ...(calendar && { calendar }),
      ...(position && { stock: position }),
      forecasts: (forecasts[index] ?? []).map(({ state }) => state),
      forecastSources: sourcesOf(forecasts[index] ?? []),
      customerOrders: [...(closedOrders[index] ?? []), ...(openOrders[index] ?? [])],
      makingOrders: makingOrders[index] ?? [],
      consumingOrders: consumingOrders[index] ?? [],
      commitments: commitments[index] ?? [],
      arriving: arriving[index] ?? [],
      leaving: leaving[index] ?? [],
      billsOfMaterial: billsOfMaterial[index] ?? [],
      ...(bills.length > 0 && { phantomBills: bills }),
      routings: routings[index] ?? [],
    };
  });
}

function itemAt({ sku, location }: PlanningUnitKey) {
  return { 'state.sku': sku, 'state.location': location };
}

function sourcesOf(documents: readonly Pick<ReplicaDocument<object>, 'provenance'>[]): string[] {
  return [...new Set(documents.map(({ provenance: { system, instance } }) => `${system}/${instance}`))].sort();
}

/** Whatever the number of keys, one read, and another for each page that one of them has more of. */
export async function allOf<State extends object>(
  collection: Collection<ReplicaDocument<State>>,
  where: Conditions<ReplicaDocument<State>>,
  keys: readonly Conditions<ReplicaDocument<State>>[],
  orderBy: readonly FieldPath<ReplicaDocument<State>>[] = [],
): Promise<ReplicaDocument<State>[][]> {
  const query = { where, orderBy, first: PAGE };
  const pages = keys.length > 0 ? await collection.pages(query, keys) : [];
  return Promise.all(
    pages.map(async (first, index) => {
      const found = first.entries.map(({ document }) => document);
      for (let page = first; page.hasNextPage;) {
        const after = page.entries.at(-1)?.key;
        page = await collection.page({ ...query, where: { ...where, ...keys[index] }, ...(after && { after }) });
        found.push(...page.entries.map(({ document }) => document));
      }
      return found;
    }),
  );
}

export async function statesOf<State>(
  collection: Collection<ReplicaDocument<State>>,
  ids: readonly string[],
): Promise<(State | undefined)[]> {
  const unique = [...new Set(ids)];
  const stored = await collection.getMany(unique);
  const known = new Map(unique.map((id, index) => [id, stored[index]?.document.state]));
  return ids.map((id) => known.get(id));
}

async function byId<State>(
  collection: Collection<ReplicaDocument<State>>,
  ids: readonly (string | undefined)[],
): Promise<Map<string, State>> {
  const wanted = [...new Set(ids.filter((id) => id !== undefined))];
  const states = wanted.length > 0 ? await statesOf(collection, wanted) : [];
  return new Map(wanted.flatMap((id, index) => (states[index] === undefined ? [] : [[id, states[index]] as const])));
}

function heardOrder({ state, revision }: ReplicaDocument<HeardOrder | Omit<HeardOrder, 'revision'>>): HeardOrder {
  return { ...state, revision };
}

const UNFINISHED = ORDER_STATES.filter((state) => isBefore(state, 'CONFIRMED'));
const NOT_OVER = ORDER_STATES.filter((state) => state !== 'CLOSED' && state !== 'CANCELLED');
const PAGE = 200;
/** What was ordered and delivered consumes the forecast of its bucket, the largest being a month, and of those around it. */
const CLOSED_ORDERS_DAYS = 100;
