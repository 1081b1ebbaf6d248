import type { Stored } from '@takt/document-store';
import type { Governed } from '@takt/intake';
import {
  connectionPage,
  filterConditions,
  OrderDirection,
  PageArgs,
  provenanceOf,
  type Connection,
  FILTER,
  ORDER_BY,
} from '@takt/subgraph-server';
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { CustomerOrderRecord } from './customer-order.ts';
import type { CustomerRecord } from './customer.ts';
import {
  Customer,
  CustomerConnection,
  CustomerFilter,
  CustomerOrder,
  CustomerOrderConnection,
  CustomerOrderFilter,
  CustomerOrderSort,
  CustomerSort,
  DemandFilter,
} from './demand-schema.ts';
import type { ForecastContext } from './store.ts';

@Resolver(() => Customer)
export class CustomerResolver {
  @Query(() => Customer, {
    nullable: true,
    description: 'One customer, or one segment, by its id; null if no source has reported it.',
  })
  async customer(
    @Arg('id', () => ID, { description: 'Id of the customer or segment, as its source writes it.' }) id: string,
    @Ctx() context: ForecastContext,
  ) {
    const stored = await context.customers.load(id);
    return stored ? toCustomer(stored, context) : null;
  }

  @Query(() => CustomerConnection, { description: 'Those who buy, and their segments.' })
  async customers(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => CustomerFilter, { nullable: true, description: FILTER }) filter: CustomerFilter | null,
    @Arg('orderBy', () => CustomerSort, { nullable: true, description: ORDER_BY }) orderBy: CustomerSort | null,
    @Ctx() context: ForecastContext,
  ): Promise<Connection<Customer>> {
    return connectionPage(context.customerPages, {
      page,
      where: filterConditions({ parent: filter?.parent }),
      orderBy: orderBy?.field === 'NAME' ? ['name', 'id'] : ['id'],
      descending: orderBy?.direction === OrderDirection.DESC,
      node: (entry) => toCustomer(entry, context),
    });
  }

  @FieldResolver(() => CustomerOrderConnection, { description: 'What it has ordered, by due date.' })
  async orders(
    @Root() { id }: Customer,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => DemandFilter, { nullable: true, description: FILTER }) filter: DemandFilter | null,
    @Ctx() context: ForecastContext,
  ): Promise<Connection<CustomerOrder>> {
    return connectionPage(context.customerOrderPages, {
      page,
      where: demandConditions(filter),
      key: { customer: id },
      orderBy: ['dueAt'],
      node: (entry) => toCustomerOrder(entry, context),
    });
  }
}

@Resolver(() => CustomerOrder)
export class CustomerOrderResolver {
  @Query(() => CustomerOrder, { nullable: true, description: 'One order line of a customer by its id.' })
  async customerOrder(
    @Arg('id', () => ID, { description: 'Id of the order line, as its source writes it.' }) id: string,
    @Ctx() context: ForecastContext,
  ) {
    const stored = await context.customerOrders.load(id);
    return stored ? toCustomerOrder(stored, context) : null;
  }

  @Query(() => CustomerOrderConnection, { description: 'What customers have ordered.' })
  async customerOrders(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => CustomerOrderFilter, { nullable: true, description: FILTER })
    filter: CustomerOrderFilter | null,
    @Arg('orderBy', () => CustomerOrderSort, { nullable: true, description: ORDER_BY })
    orderBy: CustomerOrderSort | null,
    @Ctx() context: ForecastContext,
  ): Promise<Connection<CustomerOrder>> {
    const { sku, location, customer } = filter ?? {};
    return connectionPage(context.customerOrderPages, {
      page,
      where: { ...filterConditions({ sku, location, customer }), ...demandConditions(filter) },
      orderBy: orderBy?.field === 'ID' ? ['id'] : ['dueAt', 'id'],
      descending: orderBy?.direction === OrderDirection.DESC,
      node: (entry) => toCustomerOrder(entry, context),
    });
  }
}

export const demandReferences = {
  Customer: ({ id }: { id: string }, context: ForecastContext) => loadCustomer(id, context),
  CustomerOrder: async ({ id }: { id: string }, context: ForecastContext) => {
    const stored = await context.customerOrders.load(id);
    return stored ? toCustomerOrder(stored, context) : null;
  },
};

export function demandConditions(filter: DemandFilter | null) {
  const { status, dueFrom, dueTo } = filter ?? {};
  const range = { ...(dueFrom != null && { from: dueFrom }), ...(dueTo != null && { to: dueTo }) };
  return {
    ...filterConditions<CustomerOrderRecord>({ status }),
    ...((dueFrom != null || dueTo != null) && { dueAt: range }),
  };
}

/** Orders and forecasts may name a customer before its record comes. */
export async function loadCustomer(id: string, context: ForecastContext): Promise<Customer> {
  const stored = await context.customers.load(id);
  if (stored) return toCustomer(stored, context);
  return { id, name: null, priority: null, parent: () => null, provenance: null, revision: 0 };
}

export function toCustomerOrder(
  { document }: Stored<Governed<CustomerOrderRecord>>,
  context: ForecastContext,
): CustomerOrder {
  const { sku, customer } = document;
  const location = { code: document.location };
  return {
    ...document,
    product: { sku },
    location,
    itemLocation: { sku, location },
    customer: () => loadCustomer(customer, context),
    provenance: provenanceOf(document.provenance, context),
  };
}

function toCustomer({ document }: Stored<Governed<CustomerRecord>>, context: ForecastContext): Customer {
  const { id, name, parent, priority, revision, provenance } = document;
  return {
    id,
    name,
    priority: priority ?? null,
    parent: () => (parent === undefined ? null : loadCustomer(parent, context)),
    provenance: provenanceOf(provenance, context),
    revision,
  };
}
