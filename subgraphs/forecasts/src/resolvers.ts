import type { Stored } from '@takt/document-store';
import type { Governed } from '@takt/intake';
import { bucketEnd } from '@takt/planning-time';
import {
  CommandArgs,
  connectionPage,
  DateScalar,
  fault,
  filterConditions,
  OrderDirection,
  PageArgs,
  provenanceOf,
  runCommand,
  type Connection,
  type LiveChange,
  AFTER_CURSOR,
  COMMAND_INPUT,
  FILTER,
  ORDER_BY,
  PLANT,
  COMMAND,
} from '@takt/subgraph-server';
import {
  Directive,
  Arg,
  Args,
  Ctx,
  FieldResolver,
  ID,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { demandConditions, demandReferences, loadCustomer, toCustomerOrder } from './demand-resolvers.ts';
import { CustomerOrder, CustomerOrderConnection, DemandFilter, ItemLocation } from './demand-schema.ts';
import { effective, isPlanned, type Forecast as ForecastState } from './forecast.ts';
import { forecastNews, type ForecastNews, type ForecastNewsAsked } from './live.ts';
import {
  Forecast,
  ForecastAccepted,
  ForecastBucket,
  ForecastConnection,
  ForecastFilter,
  ForecastSort,
  ForecastResult,
  ForecastRevised,
  ForecastSeriesBucket,
  OverrideForecastInput,
  TimePhasedArgs,
  WithdrawForecastInput,
} from './schema.ts';
import { ordersOf, seriesOf, type ForecastContext } from './store.ts';
import { CONSUMING_STATUSES, timePhased } from './time-phased-forecast.ts';

type StoredForecast = Forecast & { readonly state: ForecastState };

@Resolver(() => Forecast)
export class ForecastResolver {
  @Query(() => Forecast, { nullable: true, description: 'One forecast series by its id.' })
  async forecast(
    @Arg('id', () => ID, { description: 'Id of the series, as its source writes it.' }) id: string,
    @Ctx() context: ForecastContext,
  ) {
    return loadForecast(id, context);
  }

  @Query(() => ForecastConnection, { description: 'Forecast series.' })
  async forecasts(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ForecastFilter, { nullable: true, description: FILTER }) filter: ForecastFilter | null,
    @Arg('orderBy', () => ForecastSort, { nullable: true, description: ORDER_BY }) orderBy: ForecastSort | null,
    @Ctx() context: ForecastContext,
  ): Promise<Connection<Forecast>> {
    return connectionPage(context.forecastPages, {
      page,
      where: filterConditions({
        sku: filter?.sku,
        location: filter?.location,
        customer: filter?.customer,
        status: filter?.status,
      }),
      orderBy: FORECAST_ORDERS[orderBy?.field ?? 'SKU'],
      descending: orderBy?.direction === OrderDirection.DESC,
      node: (entry) => toForecast(entry, context),
    });
  }

  @FieldResolver(() => [ForecastSeriesBucket], {
    description: 'In order of time; those that share a day with [from, to) if so asked.',
  })
  buckets(
    @Root() { state }: StoredForecast,
    @Arg('from', () => DateScalar, { nullable: true, description: 'Only buckets that start on this day or later.' })
    from: string | null,
    @Arg('to', () => DateScalar, { nullable: true, description: 'Only buckets that start before this day.' })
    to: string | null,
  ): ForecastSeriesBucket[] {
    const { unit, granularity } = state;
    return state.buckets
      .filter(({ start }) => (from == null || bucketEnd(start, granularity) > from) && (to == null || start < to))
      .map((bucket) => ({
        bucketStart: bucket.start,
        quantity: { value: effective(bucket), unit },
        baseline: { value: bucket.baseline, unit },
        override: inUnit(bucket.override, unit),
        prior: inUnit(bucket.prior, unit),
        version: bucket.version,
      }));
  }

  @Directive(COMMAND)
  @Mutation(() => ForecastResult, { description: 'Sets what is planned for in some buckets, whatever statistics say.' })
  async overrideForecast(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => OverrideForecastInput, { description: COMMAND_INPUT }) input: OverrideForecastInput,
    @Ctx() context: ForecastContext,
  ) {
    return runCommand(context, { type: 'OverrideForecast', data: input, args }, (id) => accepted(id, context));
  }

  @Directive(COMMAND)
  @Mutation(() => ForecastResult, { description: 'Takes a series out of planning until a newer version is published.' })
  async withdrawForecast(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => WithdrawForecastInput, { description: COMMAND_INPUT }) input: WithdrawForecastInput,
    @Ctx() context: ForecastContext,
  ) {
    return runCommand(context, { type: 'WithdrawForecast', data: input, args }, (id) => accepted(id, context));
  }
}

@Resolver(() => ItemLocation)
export class ItemLocationResolver {
  @FieldResolver(() => [ForecastBucket], {
    description:
      'What is expected of all customers, by bucket; empty if nothing is. Quantities are spread over Mondays to Fridays.',
  })
  async forecast(
    @Root() { sku, location }: ItemLocation,
    @Args(() => TimePhasedArgs) args: TimePhasedArgs,
    @Ctx() context: ForecastContext,
  ): Promise<ForecastBucket[]> {
    const { from, to, granularity, measure } = args;
    for (const day of [from, to]) checkDay(day);
    const question = {
      from,
      to,
      granularity,
      measure,
      backwardDays: checkedDays(args.backwardConsumptionDays),
      forwardDays: checkedDays(args.forwardConsumptionDays),
    };
    const nets = measure === 'CONSUMED' || measure === 'NET';
    const [series, orders] = await Promise.all([
      seriesOf(context, sku, location.code),
      nets ? ordersOf(context, { sku, location: location.code, statuses: CONSUMING_STATUSES }) : [],
    ]);
    return timePhased(series, orders, question);
  }

  @FieldResolver(() => ForecastConnection, { description: 'Its forecast series, by customer.' })
  async forecasts(
    @Root() { sku, location }: ItemLocation,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: ForecastContext,
  ): Promise<Connection<Forecast>> {
    return connectionPage(context.forecastPages, {
      page,
      key: { sku, location: location.code },
      orderBy: ['sku', 'location'],
      node: (entry) => toForecast(entry, context),
    });
  }

  @FieldResolver(() => CustomerOrderConnection, { description: 'What customers have ordered of it, by due date.' })
  async customerOrders(
    @Root() { sku, location }: ItemLocation,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => DemandFilter, { nullable: true, description: FILTER }) filter: DemandFilter | null,
    @Ctx() context: ForecastContext,
  ): Promise<Connection<CustomerOrder>> {
    return connectionPage(context.customerOrderPages, {
      page,
      where: demandConditions(filter),
      key: { sku, location: location.code },
      orderBy: ['dueAt'],
      node: (entry) => toCustomerOrder(entry, context),
    });
  }
}

@Resolver(() => ForecastRevised)
export class ForecastRevisedResolver {
  @Subscription(() => ForecastRevised, {
    description:
      'Every change of a forecast, of one plant or one item if so asked; with `after`, all that came since first.',
    subscribe: ({ args, context }: { args: ForecastNewsAsked; context: ForecastContext }) =>
      forecastNews(context.log, args),
  })
  async forecastRevised(
    @Root() { change, withdrawn, ...live }: LiveChange & ForecastNews,
    @Arg('plant', () => String, { nullable: true, description: PLANT }) _plant: string | null,
    @Arg('sku', () => String, { nullable: true, description: 'Only changes of this item. Unless given, of all.' })
    _sku: string | null,
    @Arg('after', () => String, { nullable: true, description: AFTER_CURSOR }) _after: string | null,
    @Ctx() context: ForecastContext,
  ) {
    context.renew();
    return {
      ...live,
      forecast: await loadForecast(change.id, context),
      version: change.version,
      priorVersion: 'priorVersion' in change ? change.priorVersion : withdrawn ? change.version : null,
      withdrawn,
      reason: change.reason,
      buckets: change.buckets.map(({ start, prior, quantity }) => ({
        bucketStart: start,
        prior: inUnit(prior, change.unit),
        quantity: inUnit(quantity, change.unit),
      })),
    };
  }
}

export const references = {
  Forecast: ({ id }: { id: string }, context: ForecastContext) => loadForecast(id, context),
  ...demandReferences,
};

const FORECAST_ORDERS = {
  SKU: ['sku', 'location'],
  LOCATION: ['location', 'sku'],
  PUBLISHED_AT: ['publishedAt', 'sku'],
} as const;

const MOST_CONSUMPTION_DAYS = 366;

function checkedDays(days: number): number {
  if (days >= 0 && days <= MOST_CONSUMPTION_DAYS) return days;
  throw fault('BAD_USER_INPUT', `Consumption days must be from 0 to ${MOST_CONSUMPTION_DAYS}, got ${days}.`);
}

/** The years for which forecasts are kept, with room for a bucket more on both sides. */
function checkDay(day: string): void {
  if (day >= '1900-02-01' && day < '3000-01-01') return;
  throw fault('BAD_USER_INPUT', `from and to must lie between 1900-02-01 and 2999-12-31, got ${day}.`);
}

async function accepted(id: string, context: ForecastContext): Promise<ForecastAccepted> {
  context.renew();
  const forecast = await loadForecast(id, context);
  if (!forecast) throw new Error(`Forecast ${id} was accepted but is not there.`);
  return Object.assign(new ForecastAccepted(), { forecast });
}

async function loadForecast(id: string, context: ForecastContext): Promise<Forecast | null> {
  const stored = await context.forecasts.load(id);
  return stored ? toForecast(stored, context) : null;
}

function toForecast({ id, document }: Stored<Governed<ForecastState>>, context: ForecastContext): StoredForecast {
  const { sku, customer } = document;
  const location = { code: document.location };
  return {
    ...document,
    id,
    state: document,
    product: { sku },
    location,
    itemLocation: { sku, location },
    customer: () => (customer === undefined ? null : loadCustomer(customer, context)),
    planned: isPlanned(document),
    provenance: provenanceOf(document.provenance, context),
  };
}

function inUnit(value: string | null | undefined, unit: string) {
  return value == null ? null : { value, unit };
}
