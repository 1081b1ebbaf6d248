import { CONSUMING_STATUSES, timePhased, type CustomerOrderRecord, type Forecast } from '@takt/forecasts/contract';
import { isBefore } from '@takt/production-orders/contract';
import { bucketStart, localDateAt } from '@takt/planning-time';
import { add, isNegative, isZero, subtract, type Quantity } from '@takt/quantity';
import type { UnitFacts } from '../picture/unit-facts.ts';
import type { PlanningMeasure } from './planning-measure.ts';

/** In the order in which demands of one day and priority are served. */
export const DEMAND_KINDS = ['CUSTOMER_ORDER', 'COMPONENT', 'TRANSFER_ORDER', 'FORECAST'] as const;
type DemandKind = (typeof DEMAND_KINDS)[number];

/** Something that has to be met from stock and receipts. */
export interface Demand {
  readonly kind: DemandKind;
  /** Of the customer's order, the order that needs it as a component, or the transfer; of FORECAST the day. */
  readonly id: string;
  /** Of COMPONENT: the position in that order. */
  readonly position?: number;
  /** As it was told. */
  readonly dueOn: string;
  /** When it counts: `dueOn`, but not before today. */
  readonly on: string;
  readonly quantity: Quantity;
  /** The lowest number is served first; absent if nobody said. */
  readonly priority?: number;
  /** Whether it is promised: an open customer order, or needed by an order or a transfer that is firmed. */
  readonly committed: boolean;
}

export interface DemandQuestion {
  /** In the location's time zone. */
  readonly today: string;
  /** Forecasts of days from here on are left out. */
  readonly until: string;
  /** Weekly forecasts need not be spread over days: each week counts as a whole on its Monday, but not before today. */
  readonly wholeWeeks?: boolean;
  /** Calendar days before and after its due date within which an order consumes forecast; none unless given. */
  readonly backwardDays?: number;
  readonly forwardDays?: number;
}

/**
 * What has to be met: open orders of customers, what orders have left of the forecast, components that are still to be
 * withdrawn for production orders that are not over, needed when those start, and what leaves for other locations.
 *
 * Orders of customers consume the forecast, delivered ones as well (see `consume` of the forecasts); together with what
 * they leave, independent demand of a forecast's bucket is the greater of forecast and orders.
 */
export function demandsOf(facts: UnitFacts, measure: PlanningMeasure, question: DemandQuestion): Demand[] {
  const orders = ordersInMeasure(facts, measure);
  const due = (dueOn: string) => ({ dueOn, on: dueOn < question.today ? question.today : dueOn });
  return [
    ...orders
      .filter(({ status }) => status === 'OPEN')
      .map(({ id, dueAt, quantity, priority }): Demand => {
        const day = due(dueAt.slice(0, 10));
        return { kind: 'CUSTOMER_ORDER', id, ...day, quantity, ...given({ priority }), committed: true };
      }),
    ...phasedForecast(facts, measure, { ...question, asked: 'NET' }).map(({ dueOn, on, quantity }): Demand => ({
      kind: 'FORECAST',
      id: dueOn,
      dueOn,
      on,
      quantity,
      committed: false,
    })),
    ...componentDemands(facts, measure, due),
    ...transferDemands(facts, measure, due),
  ].filter(({ quantity }) => !isZero(quantity) && !isNegative(quantity));
}

/**
 * What is ordered, needed as a component, or leaves, by the Monday of the week in which it is due, whether or not it has
 * been met since: that something was delivered, withdrawn or shipped in time changes nothing of what was wanted. Without
 * what is forecast.
 */
export function orderedByWeek(facts: UnitFacts, measure: PlanningMeasure): ReadonlyMap<string, Quantity> {
  const weeks = new Map<string, Quantity>();
  const put = (dueOn: string, amount: Quantity | undefined) => {
    if (!amount) return;
    const week = bucketStart(dueOn, 'WEEK');
    const known = weeks.get(week);
    weeks.set(week, known ? add(known, amount) : amount);
  };
  const zone = timeZoneOf(facts);
  for (const { status, dueAt, quantity } of ordersInMeasure(facts, measure)) {
    if (CONSUMING_STATUSES.some((each) => each === status)) put(dueAt.slice(0, 10), quantity);
  }
  for (const { id, components, scheduledStart } of facts.consumingOrders) {
    for (const { sku, required } of components) {
      if (sku === facts.sku) put(localDateAt(zone, scheduledStart), measure.measure(required, 'COMPONENT', id));
    }
  }
  for (const { id, shipAt, quantity } of facts.leaving) {
    put(localDateAt(zone, shipAt), measure.measure(quantity, 'TRANSFER_ORDER', id));
  }
  return weeks;
}

/**
 * A forecast by day, spread over the location's working days, or by week. What no order has taken of a day is expected
 * until the week ends in which it was due, at the latest today; then it has expired.
 */
export function phasedForecast(
  facts: UnitFacts,
  measure: PlanningMeasure,
  {
    today,
    until: to,
    wholeWeeks = false,
    backwardDays = 0,
    forwardDays = 0,
    asked,
  }: DemandQuestion & { readonly asked: 'NET' | 'TOTAL' },
): { readonly dueOn: string; readonly on: string; readonly quantity: Quantity }[] {
  const series = facts.forecasts.flatMap((each) => inMeasure(each, measure) ?? []);
  const orders = asked === 'NET' ? ordersInMeasure(facts, measure) : [];
  const consuming = orders.filter(({ status }) => CONSUMING_STATUSES.some((each) => each === status));
  const days = timePhased(series, consuming, {
    from: bucketStart(today, 'WEEK'),
    to,
    granularity: wholeWeeks && series.every(({ granularity }) => granularity === 'WEEK') ? 'WEEK' : 'DAY',
    measure: asked,
    calendar: facts.calendar,
    backwardDays,
    forwardDays,
  });
  return days.map(({ bucketStart: dueOn, quantity }) => ({ dueOn, on: dueOn < today ? today : dueOn, quantity }));
}

function inMeasure(forecast: Forecast, measure: PlanningMeasure): Forecast | undefined {
  const { unit, customer } = forecast;
  if (unit === measure.unit) return forecast;
  const id = customer ?? 'all customers';
  const buckets = forecast.buckets.map(({ baseline, override, ...bucket }) => {
    const value = (text: string) => measure.measure({ value: text, unit }, 'FORECAST', id)?.value;
    return { ...bucket, baseline: value(baseline), override: override === undefined ? undefined : value(override) };
  });
  if (buckets.some(({ baseline }) => baseline === undefined)) return undefined;
  return {
    ...forecast,
    unit: measure.unit,
    buckets: buckets.map(({ baseline = '0', override, ...bucket }) => ({
      ...bucket,
      baseline,
      ...given({ override }),
    })),
  };
}

/** With due times as local days, so that they consume the forecast of the day that the plant means. */
function ordersInMeasure(facts: UnitFacts, measure: PlanningMeasure): CustomerOrderRecord[] {
  return facts.customerOrders.flatMap((order) => {
    if (order.status === 'CANCELLED') return [];
    const quantity = measure.measure(order.quantity, 'CUSTOMER_ORDER', order.id);
    const dueAt = `${localDateAt(timeZoneOf(facts), order.dueAt)}T00:00:00Z`;
    return quantity ? { ...order, quantity, dueAt } : [];
  });
}

function componentDemands(facts: UnitFacts, measure: PlanningMeasure, due: Due): Demand[] {
  return facts.consumingOrders
    .filter(({ state }) => isBefore(state, 'CONFIRMED'))
    .flatMap((order) => {
      const day = due(localDateAt(timeZoneOf(facts), order.scheduledStart));
      const committed = !isBefore(order.state, 'FIRMED');
      const needed = order.components.filter(({ sku }) => sku === facts.sku);
      return needed.flatMap(({ position, required, withdrawn }): Demand[] => {
        const left = withdrawn ? subtract(required, withdrawn) : required;
        const quantity = measure.measure(left, 'COMPONENT', order.id);
        const { id, priority } = order;
        if (!quantity) return [];
        return [{ kind: 'COMPONENT', id, position, ...day, quantity, ...given({ priority }), committed }];
      });
    });
}

/** What was shipped has left the stock. */
function transferDemands(facts: UnitFacts, measure: PlanningMeasure, due: Due): Demand[] {
  return facts.leaving.flatMap(({ id, state, shipAt, quantity: told }): Demand[] => {
    if (state !== 'PROPOSED' && state !== 'FIRMED') return [];
    const quantity = measure.measure(told, 'TRANSFER_ORDER', id);
    if (!quantity) return [];
    const day = due(localDateAt(timeZoneOf(facts), shipAt));
    return [{ kind: 'TRANSFER_ORDER', id, ...day, quantity, committed: state === 'FIRMED' }];
  });
}

/** A location that no source has reported is taken to be in UTC. */
export function timeZoneOf({ place }: UnitFacts): string {
  return place?.timeZone ?? 'UTC';
}

function given<T extends object>(fields: T): { [name in keyof T]?: Exclude<T[name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

type Due = (dueOn: string) => { readonly dueOn: string; readonly on: string };
