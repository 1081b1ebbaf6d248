import type { InboundMessage } from '@takt/intake';
import { billMessages, billsOf } from './bills.ts';
import { purchaseMessages } from './commitments.ts';
import type { Purchase } from './commitments.ts';
import { customerMessages, customerOrderMessages } from './customers.ts';
import { cyclesOf, forecastMessages } from './forecasts.ts';
import type { Cycle } from './forecasts.ts';
import { itemNumberAt } from './item-numbers.ts';
import type { Need } from './items.ts';
import { MATERIALS } from './materials.ts';
import { planMessage, type DemoDomain } from './messages.ts';
import { materialNeeds, needsOf } from './needs.ts';
import { laneMessage, networkMessages } from './network.ts';
import { orderMessages } from './orders.ts';
import { planFor } from './plan.ts';
import type { DemoOptions, Plan } from './plan.ts';
import { itemLocationMessage, productMessage } from './products.ts';
import { routingMessages } from './routings.ts';
import { WorkingTime } from './schedule.ts';
import { segments } from './series.ts';
import type { Segment } from './series.ts';
import { stockMessage, transferMessages } from './stock.ts';
import { siteMessage, supplierMessage, suppliersOf } from './suppliers.ts';
import type { Supplier } from './suppliers.ts';
import { planWorkCenters, subcontractorMessages, workCenterMessages } from './work-centers.ts';

/** Messages for the intake of one domain, in the order in which they are to be received. */
export interface DemoBatch {
  readonly domain: DemoDomain;
  /** At least one, at most {@link BATCH_SIZE}. */
  readonly messages: readonly InboundMessage[];
}

export const BATCH_SIZE = 250;

/**
 * The whole plant as the messages that its backing systems would send, masters before what refers to them.
 *
 * The same options give the same messages with the same ids, so that filling twice changes nothing. The next batch is made
 * when it is asked for; whatever the size, no more than one segment of the assortment is held in memory. Throws a
 * RangeError for a `today` that does not exist.
 */
export function demoPlant(options: DemoOptions): Generator<DemoBatch, void, undefined> {
  return plantOf(planFor(options));
}

function* plantOf(plan: Plan): Generator<DemoBatch, void, undefined> {
  const everywhere: Everywhere = {
    plan,
    suppliers: suppliersOf(plan),
    cycles: cyclesOf(plan),
    workingTime: new WorkingTime(plan),
  };
  yield* batches(foundation(everywhere));
  for (const segment of segments(plan)) yield* batches(segmentParts(everywhere, segment));
}

/** What all segments share. */
interface Everywhere {
  readonly plan: Plan;
  readonly suppliers: readonly Supplier[];
  readonly cycles: readonly Cycle[];
  readonly workingTime: WorkingTime;
}

type Part = readonly [DemoDomain, Iterable<InboundMessage>];

function* foundation({ plan, suppliers }: Everywhere): Generator<Part> {
  const needs = materialNeeds(plan);
  yield ['products', networkMessages(plan)];
  yield ['products', suppliers.map((supplier) => siteMessage(plan, supplier))];
  yield ['products', MATERIALS.map((item) => productMessage(plan, item))];
  yield ['products', needs.map((need) => itemLocationMessage(plan, need))];
  yield ['products', itemNumbers(plan, needs)];
  yield ['work-centers', subcontractorMessages(plan)];
  yield ['supplier-commitments', suppliers.map((supplier) => supplierMessage(plan, supplier))];
  yield ['supplier-commitments', each(purchasesIn(needs), (need) => purchaseMessages(plan, need, suppliers))];
  yield ['inventory', stock(plan, needs)];
  yield ['forecasts', customerMessages(plan)];
}

function* segmentParts({ plan, suppliers, cycles, workingTime }: Everywhere, segment: Segment): Generator<Part> {
  const needs = needsOf(segment);
  const bills = billsOf(segment);
  const made = bills.map(({ item }) => item);
  const workCenters = planWorkCenters(segment.number, made);
  const brought = needs.flatMap((need) => {
    const origin = made.find(({ sku }) => sku === need.item.sku)?.plant;
    return origin === undefined || origin === need.location ? [] : [{ need, origin }];
  });
  const sold = needs.filter(({ fromCustomers }) => fromCustomers !== undefined);
  yield ['products', [...new Set(needs.map(({ item }) => item))].map((item) => productMessage(plan, item))];
  yield ['products', needs.map((need) => itemLocationMessage(plan, need))];
  yield ['products', itemNumbers(plan, needs)];
  yield ['work-centers', workCenterMessages(plan, segment.number, workCenters)];
  yield ['products', routingMessages(plan, segment.number, made)];
  yield ['products', billMessages(plan, bills)];
  yield [
    'products',
    brought.map(({ need: { item, location, weekly }, origin }) =>
      laneMessage(plan, { sku: item.sku, origin, destination: location, weekly }),
    ),
  ];
  yield ['supplier-commitments', each(purchasesIn(needs), (need) => purchaseMessages(plan, need, suppliers))];
  yield ['inventory', stock(plan, needs)];
  yield ['inventory', each(brought, ({ need, origin }) => transferMessages(plan, need, origin))];
  yield ['forecasts', each(sold, (need) => forecastMessages(plan, need, cycles))];
  yield ['forecasts', each(sold, (need) => customerOrderMessages(plan, need))];
  yield ['production-orders', orderMessages(plan, segment, bills, workCenters, workingTime)];
}

function* batches(parts: Iterable<Part>): Generator<DemoBatch, void, undefined> {
  let open: { domain: DemoDomain; messages: InboundMessage[] } | undefined;
  for (const [domain, messages] of parts) {
    for (const message of messages) {
      if (open && (open.domain !== domain || open.messages.length === BATCH_SIZE)) {
        yield open;
        open = undefined;
      }
      open ??= { domain, messages: [] };
      open.messages.push(message);
    }
  }
  if (open) yield open;
}

function* each<Of>(all: Iterable<Of>, messagesOf: (one: Of) => Iterable<InboundMessage>): Generator<InboundMessage> {
  for (const one of all) yield* messagesOf(one);
}

/** What Chicago's ERP calls what it makes and uses. */
function* itemNumbers(plan: Plan, needs: readonly Need[]): Generator<InboundMessage> {
  for (const { item, location } of needs) {
    const id = itemNumberAt(location, item.sku);
    if (id === item.sku) continue;
    const data = { system: 'erp', instance: location, kind: 'PRODUCT', id, canonicalId: item.sku } as const;
    yield planMessage(plan, { system: 'erp', instance: location, type: 'CrossReferenceReported', key: id, data });
  }
}

function* stock(plan: Plan, needs: readonly Need[]): Generator<InboundMessage> {
  for (const need of needs) {
    const message = stockMessage(plan, need);
    if (message) yield message;
  }
}

function purchasesIn(needs: readonly Need[]): Purchase[] {
  return needs.flatMap((need) => ('trade' in need.item ? [need as Purchase] : []));
}
