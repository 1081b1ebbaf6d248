import type { InboundMessage } from '@takt/intake';
import type { ShipmentNotice, SupplierCommitmentReport, SupplyAgreementRecord, SupplyReceipt } from './contracts.ts';
import { addDays, DAY_MS } from './dates.ts';
import type { Need } from './items.ts';
import type { Material } from './materials.ts';
import { amount, planMessage } from './messages.ts';
import type { Plan } from './plan.ts';
import { supplyLot } from './products.ts';
import { randomFor } from './random.ts';
import type { Random } from './random.ts';
import { sourcesOf } from './suppliers.ts';
import type { Supplier } from './suppliers.ts';

/** A bought item at a plant. */
export interface Purchase extends Need {
  readonly item: Material;
}

/** The terms with each supplier of an item, then the schedule lines of the first one, as they were promised and received. */
export function* purchaseMessages(
  plan: Plan,
  need: Purchase,
  suppliers: readonly Supplier[],
): Generator<InboundMessage> {
  const agreements = sourcesOf(plan, need.item, suppliers).map((supplier, index) =>
    agreementOf(need, supplier, index + 1),
  );
  for (const data of agreements) {
    yield planMessage(plan, { system: 'erp', type: 'SupplyAgreementReported', key: data.id, data });
  }
  const [first] = agreements;
  if (first && need.weekly > 0) yield* scheduleLines(plan, need, first);
}

const FIRM_ZONE_DAYS = 14;
const TRADE_OFF_ZONE_DAYS = 28;

function agreementOf(need: Purchase, supplier: Supplier, priority: number): SupplyAgreementRecord {
  const { item, location, leadTimeDays } = need;
  return {
    id: `SA-${supplier.record.id}-${item.sku}-${location}`,
    supplier: supplier.record.id,
    sku: item.sku,
    location,
    leadTimeDays: priority === 1 ? leadTimeDays : leadTimeDays + 14,
    minimum: amount(supplyLot(need), item.unit),
    multiple: amount(5, item.unit),
    priority,
    unitCost: amount(item.unitCost * (priority === 1 ? 1 : 1.12), 'EUR').value,
    firmZoneDays: FIRM_ZONE_DAYS,
    tradeOffZoneDays: TRADE_OFF_ZONE_DAYS,
  };
}

/** Lines at the pace at which the lot is used up, the last of the past first. Ids do not depend on the plan's day. */
function* scheduleLines(plan: Plan, need: Purchase, agreement: SupplyAgreementRecord): Generator<InboundMessage> {
  const { item, location } = need;
  const { promisesBack, promisesAhead } = plan.shape;
  const random = randomFor(plan.seed, 'commitments', item.sku, location);
  const lot = supplyLot(need);
  const everyDays = Math.max(7, Math.min(28, Math.round(lot / need.weekly) * 7));
  const weekday = random.integer(0, 4);
  const shipped = { before: 0, required: 0 };
  for (let index = 0; index < promisesBack + promisesAhead; index++) {
    const requiredOn = addDays(plan.monday, (index - promisesBack) * everyDays + weekday);
    const past = requiredOn < plan.today;
    shipped.required += lot;
    const line: SupplierCommitmentReport = {
      id: `SC-${item.sku}-${location}/${index + 1}`,
      supplier: agreement.supplier,
      sku: item.sku,
      location,
      agreement: agreement.id,
      document: `SCH-${item.sku}-${location}/${String((index + 1) * 10)}`,
      level: levelOf((Date.parse(requiredOn) - plan.now) / DAY_MS),
      required: amount(lot, item.unit),
      requiredOn,
      ...promiseOf(item.unit, lot, requiredOn, past, random),
      orderedOn: addDays(requiredOn, -Math.round(agreement.leadTimeDays)),
      cumulativeRequired: amount(shipped.required, item.unit),
      cumulativeShipped: amount(shipped.before, item.unit),
      cumulativeReceived: amount(shipped.before, item.unit),
    };
    const at = Math.min(plan.now, Date.parse(requiredOn)) - 10 * DAY_MS;
    yield planMessage(plan, {
      system: 'supplier-portal',
      type: 'SupplierCommitmentReported',
      key: line.id,
      data: line,
      at,
    });
    const leavingNow = !past && index <= promisesBack && line.confirmation === 'ACCEPTED' && random.chance(0.6);
    if (past || leavingNow) {
      yield* shipment(plan, line, past, random);
      shipped.before += lot;
    }
  }
}

function levelOf(daysAhead: number): SupplierCommitmentReport['level'] {
  if (daysAhead <= FIRM_ZONE_DAYS) return 'FIRM';
  return daysAhead <= TRADE_OFF_ZONE_DAYS ? 'PLANNED' : 'FORECAST';
}

type Commitment = Pick<SupplierCommitmentReport, 'confirmation' | 'committed' | 'committedOn'>;

function promiseOf(unit: string, lot: number, requiredOn: string, past: boolean, random: Random): Commitment {
  const draw = random.next();
  const late = addDays(requiredOn, random.integer(2, 9));
  const part = amount(lot * random.between(0.4, 0.8), unit);
  if (past || draw < 0.6) return { confirmation: 'ACCEPTED', committed: amount(lot, unit), committedOn: requiredOn };
  if (draw < 0.7) return { confirmation: 'ACCEPTED_WITH_CHANGE', committed: amount(lot, unit), committedOn: late };
  if (draw < 0.77) return { confirmation: 'PARTIAL', committed: part, committedOn: requiredOn };
  if (draw < 0.81) return { confirmation: 'BACKORDERED', committed: amount(lot, unit), committedOn: addDays(late, 14) };
  if (draw < 0.84) return { confirmation: 'REJECTED' };
  return { confirmation: 'PENDING' };
}

/** The ship notice of a line and, of what is past, the receipt; one in ten came late, one in ten had rejects. */
function* shipment(
  plan: Plan,
  line: SupplierCommitmentReport,
  past: boolean,
  random: Random,
): Generator<InboundMessage> {
  const shippedOn = earlierOf(addDays(line.requiredOn, -5), plan.today);
  const notice: ShipmentNotice = {
    id: line.id,
    notice: `ASN-${line.id}`,
    quantity: line.required,
    shippedOn,
    expectedOn: line.requiredOn,
  };
  const system = 'supplier-portal';
  const shippedAt = Math.min(plan.now, Date.parse(shippedOn));
  yield planMessage(plan, { system, type: 'ShipmentNotified', key: line.id, data: notice, at: shippedAt });
  if (!past) return;
  const late = random.chance(0.1) ? 1 : 0;
  const rejected = random.chance(0.1) ? Number(line.required.value) * 0.02 : 0;
  const receipt: SupplyReceipt = {
    id: line.id,
    receipt: `GR-${line.id}`,
    received: line.required,
    ...(rejected >= 1 ? { rejected: amount(rejected, line.required.unit) } : {}),
    receivedOn: earlierOf(addDays(line.requiredOn, late), plan.today),
  };
  yield planMessage(plan, { system: 'wms', type: 'ReceiptPosted', key: line.id, data: receipt, at: plan.now });
}

function earlierOf(left: string, right: string): string {
  return left < right ? left : right;
}
