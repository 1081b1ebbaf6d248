import type { Conditions } from '@takt/document-store';
import type { EventLog } from '@takt/event-log';
import type { Clock, Governed, OpenIntake } from '@takt/intake';
import {
  documentLoader,
  pageLoader,
  type DocumentLoader,
  type DomainRuntime,
  type PageLoader,
  type Sources,
} from '@takt/subgraph-server';
import { customerOrder, type CustomerOrderRecord } from './customer-order.ts';
import { customer, type CustomerRecord } from './customer.ts';
import { forecast, type Forecast } from './forecast.ts';

/** Everything that one request may reach; loaders live as long as the request. */
export interface ForecastContext extends ForecastLoaders {
  readonly intake: OpenIntake;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly sources: Sources;
  /** Forgets what was read: after a command, and for each event of a subscription, which lives longer than a request. */
  renew(): void;
}

interface ForecastLoaders {
  readonly forecasts: DocumentLoader<Governed<Forecast>>;
  readonly forecastPages: PageLoader<Governed<Forecast>>;
  readonly customers: DocumentLoader<Governed<CustomerRecord>>;
  readonly customerPages: PageLoader<Governed<CustomerRecord>>;
  readonly customerOrders: DocumentLoader<Governed<CustomerOrderRecord>>;
  readonly customerOrderPages: PageLoader<Governed<CustomerOrderRecord>>;
}

export async function connect(runtime: DomainRuntime): Promise<{ createContext(): ForecastContext }> {
  const { store, log, intake, clock, sources } = runtime;
  const forecasts = await store.collection(forecast.collection);
  const customers = await store.collection(customer.collection);
  const customerOrders = await store.collection(customerOrder.collection);
  const loaders = (): ForecastLoaders => ({
    forecasts: documentLoader(forecasts),
    forecastPages: pageLoader(forecasts),
    customers: documentLoader(customers),
    customerPages: pageLoader(customers),
    customerOrders: documentLoader(customerOrders),
    customerOrderPages: pageLoader(customerOrders),
  });
  return {
    createContext: () => {
      const context = {
        intake,
        log,
        clock,
        sources,
        ...loaders(),
        renew: () => void Object.assign(context, loaders()),
      };
      return context;
    },
  };
}

/** All series of an item at a location: one store read for all that are asked for together. */
export function seriesOf(context: ForecastContext, sku: string, location: string): Promise<Governed<Forecast>[]> {
  return everything(context.forecastPages, { orderBy: ['sku', 'location'] }, { sku, location });
}

/** Customer orders of an item at a location, of certain statuses: one store read for all that are asked for together. */
export function ordersOf(
  context: ForecastContext,
  { sku, location, statuses }: { sku: string; location: string; statuses: readonly string[] },
): Promise<Governed<CustomerOrderRecord>[]> {
  const query = { where: { status: { in: statuses } }, orderBy: ['dueAt'] } as const;
  return everything(context.customerOrderPages, query, { sku, location });
}

const PAGE_SIZE = 1000;

/** Every document that matches; a further read for each {@link PAGE_SIZE} of one key. */
async function everything<T extends object>(
  loader: PageLoader<T>,
  query: Omit<Parameters<PageLoader<T>['page']>[0], 'first' | 'after'>,
  key: Conditions<T>,
): Promise<T[]> {
  const documents: T[] = [];
  let page = await loader.page({ ...query, first: PAGE_SIZE }, key);
  documents.push(...page.entries.map(({ document }) => document));
  for (let last = page.entries.at(-1); page.hasNextPage && last; last = page.entries.at(-1)) {
    page = await loader.page({ ...query, first: PAGE_SIZE, after: last.key }, key);
    documents.push(...page.entries.map(({ document }) => document));
  }
  return documents;
}
