import type { ProductionOrder } from '@takt/production-orders/contract';
import { batchLoader, type BatchLoader } from '@takt/subgraph-server';
import type { Picture, WorkCenterFacts } from '../picture/picture.ts';
import type { PlanningUnitKey, UnitFacts } from '../picture/unit-facts.ts';
import { pegging, type Pegging, type PeggingQuestion } from '../supply-demand/pegging.ts';

interface SupplyDemandLoaders {
  readonly units: BatchLoader<PlanningUnitKey, UnitFacts>;
  readonly orders: BatchLoader<string, ProductionOrder | undefined>;
  /** With the open orders that have an operation there; undefined for a work center that no source has reported. */
  readonly workCenters: BatchLoader<string, LoadedWorkCenter | undefined>;
  readonly peggings: BatchLoader<PeggingKey, Pegging | undefined>;
}

interface LoadedWorkCenter {
  readonly facts: WorkCenterFacts;
  readonly orders: readonly ProductionOrder[];
}

interface PeggingKey {
  readonly unit: PlanningUnitKey;
  readonly question: PeggingQuestion;
}

/** The loaders over a request's picture: however many rows ask, each kind is read once in each turn of the event loop. */
export function supplyDemandLoaders(picture: Picture): SupplyDemandLoaders {
  const known = loaders.get(picture);
  if (known) return known;
  const units = batchLoader((keys: readonly PlanningUnitKey[]) => picture.units(keys), nameOf);
  const made: SupplyDemandLoaders = {
    units,
    orders: batchLoader((ids: readonly string[]) => picture.orders(ids), String),
    workCenters: batchLoader((codes: readonly string[]) => loadWorkCenters(picture, codes), String),
    peggings: batchLoader(
      (keys: readonly PeggingKey[]) =>
        Promise.all(keys.map(async ({ unit, question }) => pegging(await units.load(unit), question))),
      ({ unit, question }) => JSON.stringify([nameOf(unit), question]),
    ),
  };
  loaders.set(picture, made);
  return made;
}

const loaders = new WeakMap<Picture, SupplyDemandLoaders>();

function nameOf({ sku, location }: PlanningUnitKey): string {
  return JSON.stringify([sku, location]);
}

async function loadWorkCenters(picture: Picture, codes: readonly string[]): Promise<(LoadedWorkCenter | undefined)[]> {
  const [facts, orders] = await Promise.all([picture.workCenters(codes), picture.openOrdersAt(codes)]);
  const ordersAt = new Map<string, ProductionOrder[]>(codes.map((code) => [code, []]));
  for (const order of orders) for (const code of order.workCenters) ordersAt.get(code)?.push(order);
  return codes.map((code, index) => {
    const found = facts[index];
    return found && { facts: found, orders: ordersAt.get(code) ?? [] };
  });
}
