import {
  CommandRefused,
  connectionOf,
  DateScalar,
  DateTimeScalar,
  enumOf,
  LiveChange,
  OrderDirection,
  Provenance,
  Quantity,
  QuantityInput,
  RevisionConflict,
  FILTER,
  PROVENANCE,
  REVISION,
} from '@takt/subgraph-server';
import { createUnionType, Directive, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { COMMITMENT_LEVELS, CONFIRMATIONS } from './messages.ts';
import { Location, ItemLocation, Product, Supplier, SupplyAgreement } from './supplier-schema.ts';

export const CommitmentLevel = enumOf('CommitmentLevel', COMMITMENT_LEVELS, 'How binding a schedule line is.', {
  FIRM: 'An order: goods are to be delivered.',
  PLANNED: 'Material may be bought for it.',
  FORECAST: 'For information.',
});
export const Confirmation = enumOf('Confirmation', CONFIRMATIONS, 'What the supplier answers.', {
  PENDING: 'Nothing yet.',
  ACCEPTED: 'The quantity and the day that are required.',
  ACCEPTED_WITH_CHANGE: 'Another quantity or another day.',
  BACKORDERED: 'Later.',
  PARTIAL: 'Less.',
  REJECTED: 'It does not deliver.',
});
export const CommitmentSortField = enumOf(
  'CommitmentSortField',
  ['REQUIRED_ON', 'ID'],
  'What supplier commitments can be sorted by.',
);
export const CommitmentChangeKind = enumOf(
  'CommitmentChangeKind',
  ['REVISED', 'SHIPPED', 'RECEIVED'],
  'What happened to a supplier commitment.',
  {
    REVISED: 'What is required or promised is other than before.',
    SHIPPED: 'An advance ship notice came.',
    RECEIVED: 'Goods arrived.',
  },
);

@ObjectType({ simpleResolvers: true, description: 'What both sides agree, or do not, about a schedule line.' })
export class CommitmentTerms {
  @Field(() => CommitmentLevel, { description: 'How binding the line is.' })
  level!: keyof typeof CommitmentLevel;

  @Directive('@lifecycle(since: "2026-11")')
  @Field(() => Boolean, {
    description: 'The line is an order: goods are to be delivered. Otherwise it is for preparation.',
  })
  firm!: boolean;

  @Field(() => Quantity, { description: 'How much is asked for.' })
  required!: Quantity;

  @Field(() => DateScalar, { description: 'Day on which it is asked for, at the location that it goes to.' })
  requiredOn!: string;

  @Field(() => Quantity, {
    nullable: true,
    description: 'How much the supplier promises; null if it has promised nothing.',
  })
  committed?: Quantity;

  @Field(() => DateScalar, {
    nullable: true,
    description: 'Day for which the supplier promises it; null if it has promised no day.',
  })
  committedOn?: string;

  @Field(() => Confirmation, { description: 'What the supplier has answered.' })
  confirmation!: keyof typeof Confirmation;
}

@ObjectType({ simpleResolvers: true, description: 'What of a schedule line was something else before.' })
export class CommitmentRevision {
  @Field(() => DateTimeScalar)
  revisedAt!: string;

  @Field(() => String, { nullable: true, description: 'What the supplier gave as the reason; null if nothing.' })
  reason?: string;

  @Field(() => [String], { description: 'Names of the fields that differ.' })
  changed!: readonly string[];

  @Field(() => CommitmentTerms)
  before!: CommitmentTerms;

  @Field(() => CommitmentTerms)
  after!: CommitmentTerms;
}

@ObjectType({ simpleResolvers: true, description: 'Announced by an advance ship notice.' })
export class SupplierShipment {
  @Field(() => String, { description: 'Number of the notice.' })
  notice!: string;

  @Field(() => Quantity)
  quantity!: Quantity;

  @Field(() => DateScalar)
  shippedOn!: string;

  @Field(() => DateScalar, { nullable: true, description: 'When it is to arrive; null if the notice does not say.' })
  expectedOn?: string;
}

@ObjectType({ simpleResolvers: true, description: 'Goods that arrived, and what of them was turned back.' })
export class SupplyReceipt {
  @Field(() => String, { description: 'Number of the receipt.' })
  receipt!: string;

  @Field(() => Quantity, { description: 'What arrived, what was rejected included.' })
  received!: Quantity;

  @Field(() => Quantity, { nullable: true, description: 'What of it was turned back; null: nothing.' })
  rejected?: Quantity;

  @Field(() => DateScalar)
  receivedOn!: string;

  @Field(() => Boolean, { description: 'More arrived than was open.' })
  overReceived!: boolean;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Over all lines of the agreement so far, as the source reports them.',
})
export class CumulativeQuantities {
  @Field(() => Quantity, { nullable: true, description: 'Asked for; null if the source does not report it.' })
  required!: Quantity | null;

  @Field(() => Quantity, { nullable: true, description: 'Sent; null if the source does not report it.' })
  shipped!: Quantity | null;

  @Field(() => Quantity, { nullable: true, description: 'Arrived; null if the source does not report it.' })
  received!: Quantity | null;
}

@Directive('@key(fields: "id")')
@ObjectType({
  simpleResolvers: true,
  description: 'One schedule line: what is required of a supplier, what it promises and what has come.',
})
export class SupplierCommitment extends CommitmentTerms {
  @Field(() => ID, { description: 'As its source writes it.' })
  id!: string;

  @Field(() => Supplier)
  supplier!: () => Promise<Supplier>;

  @Field(() => Product)
  product!: Product;

  @Field(() => Location, { description: 'Where it is to be delivered.' })
  location!: Location;

  @Field(() => ItemLocation, { description: 'The planning unit that it belongs to: its item at its location.' })
  itemLocation!: ItemLocation;

  @Field(() => SupplyAgreement, { nullable: true, description: 'Null if there is none or it is not known.' })
  agreement!: () => Promise<SupplyAgreement | null> | null;

  @Field(() => String, { nullable: true, description: 'Purchase order or delivery schedule and its line.' })
  document?: string;

  @Field(() => DateScalar, {
    nullable: true,
    description: 'Day of the order or of the call-off; null if its source does not say.',
  })
  orderedOn?: string;

  @Field(() => Int, { nullable: true, description: 'Days by which the promise is late; negative: early.' })
  delayDays!: number | null;

  @Field(() => String, { nullable: true, description: 'What contradicts itself in the reported answer, if anything.' })
  contradiction!: () => string | undefined;

  @Field(() => Quantity, { description: 'All that ship notices have announced.' })
  shipped!: Quantity;

  @Field(() => Quantity, { description: 'All that arrived, what was rejected included.' })
  received!: Quantity;

  @Field(() => Quantity, { description: 'All that arrived and was turned back.' })
  rejected!: Quantity;

  @Field(() => Quantity, { description: 'Required and not yet received and accepted; never negative.' })
  open!: Quantity;

  @Directive('@lifecycle(since: "2027-02")')
  @Field(() => DateScalar, {
    nullable: true,
    description:
      'When what is open is to arrive: as the latest ship notice says, otherwise as promised. Null if neither says a day, and once nothing is open.',
  })
  expectedOn!: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'Day of the receipt after which nothing was open.' })
  completedOn?: string;

  @Directive(
    '@lifecycle(deprecated: "2026-11", removed: "2027-02", reason: "It repeats what the agreement says.", replacement: "SupplyAgreement.leadTimeDays")',
  )
  @Field(() => Float, { nullable: true, description: 'Lead time of the agreement, in days.' })
  leadTimeDaysPlanned!: () => Promise<number | null> | null;

  @Field(() => Int, { nullable: true, description: 'Days from the order to the latest receipt.' })
  leadTimeDaysObserved!: number | null;

  @Field(() => CumulativeQuantities, { description: 'As scheduling agreements count them.' })
  cumulatives!: CumulativeQuantities;

  @Field(() => [SupplierShipment], { description: 'The latest, newest first.' })
  shipments!: readonly SupplierShipment[];

  @Field(() => [SupplyReceipt], { description: 'The latest, newest first.' })
  receipts!: readonly SupplyReceipt[];

  @Field(() => [CommitmentRevision], { description: 'What it was before, newest first.' })
  revisions!: () => readonly CommitmentRevision[];

  @Field(() => Provenance, { description: PROVENANCE })
  provenance!: Provenance;

  @Field(() => Int, { description: REVISION })
  revision!: number;
}

export const SupplierCommitmentConnection = connectionOf(SupplierCommitment);

@InputType({ description: FILTER })
export class CommitmentFilter {
  @Field(() => [Confirmation], { nullable: true })
  confirmation?: (keyof typeof Confirmation)[] | null;

  @Field(() => [CommitmentLevel], { nullable: true })
  level?: (keyof typeof CommitmentLevel)[] | null;

  @Directive('@lifecycle(since: "2026-11")')
  @Field(() => Boolean, { nullable: true, description: 'True: only orders. False: only lines for preparation.' })
  firm?: boolean | null;

  @Field(() => DateScalar, { nullable: true, description: 'Required on this day or later.' })
  requiredFrom?: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'Required before this day.' })
  requiredTo?: string | null;
}

@InputType({ description: FILTER })
export class SupplierCommitmentFilter extends CommitmentFilter {
  @Field(() => [ID], { nullable: true })
  supplier?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Any of these items.' })
  sku?: string[] | null;

  @Field(() => [String], { nullable: true })
  location?: string[] | null;
}

@InputType({ description: 'What supplier commitments are sorted by, and which way.' })
export class CommitmentSort {
  @Field(() => CommitmentSortField)
  field!: keyof typeof CommitmentSortField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC })
  direction!: keyof typeof OrderDirection;
}

@InputType({ description: 'The supplier’s answer to one schedule line; PENDING takes an answer back.' })
export class CommitSupplyInput {
  @Field(() => ID)
  id!: string;

  @Field(() => Confirmation, { description: 'What the supplier answers.' })
  confirmation!: keyof typeof Confirmation;

  @Field(() => QuantityInput, { nullable: true, description: 'Default for an acceptance: what is required.' })
  committed?: QuantityInput | null;

  @Field(() => DateScalar, { nullable: true, description: 'Default for an acceptance: when it is required.' })
  committedOn?: string | null;

  @Field(() => String, { nullable: true, description: 'Why not as required, in the supplier’s words.' })
  reason?: string | null;
}

@InputType({ description: 'An advance ship notice for one schedule line.' })
export class NotifyShipmentInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'Number of the notice: told twice, it counts once.' })
  notice!: string;

  @Field(() => QuantityInput)
  quantity!: QuantityInput;

  @Field(() => DateScalar)
  shippedOn!: string;

  @Field(() => DateScalar, { nullable: true, description: 'When it is to arrive.' })
  expectedOn?: string | null;
}

@InputType({ description: 'Goods that arrived, and what of them was turned back.' })
export class PostSupplyReceiptInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: 'Number of the receipt: posted twice, it counts once.' })
  receipt!: string;

  @Field(() => QuantityInput, { description: 'What arrived, what was rejected included.' })
  received!: QuantityInput;

  @Field(() => QuantityInput, { nullable: true, description: 'What of it was turned back; null: nothing.' })
  rejected?: QuantityInput | null;

  @Field(() => DateScalar)
  receivedOn!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What was told of the schedule line is recorded; the line is this now.',
})
export class SupplierCommitmentAccepted {
  @Field(() => SupplierCommitment)
  supplierCommitment!: SupplierCommitment;
}

export const SupplierCommitmentResult = createUnionType({
  name: 'SupplierCommitmentResult',
  description: 'What became of a command on a supplier commitment.',
  types: () => [SupplierCommitmentAccepted, CommandRefused, RevisionConflict] as const,
  resolveType: (value) => value.constructor.name,
});

@ObjectType({
  simpleResolvers: true,
  description: 'What a supplier promises, ships or has delivered is not what it was.',
})
export class SupplierCommitmentRevised extends LiveChange {
  @Field(() => CommitmentChangeKind)
  kind!: keyof typeof CommitmentChangeKind;

  @Field(() => SupplierCommitment, { description: 'As it is now.' })
  supplierCommitment!: SupplierCommitment;

  @Field(() => [String], { description: 'Names of the fields that a revision changed.' })
  changed!: readonly string[];

  @Field(() => CommitmentTerms, { nullable: true, description: 'Null for a new line, a shipment or a receipt.' })
  before!: CommitmentTerms | null;

  @Field(() => CommitmentTerms, { nullable: true, description: 'Null for a shipment or a receipt.' })
  after!: CommitmentTerms | null;

  @Field(() => String, { nullable: true, description: 'What the supplier gave as the reason.' })
  reason!: string | null;

  @Field(() => SupplierShipment, { nullable: true })
  shipment!: SupplierShipment | null;

  @Field(() => SupplyReceipt, { nullable: true })
  receipt!: SupplyReceipt | null;
}
