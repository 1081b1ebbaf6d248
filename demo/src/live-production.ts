import type { CommandData, ProductionOrderReport } from './contracts.ts';
import { DAY_MS } from './dates.ts';
import type { Beat, Move } from './live-beat.ts';
import { liveOrder } from './live-plant.ts';
import type { LiveOrder, LivePlant } from './live-plant.ts';
import { receive, withdraw } from './live-stock.ts';
import { amount } from './messages.ts';
import { HOLD_REASONS } from './orders.ts';

/** One step on the shop floor: a hold is lifted or placed, an order is made, released or confirmed. */
export function* moveProduction(plant: LivePlant, beat: Beat): Generator<Move> {
  const { random } = beat;
  const longest = plant.held[0];
  if (longest && beat.number - longest.since >= HOLD_BEATS) yield liftHold(plant, beat, longest);
  if (plant.firmed.length < FEWEST_FIRMED && plant.templates.length > 0) yield create(plant, beat);
  if (plant.firmed.length > 0 && (plant.running.length < FEWEST_RUNNING || random.chance(0.15)))
    yield release(plant, beat);
  if (plant.running.length === 0) return;
  const order = random.pick(plant.running);
  if (random.chance(0.04)) yield placeHold(plant, beat, order);
  else yield* confirm(plant, beat, order);
}

const FEWEST_FIRMED = 6;
const FEWEST_RUNNING = 8;
const MOST_RUNNING = 200;
const HOLD_BEATS = 40;

function release(plant: LivePlant, beat: Beat): Move {
  const order = plant.firmed.shift();
  if (!order) throw new Error('There is no firmed order to release.');
  const data: CommandData<'ReleaseProductionOrder'> = { id: order.report.id };
  return {
    domain: 'production-orders',
    message: beat.message('mes', 'ReleaseProductionOrder', data),
    settle: (applied) => {
      if (applied && plant.running.length < MOST_RUNNING) plant.running.push(order);
    },
  };
}

/** Confirms part of the operation that is next; the last one brings goods to stock and closes the order. */
function* confirm(plant: LivePlant, beat: Beat, order: LiveOrder): Generator<Move> {
  const { report } = order;
  const operation = report.operations[order.operation];
  if (!operation) {
    remove(plant.running, order);
    return;
  }
  const total = Number(report.quantity.value);
  const left = total - order.done;
  const pieces = Math.min(left, Math.max(1, Math.ceil(total * beat.random.between(0.3, 0.6))));
  const scrap = beat.random.chance(0.05) ? Math.min(pieces, Math.max(1, Math.round(pieces * 0.02))) : 0;
  const final = pieces >= left;
  const last = order.operation === report.operations.length - 1;
  const unit = report.quantity.unit;
  const now = beat.now();
  const data: CommandData<'ConfirmCompletion'> = {
    id: report.id,
    confirmation: beat.document('CF'),
    operation: operation.sequence,
    yield: amount(pieces - scrap, unit),
    ...(scrap > 0 ? { scrap: amount(scrap, unit), reason: 'Out of tolerance' } : {}),
    shift: shiftAt(now),
    endedAt: now.toISOString(),
    final,
  };
  let confirmed = false;
  yield {
    domain: 'production-orders',
    message: beat.message('mes', 'ConfirmCompletion', data),
    settle: (applied) => {
      confirmed = applied;
    },
  };
  if (!confirmed) {
    remove(plant.running, order);
    return;
  }
  const component = report.components[beat.random.integer(0, report.components.length)];
  if (component?.operation === operation.sequence) {
    const units = (Number(component.required.value) * pieces) / total;
    const issued = withdraw(plant, beat, { sku: component.sku, location: report.location, units, order: report.id });
    if (issued) yield issued;
  }
  order.done = final ? 0 : order.done + pieces;
  if (final) order.operation++;
  if (last && pieces > scrap) {
    const { sku, location, id } = report;
    yield receive(plant, beat, { sku, location, unit, pieces: pieces - scrap, order: id });
  }
  if (!last || !final) return;
  remove(plant.running, order);
  const close: CommandData<'CloseProductionOrder'> = { id: report.id };
  yield { domain: 'production-orders', message: beat.message('erp', 'CloseProductionOrder', close) };
}

/** An order like one of the plant's own, as many days long, starting within three days. */
function create(plant: LivePlant, beat: Beat): Move {
  const { operations, components, priority, routing, ...template } = beat.random.pick(plant.templates);
  const shift = beat.now().getTime() + beat.random.integer(1, 3) * DAY_MS - Date.parse(template.scheduledStart);
  const data: CommandData<'CreateProductionOrder'> = {
    id: beat.document(template.location),
    sku: template.sku,
    location: template.location,
    quantity: template.quantity,
    scheduledStart: later(template.scheduledStart, shift),
    scheduledEnd: later(template.scheduledEnd, shift),
    ...(priority === undefined ? {} : { priority }),
    ...(routing === undefined ? {} : { routing }),
    operations: operations.map(({ sequence, name, workCenter, plannedMinutes, scheduledStart, scheduledEnd }) => ({
      sequence,
      ...(name === undefined ? {} : { name }),
      ...(workCenter === undefined ? {} : { workCenter }),
      ...(plannedMinutes === undefined ? {} : { plannedMinutes }),
      ...(scheduledStart === undefined ? {} : { scheduledStart: later(scheduledStart, shift) }),
      ...(scheduledEnd === undefined ? {} : { scheduledEnd: later(scheduledEnd, shift) }),
    })),
    components: components.map(({ position, sku, required, operation }) => ({
      position,
      sku,
      required,
      ...(operation === undefined ? {} : { operation }),
    })),
    state: 'FIRMED',
  };
  return {
    domain: 'production-orders',
    message: beat.message('erp', 'CreateProductionOrder', data, 'MANUAL'),
    settle: (applied) => {
      const report: ProductionOrderReport = { ...data, state: 'FIRMED', sourceStatuses: [] };
      if (applied) plant.firmed.push(liveOrder(report));
    },
  };
}

function placeHold(plant: LivePlant, beat: Beat, order: LiveOrder): Move {
  const data: CommandData<'PlaceQualityHold'> = {
    id: order.report.id,
    hold: beat.document('QH'),
    scope: 'ORDER',
    reason: beat.random.pick(HOLD_REASONS),
    placedBy: 'Quality laboratory',
  };
  return {
    domain: 'production-orders',
    message: beat.message('mes', 'PlaceQualityHold', data, 'QUALITY'),
    settle: (applied) => {
      remove(plant.running, order);
      if (applied) plant.held.push({ order, hold: data.hold, since: beat.number });
    },
  };
}

function liftHold(plant: LivePlant, beat: Beat, held: LivePlant['held'][number]): Move {
  const data: CommandData<'ReleaseQualityHold'> = {
    id: held.order.report.id,
    hold: held.hold,
    disposition: beat.random.pick(['USE_AS_IS', 'RELEASED', 'REWORK'] as const),
    releasedBy: 'Quality laboratory',
  };
  return {
    domain: 'production-orders',
    message: beat.message('mes', 'ReleaseQualityHold', data, 'QUALITY'),
    settle: (applied) => {
      remove(plant.held, held);
      if (applied) plant.running.push(held.order);
    },
  };
}

function shiftAt(now: Date): string {
  const hour = now.getUTCHours();
  return hour >= 22 || hour < 6 ? 'NIGHT' : hour < 14 ? 'EARLY' : 'LATE';
}

function later(instant: string, milliseconds: number): string {
  return new Date(Date.parse(instant) + milliseconds).toISOString();
}

function remove<Entry>(list: Entry[], entry: Entry): void {
  const index = list.indexOf(entry);
  if (index >= 0) list.splice(index, 1);
}
