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
} from '@takt/subgraph-server';
import { createUnionType, Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { MOVEMENT_TYPES, STOCK_STATUSES } from './messages.ts';
import { TRANSFER_ORDER_STATES } from './transfer-order.ts';

export const StockStatus = enumOf('StockStatus', STOCK_STATUSES, 'What stock may be used for.', {
  QUALITY_INSPECTION: 'Counts for planning, cannot be issued.',
  BLOCKED: 'Counts for nothing.',
  CONSIGNMENT: 'Lies here, belongs to the supplier.',
});
export const MovementType = enumOf('MovementType', MOVEMENT_TYPES, 'Kind of goods movement.');
export const TransferOrderState = enumOf('TransferOrderState', TRANSFER_ORDER_STATES, 'How far a transfer is.');
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
  @Field(() => String, { nullable: true })
  lot?: string;

  @Field(() => StockStatus)
  status!: keyof typeof StockStatus;

  @Field(() => Quantity)
  quantity!: Quantity;
}

@ObjectType({ simpleResolvers: true, description: 'One line of a goods movement document, seen from one position.' })
export class StockMovement {
  @Field(() => String)
  document!: string;

  @Field(() => Int)
  line!: number;

  @Field(() => MovementType)
  type!: keyof typeof MovementType;

  @Field(() => String, { nullable: true })
  lot?: string;

  @Field(() => StockStatus)
  status!: keyof typeof StockStatus;

  @Field(() => StockStatus, { nullable: true })
  toStatus?: keyof typeof StockStatus;

  @Field(() => String, { nullable: true })
  toLot?: string;

  @Field(() => Quantity)
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

  @Field(() => ItemLocation)
  itemLocation!: ItemLocation;

  @Field(() => Quantity, { description: 'All that lies here and is ours, in whatever status.' })
  onHand!: () => Quantity;

  @Field(() => Quantity, {
    description: 'Unrestricted and not promised; negative when more is promised than there is.',
  })
  available!: () => Quantity;

  @Field(() => Quantity, { description: 'What planning may count on: unrestricted, in inspection and in transfer.' })
  plannable!: () => Quantity;

  @Field(() => Quantity)
  onQualityInspection!: () => Quantity;

  @Field(() => Quantity)
  blocked!: () => Quantity;

  @Field(() => Quantity, { description: 'On the road to here.' })
  inTransit!: () => Quantity;

  @Field(() => Quantity, { description: 'Promised out of the unrestricted stock.' })
  allocated!: Quantity;

  @Field(() => Quantity, { nullable: true })
  safetyStock?: Quantity;

  @Field(() => Quantity, { nullable: true })
  reorderPoint?: Quantity;

  @Field(() => Boolean, { description: 'Plannable stock is less than the safety stock.' })
  belowSafetyStock!: boolean;

  @Field(() => [StockLine], { description: 'By lot and status.' })
  stock!: readonly StockLine[];

  @Field(() => [StockMovement], { description: 'The latest movements, newest first.' })
  movements!: readonly StockMovement[];

  @Field(() => DateTimeScalar, { description: 'When the source last confirmed it.' })
  asOf!: string;

  @Field(() => Freshness)
  freshness!: keyof typeof Freshness;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null while it is fresh.' })
  staleSince!: string | null;

  @Field(() => Provenance)
  provenance!: Provenance;

  @Field(() => Int)
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
  @Field(() => ID)
  id!: string;

  @Field(() => Product)
  product!: Product;

  @Field(() => Location)
  origin!: Location;

  @Field(() => Location)
  destination!: Location;

  @Field(() => Quantity)
  quantity!: Quantity;

  @Field(() => DateTimeScalar)
  shipAt!: string;

  @Field(() => DateTimeScalar, { nullable: true })
  receiveAt?: string;

  @Field(() => TransferOrderState)
  state!: keyof typeof TransferOrderState;

  @Field(() => Provenance)
  provenance!: Provenance;

  @Field(() => Int)
  revision!: number;
}

export const InventoryPositionConnection = connectionOf(InventoryPosition);
export const TransferOrderConnection = connectionOf(TransferOrder);

@InputType()
export class InventoryFilter {
  @Field(() => [String], { nullable: true })
  location?: string[] | null;

  @Field(() => [String], { nullable: true })
  sku?: string[] | null;

  @Field(() => Boolean, { nullable: true })
  belowSafetyStock?: boolean | null;
}

@InputType()
export class InventorySort {
  @Field(() => InventorySortField)
  field!: keyof typeof InventorySortField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC })
  direction!: keyof typeof OrderDirection;
}

@InputType()
export class TransferOrderFilter {
  @Field(() => [String], { nullable: true })
  origin?: string[] | null;

  @Field(() => [String], { nullable: true })
  destination?: string[] | null;

  @Field(() => [String], { nullable: true })
  sku?: string[] | null;

  @Field(() => [TransferOrderState], { nullable: true })
  state?: (keyof typeof TransferOrderState)[] | null;
}

@InputType({ description: 'Names an earlier movement.' })
export class MovementReference {
  @Field(() => String)
  document!: string;

  @Field(() => Int)
  line!: number;
}

@InputType({
  description: 'One line of a goods movement document. A TRANSFER moves between statuses or lots of one position.',
})
export class PostStockMovementInput {
  @Field(() => String)
  document!: string;

  @Field(() => Int)
  line!: number;

  @Field(() => MovementType)
  type!: keyof typeof MovementType;

  @Field(() => String)
  sku!: string;

  @Field(() => String)
  location!: string;

  @Field(() => String, { nullable: true })
  lot?: string | null;

  @Field(() => StockStatus, { defaultValue: StockStatus.UNRESTRICTED })
  status!: keyof typeof StockStatus;

  @Field(() => StockStatus, { nullable: true })
  toStatus?: keyof typeof StockStatus | null;

  @Field(() => String, { nullable: true })
  toLot?: string | null;

  @Field(() => QuantityInput, { description: 'Positive; only an ADJUSTMENT may be negative.' })
  quantity!: QuantityInput;

  @Field(() => MovementReference, { nullable: true, description: 'For a REVERSAL: what it takes back.' })
  reverses?: MovementReference | null;

  @Field(() => String, { nullable: true })
  reference?: string | null;
}

@InputType({ description: 'How much of the unrestricted stock is promised; replaces what was promised before.' })
export class AllocateStockInput {
  @Field(() => String)
  sku!: string;

  @Field(() => String)
  location!: string;

  @Field(() => QuantityInput)
  allocated!: QuantityInput;
}

@ObjectType({ simpleResolvers: true })
export class InventoryAccepted {
  @Field(() => InventoryPosition)
  inventoryPosition!: InventoryPosition;
}

export const InventoryResult = createUnionType({
  name: 'InventoryResult',
  types: () => [InventoryAccepted, CommandRefused, RevisionConflict] as const,
  resolveType: (value) => value.constructor.name,
});

@ObjectType({ simpleResolvers: true, description: 'The stock of an item at a location is not what it was.' })
export class InventoryChanged extends LiveChange {
  @Field(() => InventoryPosition)
  inventoryPosition!: InventoryPosition;

  @Field(() => Quantity)
  onHandBefore!: Quantity;

  @Field(() => Quantity)
  onHandAfter!: Quantity;

  @Field(() => StockMovement, {
    nullable: true,
    description: 'The movement that changed it; none if the source counted anew.',
  })
  movement?: StockMovement;
}
