import type { CustomerOrderRecord, Forecast } from '@takt/forecasts/contract';
import type { InventoryPosition, TransferOrderRecord } from '@takt/inventory/contract';
import type { ProductionOrder } from '@takt/production-orders/contract';
import type {
  BillOfMaterialRecord,
  CalendarRecord,
  ItemLocationRecord,
  LocationRecord,
  ProductRecord,
  RoutingRecord,
} from '@takt/products/contract';
import type { SupplierCommitment } from '@takt/supplier-commitments/contract';

/** An item at a location: what planners plan. */
export interface PlanningUnitKey {
  readonly sku: string;
  readonly location: string;
}

/** Everything that bears on the supply and demand of one item at one location, as the other domains told it. */
export interface UnitFacts extends PlanningUnitKey {
  readonly product?: ProductRecord;
  readonly itemLocation?: ItemLocationRecord;
  readonly place?: LocationRecord;
  /** Working days of the location. */
  readonly calendar?: CalendarRecord;
  readonly stock?: InventoryPosition;
  /** All its series, whoever the customer. */
  readonly forecasts: readonly Forecast[];
  /** `system/instance` of those that told them last. */
  readonly forecastSources?: readonly string[];
  /** Those that are open, and those closed that were due in the last 100 days or are due later. */
  readonly customerOrders: readonly CustomerOrderRecord[];
  /** Orders that make it and are neither closed nor cancelled. */
  readonly makingOrders: readonly ProductionOrder[];
  /** Orders that need it as a component and are neither closed nor cancelled. */
  readonly consumingOrders: readonly ProductionOrder[];
  /** Schedule lines of which something is open. */
  readonly commitments: readonly SupplierCommitment[];
  /** Transfer orders that are neither received nor cancelled. */
  readonly arriving: readonly TransferOrderRecord[];
  readonly leaving: readonly TransferOrderRecord[];
  /** What makes it here. */
  readonly billsOfMaterial: readonly BillOfMaterialRecord[];
  /** What is in the phantoms of these bills, and in the phantoms of those. Absent: there are none. */
  readonly phantomBills?: readonly BillOfMaterialRecord[];
  readonly routings: readonly RoutingRecord[];
}
