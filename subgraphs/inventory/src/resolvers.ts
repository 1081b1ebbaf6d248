import type { Stored } from '@takt/document-store';
import type { Governed } from '@takt/intake';
import {
  CommandArgs,
  connectionPage,
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
import {
  available,
  inventoryPositionId,
  onHand,
  plannable,
  stockOf,
  type InventoryPosition as PositionState,
} from './inventory-position.ts';
import { inventoryChanges, type InventoryChangesAsked } from './live.ts';
import {
  AllocateStockInput,
  InventoryAccepted,
  InventoryChanged,
  InventoryFilter,
  InventorySort,
  InventoryPosition,
  InventoryPositionConnection,
  InventoryResult,
  ItemLocation,
  PostStockMovementInput,
  TransferOrder,
  TransferOrderConnection,
  TransferOrderFilter,
} from './schema.ts';
import type { InventoryChange } from './messages.ts';
import type { InventoryContext } from './store.ts';
import type { TransferOrderRecord } from './transfer-order.ts';

@Resolver(() => InventoryPosition)
export class InventoryPositionResolver {
  @Query(() => InventoryPosition, { nullable: true, description: 'One inventory position by its id.' })
  async inventoryPosition(
    @Arg('id', () => ID, { description: 'Id of the position, e.g. from `inventoryPositions`.' }) id: string,
    @Ctx() context: InventoryContext,
  ) {
    return loadPosition(id, context);
  }

  @Query(() => InventoryPositionConnection, { description: 'Stock by item and location.' })
  async inventoryPositions(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => InventoryFilter, { nullable: true, description: FILTER }) filter: InventoryFilter | null,
    @Arg('orderBy', () => InventorySort, { nullable: true, description: ORDER_BY }) orderBy: InventorySort | null,
    @Ctx() context: InventoryContext,
  ): Promise<Connection<InventoryPosition>> {
    return connectionPage(context.positionPages, {
      page,
      where: filterConditions({
        location: filter?.location,
        sku: filter?.sku,
        belowSafetyStock: filter?.belowSafetyStock,
      }),
      orderBy: orderBy?.field === 'SKU' ? ['sku', 'location'] : ['location', 'sku'],
      descending: orderBy?.direction === OrderDirection.DESC,
      node: (entry) => toPosition(entry, context),
    });
  }

  @Directive(COMMAND)
  @Mutation(() => InventoryResult, { description: 'Posts one line of a goods movement document.' })
  async postStockMovement(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => PostStockMovementInput, { description: COMMAND_INPUT }) input: PostStockMovementInput,
    @Ctx() context: InventoryContext,
  ) {
    return runCommand(context, { type: 'StockMoved', data: input, args }, (id) => accepted(id, context));
  }

  @Directive(COMMAND)
  @Mutation(() => InventoryResult, { description: 'Promises unrestricted stock.' })
  async allocateStock(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => AllocateStockInput, { description: COMMAND_INPUT }) input: AllocateStockInput,
    @Ctx() context: InventoryContext,
  ) {
    return runCommand(context, { type: 'AllocateStock', data: input, args }, (id) => accepted(id, context));
  }
}

@Resolver(() => ItemLocation)
export class ItemLocationResolver {
  @FieldResolver(() => InventoryPosition, { nullable: true, description: 'Its stock; null if no system keeps any.' })
  async inventory(@Root() { sku, location }: ItemLocation, @Ctx() context: InventoryContext) {
    return loadPosition(inventoryPositionId(sku, location.code), context);
  }
}

@Resolver(() => TransferOrder)
export class TransferOrderResolver {
  @Query(() => TransferOrder, { nullable: true, description: 'One transfer order by its id.' })
  async transferOrder(
    @Arg('id', () => ID, { description: 'Id of the transfer order, as its source writes it.' }) id: string,
    @Ctx() context: InventoryContext,
  ) {
    return loadTransferOrder(id, context);
  }

  @Query(() => TransferOrderConnection, { description: 'Stock on its way, or to be, between locations.' })
  async transferOrders(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => TransferOrderFilter, { nullable: true, description: FILTER })
    filter: TransferOrderFilter | null,
    @Ctx() context: InventoryContext,
  ): Promise<Connection<TransferOrder>> {
    return connectionPage(context.transferOrderPages, {
      page,
      where: filterConditions({
        origin: filter?.origin,
        destination: filter?.destination,
        sku: filter?.sku,
        state: filter?.state,
      }),
      orderBy: ['id'],
      node: (entry) => toTransferOrder(entry, context),
    });
  }
}

@Resolver(() => InventoryChanged)
export class InventoryChangedResolver {
  @Subscription(() => InventoryChanged, {
    description:
      'Every change of stock, of one plant or one item if so asked; with `after`, all that came since first.',
    subscribe: ({ args, context }: { args: InventoryChangesAsked; context: InventoryContext }) =>
      inventoryChanges(context.log, args),
  })
  async inventoryChanged(
    @Root() news: LiveChange & { id: string; change: InventoryChange },
    @Arg('plant', () => String, { nullable: true, description: PLANT }) _plant: string | null,
    @Arg('sku', () => String, { nullable: true, description: 'Only changes of this item. Unless given, of all.' })
    _sku: string | null,
    @Arg('after', () => String, { nullable: true, description: AFTER_CURSOR }) _after: string | null,
    @Ctx() context: InventoryContext,
  ) {
    const { id, change, ...live } = news;
    const { before, after, movement } = change;
    return {
      ...live,
      inventoryPosition: await loadPosition(id, context),
      onHandBefore: before.onHand,
      onHandAfter: after.onHand,
      movement,
    };
  }
}

export const references = {
  InventoryPosition: ({ id }: { id: string }, context: InventoryContext) => loadPosition(id, context),
  TransferOrder: ({ id }: { id: string }, context: InventoryContext) => loadTransferOrder(id, context),
};

async function accepted(id: string, context: InventoryContext): Promise<InventoryAccepted> {
  context.positions.clear(id);
  const position = await loadPosition(id, context);
  if (!position) throw new Error(`Inventory position ${id} was accepted but is not there.`);
  return Object.assign(new InventoryAccepted(), { inventoryPosition: position });
}

async function loadPosition(id: string, context: InventoryContext): Promise<InventoryPosition | null> {
  const stored = await context.positions.load(id);
  return stored ? toPosition(stored, context) : null;
}

async function loadTransferOrder(id: string, context: InventoryContext): Promise<TransferOrder | null> {
  const stored = await context.transferOrders.load(id);
  return stored ? toTransferOrder(stored, context) : null;
}

function toPosition({ id, document }: Stored<Governed<PositionState>>, context: InventoryContext): InventoryPosition {
  const provenance = provenanceOf(document.provenance, context);
  const location = { code: document.location };
  return {
    ...document,
    id,
    product: { sku: document.sku },
    location,
    itemLocation: { sku: document.sku, location },
    onHand: () => onHand(document),
    available: () => available(document),
    plannable: () => plannable(document),
    onQualityInspection: () => stockOf(document, 'QUALITY_INSPECTION'),
    blocked: () => stockOf(document, 'BLOCKED'),
    inTransit: () => stockOf(document, 'IN_TRANSIT'),
    asOf: provenance.asOf,
    freshness: provenance.freshness,
    staleSince: provenance.staleSince,
    provenance,
  };
}

function toTransferOrder(
  { document }: Stored<Governed<TransferOrderRecord>>,
  context: InventoryContext,
): TransferOrder {
  return {
    ...document,
    product: { sku: document.sku },
    origin: { code: document.origin },
    destination: { code: document.destination },
    provenance: provenanceOf(document.provenance, context),
  };
}
