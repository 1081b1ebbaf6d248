import {
  connectionPage,
  fault,
  filterConditions,
  MAX_PAGE_SIZE,
  OrderDirection,
  PageArgs,
  Provenance,
  type Connection,
  FILTER,
  ORDER_BY,
} from '@takt/subgraph-server';
import type { Conditions } from '@takt/document-store';
import type { Governed } from '@takt/intake';
import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { ProductionOrder as OrderState } from '../order.ts';
import {
  CompletionConfirmation,
  MaterialSubstitution,
  QualityHold,
  ScheduleRevision,
  WriteBack,
} from '../schema/history.ts';
import { ProductionOrderFilter, ProductionOrderSort, ProductionOrderStatusFilter } from '../schema/inputs.ts';
import { ProductionOrder, ProductionOrderConnection } from '../schema/production-order.ts';
import type { ProductionOrdersContext } from '../store.ts';
import {
  toCompletionConfirmation,
  toMaterialSubstitution,
  toProductionOrder,
  toProvenance,
  toQualityHold,
  toScheduleRevision,
  toWriteBack,
  type PresentedOrder,
} from './presentation.ts';

@Resolver(() => ProductionOrder)
export class ProductionOrderResolver {
  @Query(() => ProductionOrder, { nullable: true, description: 'One production order by its id.' })
  async productionOrder(
    @Arg('id', () => ID, { description: 'Id of the order, as the system that owns it writes it.' }) id: string,
    @Ctx() context: ProductionOrdersContext,
  ) {
    return loadProductionOrder(id, context);
  }

  @Query(() => ProductionOrderConnection, {
    description: 'Production orders, by scheduled start unless said otherwise.',
  })
  async productionOrders(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ProductionOrderFilter, { nullable: true, description: FILTER })
    filter: ProductionOrderFilter | null,
    @Arg('orderBy', () => ProductionOrderSort, { nullable: true, description: ORDER_BY })
    orderBy: ProductionOrderSort | null,
    @Ctx() context: ProductionOrdersContext,
  ): Promise<Connection<PresentedOrder>> {
    const where = filterConditions<Governed<OrderState>>({
      location: filter?.location,
      sku: filter?.sku,
      workCenters: filter?.workCenter,
    });
    return ordersPage(context, page, { ...where, ...statusConditions(filter) }, orderBy);
  }

  @FieldResolver(() => Provenance)
  async provenance(@Root() { history }: PresentedOrder, @Ctx() context: ProductionOrdersContext): Promise<Provenance> {
    return toProvenance(history, await context.healths(), context);
  }

  @FieldResolver(() => [ScheduleRevision], { description: 'Newest first.' })
  scheduleRevisions(
    @Root() { history }: PresentedOrder,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many of the latest, newest first.' }) first: number,
  ) {
    return newest(history.scheduleRevisions, first).map(toScheduleRevision);
  }

  @FieldResolver(() => [MaterialSubstitution], { description: 'Newest first.' })
  substitutions(
    @Root() { history }: PresentedOrder,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many of the latest, newest first.' }) first: number,
  ) {
    return newest(history.substitutions, first).map(toMaterialSubstitution);
  }

  @FieldResolver(() => [QualityHold], { description: 'Newest first.' })
  qualityHolds(
    @Root() { history }: PresentedOrder,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many of the latest, newest first.' }) first: number,
  ) {
    return newest(history.qualityHolds, first).map(toQualityHold);
  }

  @FieldResolver(() => [CompletionConfirmation], { description: 'Newest first, those that were reversed included.' })
  confirmations(
    @Root() { history }: PresentedOrder,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many of the latest, newest first.' }) first: number,
  ) {
    return newest(history.confirmations, first).map(toCompletionConfirmation);
  }

  @FieldResolver(() => [WriteBack], { description: 'Newest first.' })
  writeBacks(
    @Root() { history }: PresentedOrder,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many of the latest, newest first.' }) first: number,
  ) {
    return newest(history.writeBacks ?? [], first).map(toWriteBack);
  }
}

export async function loadProductionOrder(
  id: string,
  context: ProductionOrdersContext,
): Promise<PresentedOrder | null> {
  const stored = await context.orders.load(id);
  return stored ? toProductionOrder(stored) : null;
}

/** A page of orders; `key` is what differs from row to row. */
export function ordersPage(
  { orderPages }: ProductionOrdersContext,
  page: PageArgs,
  where: Conditions<Governed<OrderState>>,
  orderBy: ProductionOrderSort | null,
  key: Conditions<Governed<OrderState>> = {},
): Promise<Connection<PresentedOrder>> {
  return connectionPage(orderPages, {
    page,
    where,
    key,
    orderBy: orderBy?.field === 'SCHEDULED_END' ? ['scheduledEnd'] : ['scheduledStart'],
    descending: orderBy?.direction === OrderDirection.DESC,
    node: toProductionOrder,
  });
}

export function statusConditions(filter: ProductionOrderStatusFilter | null): Conditions<Governed<OrderState>> {
  const from = filter?.scheduledStart?.from;
  const to = filter?.scheduledStart?.to;
  return {
    ...filterConditions({
      state: filter?.state,
      onHold: filter?.onHold,
      materialShortage: filter?.materialShortage,
    }),
    ...((from != null || to != null) && {
      scheduledStart: { ...(from != null && { from }), ...(to != null && { to }) },
    }),
  };
}

function newest<T>(oldestFirst: readonly T[], first: number): T[] {
  if (first < 0 || first > MAX_PAGE_SIZE)
    throw fault('BAD_USER_INPUT', `first must be from 0 to ${MAX_PAGE_SIZE}, got ${first}.`);
  return first === 0 ? [] : oldestFirst.slice(-first).reverse();
}
