import { forecasts } from '@takt/forecasts';
import { inventory } from '@takt/inventory';
import { productionOrders } from '@takt/production-orders';
import { products } from '@takt/products';
import type { AnyDomainDefinition } from '@takt/subgraph-server';
import { supplierCommitments } from '@takt/supplier-commitments';
import { workCenters } from '@takt/work-centers';

/** The six domains of the graph. */
export const DOMAINS: readonly AnyDomainDefinition[] = [
  products,
  forecasts,
  productionOrders,
  inventory,
  workCenters,
  supplierCommitments,
];
