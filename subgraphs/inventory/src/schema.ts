import {
  connectionOf,
  DateTimeScalar,
  enumOf,
  Freshness,
  LiveChange,
  OrderDirection,
  Provenance,
  Quantity,
  QuantityInput,
  CommandRefused,
  RevisionConflict,
  FILTER,
  PROVENANCE,
  REVISION,
  SKU,
} from '@takt/subgraph-server';
import { createUnionType, Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { MOVEMENT_TYPES, STOCK_STATUSES } from './messages.ts';
import { TRANSFER_ORDER_STATES } from './transfer-order.ts';

export const StockStatus = enumOf('StockStatus', STOCK_STATUSES, 'What stock may be used for.', {
  QUALITY_INSPECTION: 'Counts for planning, cannot be issued.',
  BLOCKED: 'Counts for nothing.',
  CONSIGNMENT: 'Lies here, belongs to the supplier.',
  UNRESTRICTED: 'May be used for anything.',
  RESTRICTED: 'May be used only for what it was set aside for.',
  IN_TRANSFER: 'Between two places of the location.',
  IN_TRANSIT: 'On the road to the location.',
  RETURNS: 'Came back from a customer, and is yet to be judged.',
  SUBCONTRACT: 'Ours, but lies with a subcontractor.',
});
export const MovementType = enumOf('MovementType', MOVEMENT_TYPES, 'Kind of goods movement.', {
  RECEIPT: 'Goods came in.',
  ISSUE: 'Goods went out, or into production.',
  TRANSFER: 'From one status or lot of a position to another.',
  SCRAP: 'Goods were thrown away.',
  ADJUSTMENT: 'A count found another quantity.',
  REVERSAL: 'Takes an earlier movement back.',
});
export const TransferOrderState = enumOf('TransferOrderState', TRANSFER_ORDER_STATES, 'How far a transfer is.', {
  PROPOSED: 'Suggested by planning.',
  FIRMED: 'To be carried out: planning no longer changes it by itself.',
  SHIPPED: 'On the road.',
  RECEIVED: 'Arrived.',
  CANCELLED: 'Not carried out.',
});
export const InventorySortField = enumOf(
  'InventorySortField',
  ['LOCATION', 'SKU'],
  'What inventory positions can be sorted by.',
);

@Directive('@key(fields: "sku")')
@ObjectType({ simpleResolvers: true })
export class Product {
  @Field(() => String)
  sku!: string;
}

@Directive('@key(fields: "code")')
@ObjectType({ simpleResolvers: true })
export class Location {
  @Field(() => String)
  code!: string;
}

@ObjectType({ simpleResolvers: true, description: 'So much of one lot in one status.' })
export class StockLine {
  @Field(() => String, { nullable: true, description: 'Number of the lot; null where stock is not kept by lot.' })
  lot?: string;

  @Field(() => StockStatus)
  status!: keyof typeof StockStatus;

  @Field(() => Quantity)
  quantity!: Quantity;
}

@ObjectType({ simpleResolvers: true, description: 'One line of a goods movement document, seen from one position.' })
export class StockMovement {
  @Field(() => String, { description: 'Number of the goods movement document, as its source writes it.' })
  document!: string;

  @Field(() => Int, { description: 'Line of the document.' })
  line!: number;

  @Field(() => MovementType)
  type!: keyof typeof MovementType;

  @Field(() => String, {
    nullable: true,
    description: 'Number of the lot that moved; null where stock is not kept by lot.',
  })
  lot?: string;

  @Field(() => StockStatus, { description: 'What it was, or became, as stock.' })
  status!: keyof typeof StockStatus;

  @Field(() => StockStatus, { nullable: true, description: 'Of a TRANSFER: the status that it went to.' })
  toStatus?: keyof typeof StockStatus;

  @Field(() => String, { nullable: true, description: 'Of a TRANSFER: the lot that it went to.' })
  toLot?: string;

  @Field(() => Quantity, { description: 'How much moved; negative only of an ADJUSTMENT.' })
  quantity!: Quantity;

  @Field(() => String, {
    nullable: true,
    description: 'Production order, transfer order or supplier commitment behind it.',
  })
  reference?: string;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'The stock of an item at a location.' })
export class InventoryPosition {
  @Field(() => ID)
  id!: string;

  @Field(() => Product)
  product!: Product;

  @Field(() => Location)
  location!: Location;

  @Field(() => ItemLocation, { description: 'The planning unit that it belongs to: its item at its location.' })
  itemLocation!: ItemLocation;

  @Field(() => Quantity, { description: 'All that lies here and is ours, in whatever status.' })
  onHand!: () => Quantity;

  @Field(() => Quantity, {
    description: 'Unrestricted and not promised; negative when more is promised than there is.',
  })
  available!: () => Quantity;

  @Field(() => Quantity, { description: 'What planning may count on: unrestricted, in inspection and in transfer.' })
  plannable!: () => Quantity;

  @Field(() => Quantity, { description: 'Waits for quality: counts for planning, cannot be issued.' })
  onQualityInspection!: () => Quantity;

  @Field(() => Quantity, { description: 'Counts for nothing.' })
  blocked!: () => Quantity;

  @Field(() => Quantity, { description: 'On the road to here.' })
  inTransit!: () => Quantity;

  @Field(() => Quantity, { description: 'Promised out of the unrestricted stock.' })
  allocated!: Quantity;

  @Field(() => Quantity, { nullable: true, description: 'As the stock’s own source says it; null if it says nothing.' })
  safetyStock?: Quantity;

  @Field(() => Quantity, { nullable: true, description: 'As the stock’s own source says it; null if it says nothing.' })
  reorderPoint?: Quantity;

  @Field(() => Boolean, { description: 'Plannable stock is less than the safety stock.' })
  belowSafetyStock!: boolean;

  @Field(() => [StockLine], { description: 'By lot and status.' })
  stock!: readonly StockLine[];

  @Field(() => [StockMovement], { description: 'The latest movements, newest first.' })
  movements!: readonly StockMovement[];

  @Field(() => DateTimeScalar, { description: 'When the source last confirmed it.' })
  asOf!: string;

  @Field(() => Freshness, { description: 'Whether the source has confirmed it recently enough.' })
  freshness!: keyof typeof Freshness;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null while it is fresh.' })
  staleSince!: string | null;

  @Field(() => Provenance, { description: PROVENANCE })
  provenance!: Provenance;

  @Field(() => Int, { description: REVISION })
  revision!: number;
}

@Directive('@key(fields: "sku location { code }")')
@ObjectType({ simpleResolvers: true })
export class ItemLocation {
  @Field(() => String)
  sku!: string;

  @Field(() => Location)
  location!: Location;
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: 'Stock that is to move from one location to another.' })
export class TransferOrder {
  @Field(() => ID, { description: 'As its source writes it.' })
  id!: string;

  @Field(() => Product)
  product!: Product;

  @Field(() => Location, { description: 'Where it leaves.' })
  origin!: Location;

  @Field(() => Location, { description: 'Where it arrives.' })
  destination!: Location;

  @Field(() => Quantity)
  quantity!: Quantity;

  @Field(() => DateTimeScalar, { description: 'When it leaves, or left.' })
  shipAt!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it arrives, or arrived; null if its source says nothing.',
  })
  receiveAt?: string;

  @Field(() => TransferOrderState)
  state!: keyof typeof TransferOrderState;

  @Field(() => Provenance, { description: PROVENANCE })
  provenance!: Provenance;

  @Field(() => Int, { description: REVISION })
  revision!: number;
}

export const InventoryPositionConnection = connectionOf(InventoryPosition);
export const TransferOrderConnection = connectionOf(TransferOrder);

@InputType({ description: FILTER })
export class InventoryFilter {
  @Field(() => [String], { nullable: true })
  location?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
  sku?: string[] | null;

  @Field(() => Boolean, { nullable: true })
  belowSafetyStock?: boolean | null;
}

@InputType({ description: 'What inventory positions are sorted by, and which way.' })
export class InventorySort {
  @Field(() => InventorySortField)
  field!: keyof typeof InventorySortField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC })
  direction!: keyof typeof OrderDirection;
}

@InputType({ description: FILTER })
export class TransferOrderFilter {
  @Field(() => [String], { nullable: true })
  origin?: string[] | null;

  @Field(() => [String], { nullable: true })
  destination?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
  sku?: string[] | null;

  @Field(() => [TransferOrderState], { nullable: true })
  state?: (keyof typeof TransferOrderState)[] | null;
}

@InputType({ description: 'Names an earlier movement.' })
export class MovementReference {
  @Field(() => String, { description: 'Number of its document.' })
  document!: string;

  @Field(() => Int, { description: 'Line of the document.' })
  line!: number;
}

@InputType({
  description: 'One line of a goods movement document. A TRANSFER moves between statuses or lots of one position.',
})
export class PostStockMovementInput {
  @Field(() => String, { description: 'Number of the document: a line of it posted twice counts once.' })
  document!: string;

  @Field(() => Int, { description: 'Line of the document.' })
  line!: number;

  @Field(() => MovementType)
  type!: keyof typeof MovementType;

  @Field(() => String, { description: SKU })
  sku!: string;

  @Field(() => String)
  location!: string;

  @Field(() => String, { nullable: true, description: 'Number of the lot; null where stock is not kept by lot.' })
  lot?: string | null;

  @Field(() => StockStatus, {
    defaultValue: StockStatus.UNRESTRICTED,
    description: 'What it is, or becomes, as stock.',
  })
  status!: keyof typeof StockStatus;

  @Field(() => StockStatus, { nullable: true, description: 'For a TRANSFER: the status that it goes to.' })
  toStatus?: keyof typeof StockStatus | null;

  @Field(() => String, { nullable: true, description: 'For a TRANSFER: the lot that it goes to.' })
  toLot?: string | null;

  @Field(() => QuantityInput, { description: 'Positive; only an ADJUSTMENT may be negative.' })
  quantity!: QuantityInput;

  @Field(() => MovementReference, { nullable: true, description: 'For a REVERSAL: what it takes back.' })
  reverses?: MovementReference | null;

  @Field(() => String, {
    nullable: true,
    description: 'Production order, transfer order or supplier commitment behind it.',
  })
  reference?: string | null;
}

@InputType({ description: 'How much of the unrestricted stock is promised; replaces what was promised before.' })
export class AllocateStockInput {
  @Field(() => String, { description: SKU })
  sku!: string;

  @Field(() => String)
  location!: string;

  @Field(() => QuantityInput, { description: 'All that is promised from now on; zero: nothing.' })
  allocated!: QuantityInput;
}

@ObjectType({ simpleResolvers: true, description: 'The stock was moved or allocated as asked, and is this now.' })
export class InventoryAccepted {
  @Field(() => InventoryPosition)
  inventoryPosition!: InventoryPosition;
}

export const InventoryResult = createUnionType({
  name: 'InventoryResult',
  description: 'What became of a command on stock.',
  types: () => [InventoryAccepted, CommandRefused, RevisionConflict] as const,
  resolveType: (value) => value.constructor.name,
});

@ObjectType({ simpleResolvers: true, description: 'The stock of an item at a location is not what it was.' })
export class InventoryChanged extends LiveChange {
  @Field(() => InventoryPosition)
  inventoryPosition!: InventoryPosition;

  @Field(() => Quantity, { description: 'All that lay there and was ours.' })
  onHandBefore!: Quantity;

  @Field(() => Quantity, { description: 'All that lies there and is ours.' })
  onHandAfter!: Quantity;

  @Field(() => StockMovement, {
    nullable: true,
    description: 'The movement that changed it; none if the source counted anew.',
  })
  movement?: StockMovement;
}
