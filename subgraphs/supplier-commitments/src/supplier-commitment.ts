import { Value } from '@sinclair/typebox/value';
import { olderThanKnown, type Aggregate, type Decision, type DecisionContext } from '@takt/intake';
import { add, compare, isNegative, isZero, max, quantity, subtract, type Quantity } from '@takt/quantity';
import { completed, contradiction } from './confirmation.ts';
import { CommitmentRevised, ReceiptPosted, ShipmentNotified } from './events.ts';
import { CommitSupply, ShipmentNotice, SupplierCommitmentReport, SupplyReceipt } from './messages.ts';

type Shipment = ShipmentNotified['shipment'];
type Receipt = ReceiptPosted['receipt'] & Pick<ReceiptPosted, 'overReceived'>;

/** What both sides agree, or do not, about a schedule line. */
type CommitmentTerms = Pick<
  SupplierCommitmentReport,
  'level' | 'required' | 'requiredOn' | 'committed' | 'committedOn' | 'confirmation'
>;

interface CommitmentRevision {
  readonly revisedAt: string;
  readonly reason?: string;
  readonly changed: readonly string[];
  readonly before: CommitmentTerms;
  readonly after: CommitmentTerms;
}

export interface SupplierCommitment extends SupplierCommitmentReport {
  readonly reported?: { readonly by: string; readonly at: string };
  readonly shipped: Quantity;
  readonly received: Quantity;
  readonly rejected: Quantity;
  /** Required and not yet received and accepted; never negative. */
  readonly open: Quantity;
  readonly lastReceivedOn?: string;
  /** All that is required was received, and accepted, by the day it was required. */
  readonly onTimeInFull: boolean;
  /** When nothing was open any more. */
  readonly completedOn?: string;
  /** The latest of each, newest first: at most {@link ENTRIES_KEPT} and {@link REVISIONS_KEPT}. */
  readonly shipments: readonly Shipment[];
  readonly receipts: readonly Receipt[];
  readonly revisions: readonly CommitmentRevision[];
}

/** A notice or receipt is recognised as a duplicate while it is among so many latest ones of its line. */
export const ENTRIES_KEPT = 50;
export const REVISIONS_KEPT = 20;

type Message =
  | { readonly type: 'SupplierCommitmentReported'; readonly data: SupplierCommitmentReport }
  | { readonly type: 'CommitSupply'; readonly data: CommitSupply }
  | { readonly type: 'ShipmentNotified'; readonly data: ShipmentNotice }
  | { readonly type: 'ReceiptPosted'; readonly data: SupplyReceipt };
type Event =
  | { readonly type: 'SupplierCommitmentRevised'; readonly data: CommitmentRevised }
  | { readonly type: 'SupplierShipmentNotified'; readonly data: ShipmentNotified }
  | { readonly type: 'SupplierReceiptPosted'; readonly data: ReceiptPosted };

export const supplierCommitment: Aggregate<SupplierCommitment, Message, Event> = {
  noun: 'SupplierCommitment',
  collection: {
    name: 'supplier-commitments',
    indexes: [
      ['id'],
      ['requiredOn', 'id'],
      ['sku', 'location', 'requiredOn'],
      ['location', 'requiredOn', 'id'],
      ['supplier', 'requiredOn', 'id'],
      ['confirmation', 'requiredOn', 'id'],
      ['supplier', 'level', 'onTimeInFull', 'requiredOn'],
    ],
  },
  messages: {
    SupplierCommitmentReported: SupplierCommitmentReport,
    CommitSupply,
    ShipmentNotified: ShipmentNotice,
    ReceiptPosted: SupplyReceipt,
  },
  events: {
    SupplierCommitmentRevised: CommitmentRevised,
    SupplierShipmentNotified: ShipmentNotified,
    SupplierReceiptPosted: ReceiptPosted,
  },
  identify: ({ data }) => data.id,
  decide,
  evolve,
};

/** Whether goods are to be delivered for a line. */
export function isFirm({ level }: Pick<SupplierCommitmentReport, 'level'>): boolean {
  return level === 'FIRM';
}

/** Calendar days by which the supplier promises to be late; negative: early. */
export function delayDays({
  committedOn,
  requiredOn,
}: Pick<SupplierCommitmentReport, 'committedOn' | 'requiredOn'>): number | undefined {
  return committedOn === undefined ? undefined : daysBetween(requiredOn, committedOn);
}

/** `YYYY-MM-DD`: when what is open is to arrive, as the latest ship notice that says a day has it, otherwise as promised. */
export function expectedOn({
  completedOn,
  shipments,
  committedOn,
}: Pick<SupplierCommitment, 'completedOn' | 'shipments' | 'committedOn'>): string | undefined {
  if (completedOn !== undefined) return undefined;
  return shipments.find((shipment) => shipment.expectedOn !== undefined)?.expectedOn ?? committedOn;
}

/** Calendar days from the order to the latest receipt. */
export function observedLeadTimeDays({
  orderedOn,
  lastReceivedOn,
}: Pick<SupplierCommitment, 'orderedOn' | 'lastReceivedOn'>): number | undefined {
  return orderedOn === undefined || lastReceivedOn === undefined ? undefined : daysBetween(orderedOn, lastReceivedOn);
}

function decide(state: SupplierCommitment | undefined, message: Message, context: DecisionContext): Decision<Event> {
  if (message.type === 'SupplierCommitmentReported') return report(state, message.data, context);
  if (!state) return refused('UNKNOWN_COMMITMENT', `There is no supplier commitment ${message.data.id}.`);
  switch (message.type) {
    case 'CommitSupply':
      return commit(state, message.data, context);
    case 'ShipmentNotified':
      return ship(state, message.data);
    case 'ReceiptPosted':
      return receive(state, message.data);
  }
}

/** A report is a fact: where it contradicts itself it is kept and shows so. */
function report(
  state: SupplierCommitment | undefined,
  data: SupplierCommitmentReport,
  context: DecisionContext,
): Decision<Event> {
  const { unit } = data.required;
  const told = [data.committed, data.cumulativeRequired, data.cumulativeShipped, data.cumulativeReceived];
  const odd = [...told, state?.required].find((each) => each && each.unit !== unit);
  if (odd)
    return refused('UNIT_MISMATCH', `The line is required in ${unit}; another quantity of it is in ${odd.unit}.`);
  if ([data.required, ...told].some((each) => each && isNegative(each))) {
    return refused('BAD_QUANTITY', 'What is required, promised or cumulated cannot be negative.');
  }
  const after = state ? keepingAnswer(state, data) : data;
  const before = state && lineOf(state);
  const changed = changedFields(before, after);
  const by = `${context.origin.system}/${context.origin.instance}`;
  if (state?.reported?.by === by && Date.parse(context.time) < Date.parse(state.reported.at)) {
    const reason = `It was true at ${context.time}, but ${by} has told how things were at ${state.reported.at}.`;
    return refused('OLDER_THAN_KNOWN', reason);
  }
  if (changed.length === 0) return { events: [] };
  return olderThanKnown(context) ?? { events: [revised(before, after, { changed, at: context.time, reportedBy: by })] };
}

/** A report that knows no answer does not take one back as long as what is required is the same. */
function keepingAnswer(state: SupplierCommitment, data: SupplierCommitmentReport): SupplierCommitmentReport {
  const sameRequirement = compare(state.required, data.required) === 0 && state.requiredOn === data.requiredOn;
  if (data.confirmation !== 'PENDING' || !sameRequirement) return data;
  const { committed, committedOn, confirmation } = state;
  return { ...data, ...present({ committed, committedOn }), confirmation };
}

function commit(state: SupplierCommitment, data: CommitSupply, context: DecisionContext): Decision<Event> {
  const { unit } = state.required;
  if (data.committed && data.committed.unit !== unit) return unitMismatch(unit, data.committed);
  const answer = completed(state, data);
  if (answer.confirmation === 'PENDING' && (data.committed ?? data.committedOn) !== undefined) {
    return refused('CONFIRMATION_CONTRADICTS', 'PENDING takes the answer back; it promises nothing.');
  }
  const fault = contradiction(answer);
  if (fault) return refused('CONFIRMATION_CONTRADICTS', fault);
  const { confirmation, committed, committedOn } = answer;
  const before = lineOf(state);
  const after = lineOf({ ...state, confirmation, committed, committedOn });
  const changed = changedFields(before, after);
  if (changed.length === 0) return { events: [] };
  return { events: [revised(before, after, { changed, at: context.time, reason: data.reason })] };
}

function ship(state: SupplierCommitment, data: ShipmentNotice): Decision<Event> {
  const { notice, shippedOn, expectedOn } = data;
  const shipment = { notice, quantity: data.quantity, shippedOn, ...present({ expectedOn }) };
  if (state.shipments.some((earlier) => earlier.notice === notice)) return { events: [] };
  const fault = amountFault(state, shipment.quantity, 'A shipment');
  if (fault) return fault;
  const shipped = add(state.shipped, shipment.quantity);
  return { events: [{ type: 'SupplierShipmentNotified', data: { ...progressOf(state), shipped, shipment } }] };
}

/** Goods that are there are there: more than was open is accepted and flagged. */
function receive(state: SupplierCommitment, data: SupplyReceipt): Decision<Event> {
  if (state.receipts.some((earlier) => earlier.receipt === data.receipt)) return { events: [] };
  const zero = quantity('0', state.required.unit);
  const { received: arrived, rejected: turnedBack = zero } = data;
  const fault = amountFault(state, arrived, 'A receipt');
  if (fault) return fault;
  if (turnedBack.unit !== zero.unit) return unitMismatch(zero.unit, turnedBack);
  if (isNegative(turnedBack) || compare(turnedBack, arrived) > 0) {
    return refused('BAD_QUANTITY', `Of ${arrived.value} received ${turnedBack.value} cannot be rejected.`);
  }
  const received = add(state.received, arrived);
  const rejected = add(state.rejected, turnedBack);
  const overReceived = compare(subtract(arrived, turnedBack), state.open) > 0;
  const totals = { received, rejected, open: openOf(state.required, received, rejected) };
  const arrival = { receipt: data.receipt, received: arrived, receivedOn: data.receivedOn };
  const receipt = { ...arrival, ...present({ rejected: data.rejected }) };
  return {
    events: [{ type: 'SupplierReceiptPosted', data: { ...progressOf(state), ...totals, receipt, overReceived } }],
  };
}

function evolve(state: SupplierCommitment | undefined, event: Event): SupplierCommitment {
  if (event.type === 'SupplierCommitmentRevised') return revise(state, event.data);
  if (!state) throw new Error(`${event.type} of ${event.data.id}, which was never known.`);
  const { shipped, received, rejected, open } = event.data;
  const totals = { shipped, received, rejected, open };
  switch (event.type) {
    case 'SupplierShipmentNotified':
      return { ...state, ...totals, shipments: newestFirst(event.data.shipment, state.shipments) };
    case 'SupplierReceiptPosted': {
      const { receipt, overReceived } = event.data;
      const { lastReceivedOn = receipt.receivedOn } = state;
      return completion({
        ...state,
        ...totals,
        lastReceivedOn: lastReceivedOn > receipt.receivedOn ? lastReceivedOn : receipt.receivedOn,
        receipts: newestFirst({ ...receipt, overReceived }, state.receipts),
      });
    }
  }
}

function revise(state: SupplierCommitment | undefined, data: CommitmentRevised): SupplierCommitment {
  const { after, before, changed, revisedAt, reason, reportedBy } = data;
  const zero = quantity('0', after.required.unit);
  const {
    shipped = zero,
    received = zero,
    rejected = zero,
    shipments = [],
    receipts = [],
    revisions = [],
  } = state ?? {};
  const reported = reportedBy === undefined ? state?.reported : { by: reportedBy, at: revisedAt };
  const { lastReceivedOn, completedOn } = state ?? {};
  return completion({
    ...after,
    ...present({ reported, lastReceivedOn, completedOn }),
    shipped,
    received,
    rejected,
    open: openOf(after.required, received, rejected),
    onTimeInFull: false,
    shipments,
    receipts,
    revisions: before
      ? newestFirst(
          { changed, revisedAt, ...present({ reason }), before: termsOf(before), after: termsOf(after) },
          revisions,
          REVISIONS_KEPT,
        )
      : revisions,
  });
}

/** Complete since the receipt after which nothing was open; complete no more once more is required. */
function completion({ completedOn: known, ...state }: SupplierCommitment): SupplierCommitment {
  const completedOn = isZero(state.open) ? (known ?? state.lastReceivedOn) : undefined;
  const onTimeInFull = completedOn !== undefined && completedOn <= state.requiredOn;
  return { ...state, ...present({ completedOn }), onTimeInFull };
}

function openOf(required: Quantity, received: Quantity, rejected: Quantity): Quantity {
  return max(subtract(required, subtract(received, rejected)), quantity('0', required.unit));
}

function progressOf({ id, supplier, sku, location, shipped, received, rejected, open }: SupplierCommitment) {
  return { id, supplier, sku, location, shipped, received, rejected, open };
}

const FIELDS = Object.keys(SupplierCommitmentReport.properties) as (keyof SupplierCommitmentReport)[];
const TERMS = ['level', 'required', 'requiredOn', 'committed', 'committedOn', 'confirmation'] as const;

/** The schedule line alone, as a report tells it. */
function lineOf(source: Fields<SupplierCommitmentReport>): SupplierCommitmentReport {
  return pick(source, FIELDS) as SupplierCommitmentReport;
}

function termsOf(source: SupplierCommitmentReport): CommitmentTerms {
  return pick(source, TERMS) as CommitmentTerms;
}

type Fields<T> = { readonly [name in keyof T]: T[name] | undefined };

function pick<T extends object>(source: T, names: readonly (keyof T)[]): Partial<T> {
  return Object.fromEntries(
    names.filter((name) => source[name] !== undefined).map((name) => [name, source[name]]),
  ) as Partial<T>;
}

function changedFields(before: SupplierCommitmentReport | undefined, after: SupplierCommitmentReport): string[] {
  return FIELDS.filter((name) => !Value.Equal(before?.[name], after[name]));
}

function revised(
  before: SupplierCommitmentReport | undefined,
  after: SupplierCommitmentReport,
  {
    changed,
    at,
    reason,
    reportedBy,
  }: { changed: string[]; at: string; reason?: string | undefined; reportedBy?: string },
): Event {
  const { id, supplier, sku, location } = after;
  const how = present({ before, reason, reportedBy });
  return {
    type: 'SupplierCommitmentRevised',
    data: { id, supplier, sku, location, after, changed, revisedAt: at, ...how },
  };
}

function amountFault({ required }: SupplierCommitment, amount: Quantity, what: string) {
  if (amount.unit !== required.unit) return unitMismatch(required.unit, amount);
  if (isZero(amount) || isNegative(amount)) return refused('BAD_QUANTITY', `${what} cannot be of ${amount.value}.`);
  return undefined;
}

function unitMismatch(unit: string, given: Quantity) {
  return refused('UNIT_MISMATCH', `The line is kept in ${unit}, the message is in ${given.unit}.`);
}

function newestFirst<Entry>(entry: Entry, earlier: readonly Entry[], kept = ENTRIES_KEPT): Entry[] {
  return [entry, ...earlier].slice(0, kept);
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

function refused(code: string, reason: string) {
  return { refused: { code, reason } };
}

function present<T extends object>(fields: T): { [name in keyof T]?: Exclude<T[name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
