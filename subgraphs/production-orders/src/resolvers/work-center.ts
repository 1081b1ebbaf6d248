import type { PlanningCalendar } from '@takt/planning-time';
import { DateScalar, fault, PageArgs, type Connection, FILTER, ORDER_BY } from '@takt/subgraph-server';
import { Arg, Args, Ctx, Directive, FieldResolver, Float, Resolver, Root } from 'type-graphql';
import { ProductionOrderSort, ProductionOrderStatusFilter } from '../schema/inputs.ts';
import { MOST_MONTHS, monthsOf, workCenterLoadId } from '../load.ts';
import { ordersPage, statusConditions } from './production-order.ts';
import { ProductionOrderConnection, type ProductionOrder } from '../schema/production-order.ts';
import type { ProductionOrdersContext } from '../store.ts';
import { localDays, occupiedMinutes, type WorkCenterCapacity } from '../utilization.ts';
import { CAPACITY_FIELDS, WorkCenter, type Calendar } from '../schema/work-center.ts';

@Resolver(() => WorkCenter)
export class WorkCenterResolver {
  @FieldResolver(() => ProductionOrderConnection, { description: 'Orders of which an operation is done here.' })
  async productionOrders(
    @Root() { code }: WorkCenter,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ProductionOrderStatusFilter, { nullable: true, description: FILTER })
    filter: ProductionOrderStatusFilter | null,
    @Arg('orderBy', () => ProductionOrderSort, { nullable: true, description: ORDER_BY })
    orderBy: ProductionOrderSort | null,
    @Ctx() context: ProductionOrdersContext,
  ): Promise<Connection<ProductionOrder>> {
    return ordersPage(context, page, statusConditions(filter), orderBy, { workCenters: code });
  }

  @Directive(`@requires(fields: "${CAPACITY_FIELDS}")`)
  @FieldResolver(() => Float, {
    nullable: true,
    description:
      'Percent of its working time from `from` until before `to` that open orders take; null if it does not work then. ' +
      'Above 100 it is overloaded.',
  })
  async utilization(
    @Root() workCenter: WorkCenter,
    @Arg('from', () => DateScalar, { description: 'First day, in the time zone of the work center.' }) from: string,
    @Arg('to', () => DateScalar, { description: 'The first day that no longer counts.' }) to: string,
    @Ctx() { loads, availableMinutes }: ProductionOrdersContext,
  ): Promise<number | null> {
    const capacity = capacityOf(workCenter);
    if (!capacity) return null;
    if (from >= to) throw fault('BAD_USER_INPUT', `to must be after from, got ${from} and ${to}.`);
    const window = localDays(capacity.timeZone, from, to);
    const months = monthsOf(window.from, window.to);
    if (months.length === MOST_MONTHS)
      throw fault('BAD_USER_INPUT', `Ask for less than ${MOST_MONTHS} months at a time.`);
    const found = await loads.loadMany(months.map((month) => workCenterLoadId(workCenter.code, month)));
    const operations = found.flatMap((load) => {
      if (load instanceof Error) throw load;
      return load?.document.operations ?? [];
    });
    const available = availableMinutes(capacity, window);
    if (available === 0) return null;
    return round((occupiedMinutes(capacity, oncePerOperation(operations), window) / available) * 100);
  }
}

/** Undefined if no subgraph knows the work center. */
function capacityOf(workCenter: WorkCenter): WorkCenterCapacity | undefined {
  const { timeZone, capacity, efficiencyPercent, shifts, calendar, capacityCalendar } = workCenter;
  if (timeZone == null || capacity == null) return undefined;
  return {
    timeZone,
    capacity,
    efficiencyPercent: efficiencyPercent ?? null,
    shifts: shifts ?? null,
    calendar: toPlanningCalendar(calendar),
    capacityCalendar: toPlanningCalendar(capacityCalendar),
  };
}

/** Null for a calendar that no source has reported: it bounds nothing. */
function toPlanningCalendar(calendar: Calendar | null | undefined): PlanningCalendar | null {
  if (calendar?.timeZone == null) return null;
  const { code, timeZone, defaultValue, periods } = calendar;
  return {
    code,
    timeZone,
    defaultValue: defaultValue ?? 0,
    periods: (periods ?? []).map(({ from, to, days, startTime, endTime, value, priority }) => ({
      ...(from != null && { from }),
      ...(to != null && { to }),
      days,
      ...(startTime != null && { startTime }),
      ...(endTime != null && { endTime }),
      value,
      priority,
    })),
  };
}

/** An operation that touches several months is in the load of each. */
function oncePerOperation<O extends { readonly order: string; readonly sequence: number }>(
  operations: readonly O[],
): O[] {
  return [...new Map(operations.map((each) => [JSON.stringify([each.order, each.sequence]), each])).values()];
}

function round(percent: number): number {
  return Math.round(percent * 100) / 100;
}
