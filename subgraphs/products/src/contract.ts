export { BillOfMaterialRecord } from './bill-of-material.ts';
export { CalendarRecord } from './calendar.ts';
export { CrossReferenceRecord, WithdrawCrossReference } from './cross-reference.ts';
export { DistributionLaneRecord } from './distribution-lane.ts';
export { itemLocationId, ItemLocationRecord, SetSafetyStock } from './item-location.ts';
export { LocationRecord } from './location.ts';
export { ProductRecord } from './product.ts';
export { RoutingRecord } from './routing.ts';
