import type { Operation, ProductionOrder } from '@takt/production-orders/contract';
import type { WorkCenter } from '@takt/work-centers/contract';
import { describe, expect, it } from 'vitest';
import type { WorkCenterFacts } from '../picture/picture.ts';
import { pieces, productionOrder, weekdays } from '../supply-demand/facts.fixture.ts';
import { lateMinutes } from './lateness.ts';

/** A Thursday morning in Berlin. */
const now = '2026-11-26T08:00:00.000Z';
const zone = { now, timeZone: 'Europe/Berlin' };

describe('an order whose work center is down', () => {
  it('ends so much later as the work center works again after the operation was to begin', () => {
    // given two hours of work from ten to noon on a work center that is expected back at noon
    const order = orderOf(operation(10, '2026-11-26T09:00:00Z', '2026-11-26T11:00:00Z', { plannedMinutes: 120 }));

    // when, then
    expect(lateMinutes(order, { ...zone, workCenters: at('MILL', 'DOWN', '2026-11-26T11:00:00Z') })).toBe(120);
  });

  it('is not late if the operation begins only after that', () => {
    const order = orderOf(operation(10, '2026-11-26T12:00:00Z', '2026-11-26T14:00:00Z', { plannedMinutes: 120 }));
    expect(lateMinutes(order, { ...zone, workCenters: at('MILL', 'DOWN', '2026-11-26T11:00:00Z') })).toBe(0);
  });

  it('loses a weekend if the work does not end before it', () => {
    // given a work center that works from Monday to Friday and is expected back an hour before Friday is over
    const order = orderOf(operation(10, '2026-11-27T09:00:00Z', '2026-11-27T11:00:00Z', { plannedMinutes: 120 }));
    const calendar = weekdays();

    // when
    const late = lateMinutes(order, { ...zone, workCenters: at('MILL', 'DOWN', '2026-11-27T22:00:00Z', { calendar }) });

    // then: Monday 01:00 in Berlin, instead of Friday noon
    expect(late).toBe((24 - 12 + 48 + 1) * 60);
  });

  it('waits until the day is over if nobody said until when, and is as late in the evening as it was in the morning', () => {
    const order = orderOf(operation(10, '2026-11-26T09:00:00Z', '2026-11-26T11:00:00Z', { plannedMinutes: 120 }));
    const workCenters = at('MILL', 'MAINTENANCE');
    const inTheMorning = lateMinutes(order, { ...zone, workCenters });
    const inTheEvening = lateMinutes(order, { ...zone, now: '2026-11-26T20:00:00.000Z', workCenters });
    // from midnight in Berlin, 23:00 UTC, two hours: 01:00 UTC instead of 11:00
    expect(inTheMorning).toBe(14 * 60);
    expect(inTheEvening).toBe(inTheMorning);
  });

  it('takes what is left of an operation that was begun', () => {
    const begun = { plannedMinutes: 120, confirmed: { yield: pieces(75), scrap: pieces(0), rework: pieces(0) } };
    const order = orderOf(operation(10, '2026-11-26T07:00:00Z', '2026-11-26T09:00:00Z', begun));
    expect(lateMinutes(order, { ...zone, workCenters: at('MILL', 'DOWN', '2026-11-26T09:00:00Z') })).toBe(30);
  });

  it('holds up the operations behind it', () => {
    const order = orderOf(
      operation(10, '2026-11-26T09:00:00Z', '2026-11-26T10:00:00Z', { plannedMinutes: 60 }),
      operation(20, '2026-11-26T10:00:00Z', '2026-11-26T11:00:00Z', { plannedMinutes: 60, workCenter: 'PAINT' }),
    );
    expect(lateMinutes(order, { ...zone, workCenters: at('MILL', 'DOWN', '2026-11-26T12:00:00Z') })).toBe(3 * 60);
  });

  it('uses the time that lies between its operations first', () => {
    const order = orderOf(
      operation(10, '2026-11-26T09:00:00Z', '2026-11-26T10:00:00Z', { plannedMinutes: 60 }),
      operation(20, '2026-11-27T10:00:00Z', '2026-11-27T11:00:00Z', { plannedMinutes: 60, workCenter: 'PAINT' }),
    );
    expect(lateMinutes(order, { ...zone, workCenters: at('MILL', 'DOWN', '2026-11-26T12:00:00Z') })).toBe(0);
  });
});

it('operations that overlap hinder nobody', () => {
  const order = orderOf(
    operation(10, '2026-11-26T09:00:00Z', '2026-11-26T12:00:00Z', { plannedMinutes: 180 }),
    operation(20, '2026-11-26T10:00:00Z', '2026-11-26T13:00:00Z', { plannedMinutes: 180 }),
  );
  expect(lateMinutes(order, { ...zone, workCenters: at('MILL', 'RUNNING') })).toBe(0);
});

it('an order on quality hold waits until the day is over', () => {
  const hold = { hold: 'H1', scope: 'ORDER', reason: 'cracks', placedBy: 'QA', placedAt: now } as const;
  const held = orderOf(operation(10, '2026-11-26T09:00:00Z', '2026-11-26T11:00:00Z', { plannedMinutes: 120 }));
  expect(lateMinutes({ ...held, qualityHolds: [hold] }, { ...zone, workCenters: new Map() })).toBe(14 * 60);
  const release = { disposition: 'USE_AS_IS', releasedBy: 'QA', releasedAt: now } as const;
  expect(lateMinutes({ ...held, qualityHolds: [{ ...hold, release }] }, { ...zone, workCenters: new Map() })).toBe(0);
});

it('an order is not called late for what is over, nor for anything else than what hinders it', () => {
  const overdue = operation(10, '2026-11-20T09:00:00Z', '2026-11-20T11:00:00Z', { plannedMinutes: 120 });
  expect(lateMinutes(orderOf(overdue), { ...zone, workCenters: at('MILL', 'RUNNING') })).toBe(0);
  const done = orderOf({ ...overdue, state: 'CONFIRMED' });
  expect(lateMinutes(done, { ...zone, workCenters: at('MILL', 'DOWN') })).toBe(0);
  expect(lateMinutes({ ...orderOf(overdue), state: 'CONFIRMED' }, { ...zone, workCenters: at('MILL', 'DOWN') })).toBe(
    0,
  );
});

function operation(
  sequence: number,
  scheduledStart: string,
  scheduledEnd: string,
  rest: Partial<Operation> = {},
): Operation {
  const none = { yield: pieces(0), scrap: pieces(0), rework: pieces(0) };
  return {
    sequence,
    workCenter: 'MILL',
    scheduledStart,
    scheduledEnd,
    state: 'PLANNED',
    reported: {},
    confirmed: none,
    ...rest,
  };
}

function orderOf(...operations: readonly Operation[]): ProductionOrder {
  const scheduledEnd = operations.at(-1)?.scheduledEnd ?? '';
  return productionOrder('P1', scheduledEnd.slice(0, 10), 100, { operations, scheduledEnd });
}

function at(
  code: string,
  state: 'RUNNING' | 'DOWN' | 'MAINTENANCE',
  expectedEnd?: string,
  rest: Partial<WorkCenterFacts> = {},
): ReadonlyMap<string, WorkCenterFacts> {
  const told = { system: 'mes', instance: 'p100', asOf: now };
  const workCenter: WorkCenter = {
    code,
    name: code,
    location: 'P100',
    level: 'WORK_CENTER',
    type: 'MACHINE',
    capacity: '1',
    capacityUnit: 'machine',
    timeZone: 'Europe/Berlin',
    recordTold: told,
    status: { state, since: now, ...(expectedEnd !== undefined && { expectedEnd }), told },
    downtimes: [],
  };
  return new Map([[code, { workCenter, ...rest }]]);
}
