import type { ProductionOrder } from '@takt/production-orders/contract';
import type { BillOfMaterialRecord, CalendarRecord, LocationRecord } from '@takt/products/contract';
import type { WorkCenter } from '@takt/work-centers/contract';
import type { PlanningUnitKey, UnitFacts } from './unit-facts.ts';

/** What the other domains told, as far as it was heard here; read in batches, answered in the order asked. */
export interface Picture {
  units(keys: readonly PlanningUnitKey[]): Promise<UnitFacts[]>;
  workCenters(codes: readonly string[]): Promise<(WorkCenterFacts | undefined)[]>;
  orders(ids: readonly string[]): Promise<(HeardOrder | undefined)[]>;
  /** Orders with an operation at one of these work centers that are not over. */
  openOrdersAt(workCenters: readonly string[]): Promise<HeardOrder[]>;
  locations(codes: readonly string[]): Promise<(LocationRecord | undefined)[]>;
  /** Items at locations whose bills of material name it: what its shortage stops. */
  usedIn(key: PlanningUnitKey): Promise<readonly BillOfMaterialRecord[]>;
  /** How far each domain's log was heard, and when what was heard last was true. */
  heard(): Promise<readonly HeardDomain[]>;
}

/** An order with its revision in its own domain: what a command's expected revision is compared with there. */
export type HeardOrder = ProductionOrder & { readonly revision: number };

export interface WorkCenterFacts {
  readonly workCenter: WorkCenter;
  /** Its working time, and its capacity over time. */
  readonly calendar?: CalendarRecord;
  readonly capacityCalendar?: CalendarRecord;
}

export interface HeardDomain {
  readonly domain: string;
  readonly position: number;
  readonly occurredAt?: string;
}
