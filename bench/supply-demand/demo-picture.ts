import { customerOrder, forecast } from '@takt/forecasts/contract';
import type { AnyAggregate, InboundMessage } from '@takt/intake';
import { inventoryPosition, transferOrder } from '@takt/inventory/contract';
import { productionOrder, type ProductionOrder } from '@takt/production-orders/contract';
import {
  billOfMaterial,
  calendar,
  itemLocation,
  itemLocationId,
  location,
  product,
  routing,
} from '@takt/products/contract';
import { supplierCommitment } from '@takt/supplier-commitments/contract';
import type { SupplyDemandContext } from '@takt/synchronization/supply-demand';
import { workCenter } from '@takt/work-centers/contract';

type Picture = SupplyDemandContext['picture'];
type UnitFacts = Awaited<ReturnType<Picture['units']>>[number];
type PlanningUnitKey = Pick<UnitFacts, 'sku' | 'location'>;

/** What the demo plant's messages make of each noun, in memory: what a picture costs without a store. */
export interface DemoPicture extends Picture {
  /** Items at locations that are forecast, in the order in which they were told. */
  readonly keys: readonly PlanningUnitKey[];
  readonly workCenterCodes: readonly string[];
}

export function demoPicture(messages: Iterable<InboundMessage>): DemoPicture {
  const told = documentsOf(messages);
  const all = <State>(noun: Noun<State>) => [...(told.get(noun)?.values() ?? [])] as State[];
  const at = <State>(noun: Noun<State>, id: string | undefined) =>
    (id === undefined ? undefined : told.get(noun)?.get(id)) as State | undefined;
  // Revisions count what a command expects; nothing here sends any.
  const orders = all(productionOrder).map((order) => ({ ...order, revision: 1 }));
  const orderById = new Map(orders.map((order) => [order.id, order]));
  const by = grouped(orders, all);
  const place = (code: string) => at(location, code);

  const unit = ({ sku, location: code }: PlanningUnitKey): UnitFacts => {
    const id = itemLocationId(sku, code);
    const facts = {
      product: at(product, sku),
      itemLocation: at(itemLocation, id),
      place: place(code),
      calendar: at(calendar, place(code)?.calendar),
      stock: at(inventoryPosition, id),
    };
    return {
      sku,
      location: code,
      ...(Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined)) as object),
      forecasts: by.forecasts(id),
      customerOrders: by.customerOrders(id),
      makingOrders: by.making(id),
      consumingOrders: by.consuming(id),
      commitments: by.commitments(id),
      arriving: by.arriving(id),
      leaving: by.leaving(id),
      billsOfMaterial: by.bills(id),
      routings: by.routings(id),
    };
  };
  const atWorkCenter = groups(orders, (order) => order.workCenters);
  return {
    keys: all(itemLocation).filter(({ sku, location: code }) => by.forecasts(itemLocationId(sku, code)).length > 0),
    workCenterCodes: [...(told.get(workCenter)?.keys() ?? [])],
    units: (keys) => Promise.resolve(keys.map(unit)),
    workCenters: (codes) =>
      Promise.resolve(
        codes.map((code) => {
          const found = at(workCenter, code);
          const works = at(calendar, found?.calendar);
          const capacity = at(calendar, found?.capacityCalendar);
          return (
            found && {
              workCenter: found,
              ...(works && { calendar: works }),
              ...(capacity && { capacityCalendar: capacity }),
            }
          );
        }),
      ),
    orders: (ids) => Promise.resolve(ids.map((id) => orderById.get(id))),
    openOrdersAt: (codes) => Promise.resolve([...new Set(codes.flatMap(atWorkCenter))]),
    locations: (codes) => Promise.resolve(codes.map(place)),
    usedIn: ({ sku }) =>
      Promise.resolve(all(billOfMaterial).filter(({ lines }) => lines.some(({ component }) => component === sku))),
    heard: () => Promise.resolve([]),
  };
}

/** An aggregate, by what it keeps. */
interface Noun<State> {
  evolve(state: State | undefined, event: never): State;
}

const NOUNS: readonly AnyAggregate[] = [
  product,
  location,
  calendar,
  itemLocation,
  billOfMaterial,
  routing,
  forecast,
  customerOrder,
  inventoryPosition,
  transferOrder,
  productionOrder,
  supplierCommitment,
  workCenter,
];

/** States by noun and id. Throws for a message that is refused; what no noun here understands is passed over. */
function documentsOf(messages: Iterable<InboundMessage>): Map<object, Map<string, object>> {
  const told = new Map<object, Map<string, object>>(NOUNS.map((noun) => [noun, new Map()]));
  for (const message of messages) {
    const noun = NOUNS.find(({ messages: types }) => message.type in types);
    const states = noun && told.get(noun);
    if (!states) continue;
    const id = noun.identify(message);
    const decision = noun.decide(states.get(id), message, {
      now: new Date(message.time),
      time: message.time,
      cause: 'REPORTED',
      origin: { system: 'demo', instance: 'demo' },
      known: undefined,
      lastTold: undefined,
    });
    if ('refused' in decision) throw new Error(`The demo plant is not taken: ${decision.refused.reason}`);
    for (const event of decision.events) states.set(id, noun.evolve(states.get(id), event));
  }
  return told;
}

function grouped(orders: readonly ProductionOrder[], all: <State>(noun: Noun<State>) => State[]) {
  const here = ({ sku, location: code }: PlanningUnitKey) => [itemLocationId(sku, code)];
  return {
    forecasts: groups(all(forecast), here),
    customerOrders: groups(all(customerOrder), here),
    making: groups(orders, here),
    consuming: groups(orders, ({ components, location: code }) => [
      ...new Set(components.map(({ sku }) => itemLocationId(sku, code))),
    ]),
    commitments: groups(all(supplierCommitment), here),
    arriving: groups(all(transferOrder), ({ sku, destination }) => [itemLocationId(sku, destination)]),
    leaving: groups(all(transferOrder), ({ sku, origin }) => [itemLocationId(sku, origin)]),
    bills: groups(all(billOfMaterial), ({ sku, location: code }) =>
      sku === undefined ? [] : [itemLocationId(sku, code)],
    ),
    routings: groups(all(routing), ({ sku, location: code }) => (sku === undefined ? [] : [itemLocationId(sku, code)])),
  };
}

function groups<Each>(
  all: readonly Each[],
  namesOf: (each: Each) => readonly string[],
): (name: string) => readonly Each[] {
  const found = new Map<string, Each[]>();
  for (const each of all) {
    for (const name of namesOf(each)) {
      const there = found.get(name);
      if (there) there.push(each);
      else found.set(name, [each]);
    }
  }
  return (name) => found.get(name) ?? [];
}
