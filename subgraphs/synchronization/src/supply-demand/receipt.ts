import { isBefore, type ProductionOrder } from '@takt/production-orders/contract';
import { localDateAt } from '@takt/planning-time';
import { isNegative, isZero, max, quantity, subtract, type Quantity } from '@takt/quantity';
import type { SupplierCommitment } from '@takt/supplier-commitments/contract';
import { yieldOf } from '../scheduling/lot-size.ts';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { timeZoneOf } from './demand.ts';
import type { PlanningMeasure } from './planning-measure.ts';

/** In the order in which receipts of one day are used. */
export const RECEIPT_KINDS = ['PRODUCTION_ORDER', 'SUPPLIER_COMMITMENT', 'TRANSFER_ORDER'] as const;
export type ReceiptKind = (typeof RECEIPT_KINDS)[number];

/** Something that will be in stock. */
export interface Receipt {
  readonly kind: ReceiptKind;
  /** Of the order, the schedule line or the transfer. */
  readonly id: string;
  /** As it was told. */
  readonly dueOn: string;
  /** When it counts: `dueOn`, but not before today. */
  readonly on: string;
  readonly quantity: Quantity;
  /**
   * A scheduled receipt: a production order that is firmed or further, a FIRM schedule line, a transfer that is firmed or
   * shipped. Else it is planned, and may be changed as demand changes.
   */
  readonly scheduled: boolean;
}

/** What is still to come of everything that makes, buys or brings the item; what is on quality hold does not count. */
export function receiptsOf(facts: UnitFacts, measure: PlanningMeasure, today: string): Receipt[] {
  const zone = timeZoneOf(facts);
  const { scrapPercent = 0 } = facts.itemLocation ?? {};
  const orders = facts.makingOrders.map((order) => fromOrder(order, scrapPercent));
  return [...orders, ...facts.commitments.map(fromCommitment), ...transfers(facts)].flatMap((source) => {
    if (!source) return [];
    const { kind, id, scheduled, due, left } = source;
    const converted = measure.measure(left, kind, id);
    if (!converted || isZero(converted) || isNegative(converted)) return [];
    const dueOn = due.length > 10 ? localDateAt(zone, due) : due;
    return [{ kind, id, dueOn, on: dueOn < today ? today : dueOn, quantity: converted, scheduled }];
  });
}

/**
 * What an order will still bring into stock; not negative, in the order's unit.
 *
 * While it is open: its quantity without what is confirmed as scrap and what is delivered. From CONFIRMED on: what was
 * made and is not delivered. A closed or cancelled one brings nothing. Where no source counts deliveries, what is
 * confirmed counts as delivered at once.
 */
function stillToCome({ quantity: ordered, state, confirmed, delivered }: ProductionOrder): Quantity {
  const zero = quantity('0', ordered.unit);
  if (state === 'CLOSED' || state === 'CANCELLED') return zero;
  const made = isBefore(state, 'CONFIRMED') ? subtract(ordered, confirmed.scrap) : confirmed.yield;
  return max(subtract(made, delivered ?? confirmed.yield), zero);
}

/**
 * What will still arrive of a schedule line, and on which day: what is promised, else what is required, without what was
 * received and accepted. Undefined for a line that was rejected, or backordered to no date.
 */
function stillToArrive(line: SupplierCommitment): { readonly quantity: Quantity; readonly dueOn: string } | undefined {
  const { confirmation, required, requiredOn, committed = required, committedOn, received, rejected } = line;
  if (confirmation === 'REJECTED' || (confirmation === 'BACKORDERED' && committedOn === undefined)) return undefined;
  const left = subtract(committed, subtract(received, rejected));
  return { quantity: max(left, quantity('0', required.unit)), dueOn: committedOn ?? requiredOn };
}

interface Source {
  readonly kind: ReceiptKind;
  readonly id: string;
  readonly scheduled: boolean;
  /** A local date or an instant. */
  readonly due: string;
  readonly left: Quantity;
}

/** Of what is still to be made the item's usual share is expected to be scrap. */
function fromOrder(order: ProductionOrder, scrapPercent: number): Source | undefined {
  if (order.onHold) return undefined;
  const scheduled = !isBefore(order.state, 'FIRMED');
  const left = isBefore(order.state, 'CONFIRMED') ? yieldOf(stillToCome(order), scrapPercent) : stillToCome(order);
  return { kind: 'PRODUCTION_ORDER', id: order.id, scheduled, due: order.scheduledEnd, left };
}

function fromCommitment(line: SupplierCommitment): Source | undefined {
  const arriving = stillToArrive(line);
  if (!arriving) return undefined;
  const { quantity: left, dueOn: due } = arriving;
  return { kind: 'SUPPLIER_COMMITMENT', id: line.id, scheduled: line.level === 'FIRM', due, left };
}

function transfers({ arriving }: UnitFacts): Source[] {
  return arriving
    .filter(({ state }) => state !== 'RECEIVED' && state !== 'CANCELLED')
    .map(({ id, state, quantity: left, shipAt, receiveAt = shipAt }) => {
      return { kind: 'TRANSFER_ORDER', id, scheduled: state !== 'PROPOSED', due: receiveAt, left };
    });
}
