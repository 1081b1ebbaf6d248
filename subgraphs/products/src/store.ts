import type { Collection, CollectionDefinition } from '@takt/document-store';
import type { Clock, Governed, OpenIntake } from '@takt/intake';
import {
  documentLoader,
  pageLoader,
  type connectionPage,
  type DocumentLoader,
  type DomainRuntime,
  type PageLoader,
  type Sources,
} from '@takt/subgraph-server';
import { billOfMaterial, type BillOfMaterialRecord } from './bill-of-material.ts';
import { calendar, type CalendarRecord } from './calendar.ts';
import { crossReference, type CrossReference } from './cross-reference.ts';
import { distributionLane, type DistributionLaneRecord } from './distribution-lane.ts';
import { itemLocation, type ItemLocationRecord } from './item-location.ts';
import { location, type LocationRecord } from './location.ts';
import { product, type ProductRecord } from './product.ts';
import { routing, type RoutingRecord } from './routing.ts';

/** Everything that one request may reach; loaders live as long as the request. */
export interface ProductsContext {
  readonly intake: OpenIntake;
  readonly clock: Clock;
  readonly sources: Sources;
  readonly products: Records<ProductRecord>;
  readonly locations: Records<LocationRecord>;
  readonly itemLocations: Records<ItemLocationRecord>;
  readonly calendars: Records<CalendarRecord>;
  readonly billsOfMaterial: Records<BillOfMaterialRecord>;
  readonly routings: Records<RoutingRecord>;
  readonly distributionLanes: Records<DistributionLaneRecord>;
  readonly crossReferences: Records<CrossReference>;
}

/** The documents of one noun. */
interface Records<T extends object> {
  readonly byId: DocumentLoader<Governed<T>>;
  readonly pages: PageLoader<Governed<T>>;
}

/** What a connection of one noun is asked for. */
export type PageOf<T extends object> = Omit<Parameters<typeof connectionPage<Governed<T>, object>>[1], 'node'>;

export async function connect(runtime: DomainRuntime): Promise<{ createContext(): ProductsContext }> {
  const { store, intake, clock, sources } = runtime;
  const records = async <T extends object>(definition: CollectionDefinition<Governed<T>>) =>
    loadersOf(await store.collection(definition));
  const products = await records(product.collection);
  const locations = await records(location.collection);
  const itemLocations = await records(itemLocation.collection);
  const calendars = await records(calendar.collection);
  const billsOfMaterial = await records(billOfMaterial.collection);
  const routings = await records(routing.collection);
  const distributionLanes = await records(distributionLane.collection);
  const crossReferences = await records(crossReference.collection);
  return {
    createContext: () => ({
      intake,
      clock,
      sources,
      products: products(),
      locations: locations(),
      itemLocations: itemLocations(),
      calendars: calendars(),
      billsOfMaterial: billsOfMaterial(),
      routings: routings(),
      distributionLanes: distributionLanes(),
      crossReferences: crossReferences(),
    }),
  };
}

function loadersOf<T extends object>(collection: Collection<Governed<T>>): () => Records<T> {
  return () => ({ byId: documentLoader(collection), pages: pageLoader(collection) });
}
