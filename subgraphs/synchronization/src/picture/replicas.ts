import { customerOrder, forecast } from '@takt/forecasts/contract';
import { inventoryPosition, transferOrder } from '@takt/inventory/contract';
import { productionOrder } from '@takt/production-orders/contract';
import { billOfMaterial, calendar, itemLocation, location, product, routing } from '@takt/products/contract';
import { replicate } from '@takt/replica';
import { supplierCommitment } from '@takt/supplier-commitments/contract';
import { workCenter } from '@takt/work-centers/contract';

/** What is kept here of the other domains. */
export const REPLICAS = {
  products: replicate(product, []),
  itemLocations: replicate(itemLocation, [['sku'], ['location']]),
  locations: replicate(location, [['calendar']]),
  calendars: replicate(calendar, []),
  billsOfMaterial: replicate(billOfMaterial, [
    ['sku', 'location'],
    ['lines.component', 'location'],
  ]),
  routings: replicate(routing, [['sku', 'location'], ['operations.workCenters.code']]),
  forecasts: replicate(forecast, [['sku', 'location']]),
  customerOrders: replicate(customerOrder, [['sku', 'location', 'status', 'dueAt']]),
  productionOrders: replicate(productionOrder, [
    ['sku', 'location', 'state'],
    ['components.sku', 'location', 'state'],
    ['workCenters', 'state'],
  ]),
  inventoryPositions: replicate(inventoryPosition, []),
  transferOrders: replicate(transferOrder, [
    ['sku', 'destination', 'state'],
    ['sku', 'origin', 'state'],
  ]),
  workCenters: replicate(workCenter, [['calendar'], ['capacityCalendar']]),
  supplierCommitments: replicate(supplierCommitment, [['sku', 'location', 'completedOn']]),
} as const;

/** Which domain tells of what; the log of each is followed. */
export const HEARD_DOMAINS = {
  products: ['products', 'itemLocations', 'locations', 'calendars', 'billsOfMaterial', 'routings'],
  forecasts: ['forecasts', 'customerOrders'],
  'production-orders': ['productionOrders'],
  inventory: ['inventoryPositions', 'transferOrders'],
  'work-centers': ['workCenters'],
  'supplier-commitments': ['supplierCommitments'],
} as const satisfies Readonly<Record<string, readonly (keyof typeof REPLICAS)[]>>;

export type HeardDomainName = keyof typeof HEARD_DOMAINS;
