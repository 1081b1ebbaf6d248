import { EXTRACTS, extractsSchema } from '@takt/extracts';
import { forecasts } from '@takt/forecasts';
import { integration } from '@takt/integration-messages';
import { inventory } from '@takt/inventory';
import { productionOrders } from '@takt/production-orders';
import { products } from '@takt/products';
import type { AnyDomainDefinition } from '@takt/subgraph-server';
import { supplierCommitments } from '@takt/supplier-commitments';
import { synchronization } from '@takt/synchronization';
import { workCenters } from '@takt/work-centers';

/**
 * The six domains of planning, the one that decides which of their changes deserve action, and last the one that takes in
 * what backing systems tell them.
 */
export const DOMAINS: readonly AnyDomainDefinition[] = [
  products,
  forecasts,
  productionOrders,
  inventory,
  workCenters,
  supplierCommitments,
  synchronization,
  integration,
];

/** Subgraphs that live with the gateway, by name. */
export const HOSTED: readonly { readonly name: string; readonly sdl: string }[] = [
  { name: EXTRACTS, sdl: extractsSchema().sdl },
];
