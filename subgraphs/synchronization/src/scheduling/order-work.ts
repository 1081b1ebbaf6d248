import type { ProductionOrder } from '@takt/production-orders/contract';
import type { RoutingRecord } from '@takt/products/contract';
import type { Quantity } from '@takt/quantity';
import { mayResize } from './fixed-order.ts';
import type { JobOperation, JobPlace, PlacedOperation, Placement } from './job.ts';
import type { Shop } from './shop.ts';
import { instant } from './work-center-time.ts';

type Operation = ProductionOrder['operations'][number];
type RoutingOperation = RoutingRecord['operations'][number];

/** What places operations: the shop, and the alternates of each of its work centers. */
export interface Places {
  readonly shop: Shop;
  readonly alternates: ReadonlyMap<string, readonly string[]>;
}

/**
 * The work of an order: of each operation its planned minutes, else its scheduled working time; for another quantity as
 * its routing says, else in proportion. Operations at work centers that are not part of the problem take the time that
 * they are scheduled for.
 */
export function workOf(
  order: ProductionOrder,
  routing: RoutingRecord | undefined,
  places: Places,
  to: Quantity = order.quantity,
): JobOperation[] {
  const isResized = to.value !== order.quantity.value;
  const ratio = isResized && Number(order.quantity.value) > 0 ? Number(to.value) / Number(order.quantity.value) : 1;
  const steps = new Map(routing?.id === order.routing ? routing?.operations.map((step) => [step.sequence, step]) : []);
  if (order.operations.length === 0) {
    return [{ sequence: 0, places: [], elapsed: spanOf(order), units: 1, wait: 0 }];
  }
  let before: RoutingOperation | undefined;
  return order.operations.map((operation) => {
    const step = steps.get(operation.sequence);
    const minutes =
      isResized && step
        ? minutesOf(step, to)
        : (operation.plannedMinutes ?? scheduledMinutes(operation, places)) * ratio;
    const codes = isOver(operation) || operation.workCenter === undefined ? [] : [operation.workCenter];
    const others = mayResize(order) ? codes.flatMap((code) => places.alternates.get(code) ?? []) : [];
    const wait = waitBefore(step, before);
    before = step;
    return {
      sequence: operation.sequence,
      ...(operation.name !== undefined && { name: operation.name }),
      places: codes.every((code) => places.shop.has(code)) ? placesAt([...codes, ...others], minutes, places) : [],
      elapsed: isOver(operation) ? 0 : spanOf(operation),
      units: unitsOf(step),
      wait,
    };
  });
}

/** The work of an order that is to be made. Of a routing of alternates the first operation counts. */
export function workOfRouting(routing: RoutingRecord, over: Quantity, places: Places): JobOperation[] {
  const steps = [...routing.operations].sort((a, b) => a.sequence - b.sequence);
  let before: RoutingOperation | undefined;
  return (routing.kind === 'ALTERNATES' ? steps.slice(0, 1) : steps).map((step) => {
    const minutes = minutesOf(step, over);
    const codes = [...step.workCenters].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0)).map(({ code }) => code);
    const alternates = codes.slice(0, 1).flatMap((code) => places.alternates.get(code) ?? []);
    const wait = waitBefore(step, before);
    before = step;
    return {
      sequence: step.sequence,
      name: step.name,
      places: placesAt([...codes, ...alternates], minutes, places),
      elapsed: minutes * MINUTE,
      units: unitsOf(step),
      wait,
    };
  });
}

/** Where an order's operations are now; undefined if nobody told when one of them is done. */
export function placementOf(
  order: ProductionOrder,
  work: readonly JobOperation[],
  { shop }: Places,
): Placement | undefined {
  if (order.operations.length === 0) {
    const [start, end] = [Date.parse(order.scheduledStart), Date.parse(order.scheduledEnd)];
    return [{ start, end, place: undefined, worked: 0 }];
  }
  const placed: PlacedOperation[] = [];
  for (const [index, { workCenter, scheduledStart, scheduledEnd }] of order.operations.entries()) {
    if (scheduledStart === undefined || scheduledEnd === undefined) return undefined;
    const [start, end] = [Date.parse(scheduledStart), Date.parse(scheduledEnd)];
    const place = work[index]?.places.find((each) => each.workCenter === workCenter);
    placed.push({ start, end, place, worked: place ? shop.time(place.workCenter).workedUntil(start) : 0 });
  }
  return placed;
}

/** The order with its operations in other places. */
export function orderAt(order: ProductionOrder, placement: Placement, to: Quantity = order.quantity): ProductionOrder {
  const isResized = to.value !== order.quantity.value;
  const operations = order.operations.map((operation, index): Operation => {
    const placed = placement[index];
    if (!placed || isOver(operation)) return operation;
    return {
      ...operation,
      ...(placed.place && { workCenter: placed.place.workCenter }),
      ...(placed.place &&
        (isResized || operation.plannedMinutes !== undefined) && { plannedMinutes: placed.place.minutes }),
      scheduledStart: instant(placed.start),
      scheduledEnd: instant(placed.end),
    };
  });
  const [first, last] = [placement[0], placement.at(-1)];
  return {
    ...order,
    quantity: to,
    operations,
    workCenters: [...new Set(operations.flatMap(({ workCenter }) => workCenter ?? []))],
    ...(first && { scheduledStart: instant(first.start) }),
    ...(last && { scheduledEnd: instant(last.end) }),
  };
}

function placesAt(codes: readonly string[], minutes: number, { shop }: Places): JobPlace[] {
  return [...new Set(codes)]
    .filter((code) => shop.has(code))
    .map((workCenter) => ({ workCenter, minutes, length: shop.time(workCenter).durationOf(minutes) }));
}

function scheduledMinutes({ workCenter, scheduledStart, scheduledEnd }: Operation, { shop }: Places): number {
  if (scheduledStart === undefined || scheduledEnd === undefined) return 0;
  const [start, end] = [Date.parse(scheduledStart), Date.parse(scheduledEnd)];
  if (workCenter === undefined || !shop.has(workCenter)) return (end - start) / MINUTE;
  const time = shop.time(workCenter);
  return time.minutesIn(time.workedUntil(end) - time.workedUntil(start));
}

/** Minutes of planned work; times are no quantities, and are not exact. */
function minutesOf(
  { setupSeconds = '0', fixedSeconds = '0', secondsPerUnit = '0' }: RoutingOperation,
  over: Quantity,
): number {
  return (Number(setupSeconds) + Number(fixedSeconds) + Number(secondsPerUnit) * Number(over.value)) / 60;
}

function unitsOf(step: RoutingOperation | undefined): number {
  return Number(step?.workCenters[0]?.quantity ?? 1);
}

function waitBefore(step: RoutingOperation | undefined, before: RoutingOperation | undefined): number {
  return (Number(step?.queueSeconds ?? 0) + Number(before?.moveSeconds ?? 0)) * 1000;
}

function isOver({ state }: Operation): boolean {
  return state === 'CONFIRMED' || state === 'CANCELLED';
}

function spanOf({
  scheduledStart,
  scheduledEnd,
}: {
  readonly scheduledStart?: string;
  readonly scheduledEnd?: string;
}) {
  return scheduledStart === undefined || scheduledEnd === undefined
    ? 0
    : Date.parse(scheduledEnd) - Date.parse(scheduledStart);
}

const MINUTE = 60_000;
