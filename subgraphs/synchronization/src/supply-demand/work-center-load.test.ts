import { describe, expect, it } from 'vitest';
import type { Operation, ProductionOrder } from '@takt/production-orders/contract';
import type { WorkCenter } from '@takt/work-centers/contract';
import type { WorkCenterFacts } from '../picture/picture.ts';
import { dayAfter, productionOrder } from './facts.fixture.ts';
import { workCenterLoad, type WorkCenterLoadQuestion } from './work-center-load.ts';

const EVERY_DAY = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
const now = '2026-11-26T09:00:00.000Z';

describe('load against what is available', () => {
  const dayShift = {
    name: 'Day',
    days: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'],
    startTime: '06:00',
    endTime: '14:00',
  } as const;

  it('is worked out week by week', () => {
    // given a machine of 5 days of 8 hours at 50 %: 1,200 minutes a week
    const lathe = machine({ shifts: [shift(dayShift)], efficiencyPercent: 50 });
    const orders = [
      operationOf('P1', '2026-11-30T05:00:00.000Z', '2026-12-01T13:00:00.000Z', 900),
      operationOf('P2', '2026-12-07T05:00:00.000Z', '2026-12-11T13:00:00.000Z', 1100),
      operationOf('P3', '2026-12-14T05:00:00.000Z', '2026-12-18T13:00:00.000Z', 1500),
    ];

    // when
    const { buckets, criticalLoadPercent } = workCenterLoad(lathe, orders, weeks('2026-11-30', '2026-12-28'));

    // then
    expect(criticalLoadPercent).toBe(90);
    expect(buckets).toEqual([
      bucket('2026-11-30', 900, 1200, 75),
      bucket('2026-12-07', 1100, 1200, 91.67, { critical: true }),
      bucket('2026-12-14', 1500, 1200, 125, { critical: true, overloadMinutes: 300 }),
      bucket('2026-12-21', 0, 1200, 0),
    ]);
  });

  it('is critical above what the work center’s source says', () => {
    const orders = [operationOf('P1', '2026-11-30T05:00:00.000Z', '2026-12-01T13:00:00.000Z', 1920)];
    const critical = (criticalLoadPercent: number) =>
      workCenterLoad(
        machine({ shifts: [shift(dayShift)], criticalLoadPercent }),
        orders,
        weeks('2026-11-30', '2026-12-01'),
      ).buckets[0]?.critical;
    expect([critical(79), critical(80)]).toEqual([true, false]);
  });

  it('shares what reaches over the end of a bucket by working time', () => {
    // given 16 hours of work from Friday's shift to Monday's, over a weekend without one
    const orders = [operationOf('P1', '2026-11-27T05:00:00.000Z', '2026-11-30T13:00:00.000Z', 480)];
    const { buckets } = workCenterLoad(
      machine({ shifts: [shift(dayShift)] }),
      orders,
      weeks('2026-11-23', '2026-12-07'),
    );
    expect(buckets.map(({ loadMinutes }) => loadMinutes)).toEqual([240, 240]);
  });

  it('counts a night shift with the days on both sides of midnight', () => {
    const night = shift({ name: 'Night', days: ['FRIDAY'], startTime: '22:00', endTime: '06:00' });
    const days = workCenterLoad(machine({ shifts: [night] }), [], {
      ...weeks('2026-11-27', '2026-11-29'),
      granularity: 'DAY',
    });
    expect(days.buckets.map(({ availableMinutes }) => availableMinutes)).toEqual([120, 360]);
  });

  it.each([
    ['2026-03-29', 23 * 60],
    ['2026-03-30', 24 * 60],
    ['2026-10-25', 25 * 60],
  ])('has the hours that %s has when the clocks change', (day, minutes) => {
    const { buckets } = workCenterLoad(machine(), [], { from: day, to: dayAfter(day), granularity: 'DAY', now });
    expect(buckets[0]?.availableMinutes).toBe(minutes);
  });

  it('loses an hour of the night shift when summer time begins, and has one more when it ends', () => {
    const night = shift({ name: 'Night', days: [...EVERY_DAY], startTime: '22:00', endTime: '06:00' });
    const available = (day: string) =>
      workCenterLoad(machine({ shifts: [night] }), [], { from: day, to: dayAfter(day), granularity: 'DAY', now })
        .buckets[0]?.availableMinutes;
    expect([available('2026-03-29'), available('2026-03-30'), available('2026-10-25')]).toEqual([420, 480, 540]);
  });

  it('has nothing on a holiday, and what is planned then is too much', () => {
    const holiday = { code: 'P100', timeZone: 'Europe/Berlin', defaultValue: 1, periods: [exception('2026-12-25', 0)] };
    const lathe = { ...machine(), calendar: holiday };
    const orders = [operationOf('P1', '2026-12-25T05:00:00.000Z', '2026-12-25T13:00:00.000Z', 60)];
    const { buckets } = workCenterLoad(lathe, orders, { ...weeks('2026-12-24', '2026-12-26'), granularity: 'DAY' });
    expect(
      buckets.map(({ utilizationPercent, overloadMinutes, critical }) => [
        utilizationPercent,
        overloadMinutes,
        critical,
      ]),
    ).toEqual([
      [0, 0, false],
      [null, 60, true],
    ]);
  });

  it('follows its capacity over time and its crews', () => {
    const capacityCalendar = {
      code: 'C',
      timeZone: 'Europe/Berlin',
      defaultValue: 2,
      periods: [exception('2026-12-02', 3)],
    };
    const crews = { ...shift(dayShift), crews: 2 };
    const lathe = { ...machine({ shifts: [crews] }), capacityCalendar };
    const { buckets } = workCenterLoad(lathe, [], { ...weeks('2026-12-01', '2026-12-03'), granularity: 'DAY' });
    expect(buckets.map(({ availableMinutes }) => availableMinutes)).toEqual([480 * 4, 480 * 6]);
  });
});

describe('a work center that is down', () => {
  const told = { system: 'mes', instance: 'P100', asOf: now };
  const since = '2026-11-26T05:00:00.000Z';
  const days = { ...weeks('2026-11-26', '2026-11-29'), granularity: 'DAY' } as const;
  const available = (status: WorkCenter['status']) =>
    workCenterLoad(machine(status && { status }), [], days).buckets.map(
      ({ availableMinutes }) => availableMinutes / 60,
    );

  it('has no time until it is expected to work again', () => {
    // given that it is down from 6 o'clock in Berlin until noon of the next day
    const expectedEnd = '2026-11-27T12:00:00+01:00';
    expect(available({ state: 'DOWN', since, expectedEnd, told })).toEqual([6, 12, 24]);
    expect(available({ state: 'MAINTENANCE', since, expectedEnd, told })).toEqual([6, 12, 24]);
  });

  it('is back as far as anybody knows, if nobody said when or that has passed', () => {
    expect(available({ state: 'DOWN', since, told })).toEqual([20, 24, 24]);
    expect(available({ state: 'DOWN', since, expectedEnd: '2026-11-26T08:00:00Z', told })).toEqual([20, 24, 24]);
  });

  it('has all its time again once it runs', () => {
    expect(available({ state: 'RUNNING', since, expectedEnd: '2026-11-27T12:00:00Z', told })).toEqual([24, 24, 24]);
  });
});

describe('operations', () => {
  it('that are done, elsewhere, or of finished orders load nobody', () => {
    const [start, end] = ['2026-11-30T05:00:00.000Z', '2026-11-30T13:00:00.000Z'];
    const orders = [
      operationOf('P1', start, end, 60),
      operationOf('P2', start, end, 60, { state: 'CONFIRMED' }),
      operationOf('P3', start, end, 60, { workCenter: 'OTHER' }),
      { ...operationOf('P4', start, end, 60), state: 'TECHNICALLY_COMPLETE' as const },
    ];
    expect(workCenterLoad(machine(), orders, weeks('2026-11-30', '2026-12-01')).buckets[0]?.loadMinutes).toBe(60);
  });

  it('that should have ended are told as overdue', () => {
    const orders = [
      operationOf('P1', '2026-11-20T05:00:00.000Z', '2026-11-20T13:00:00.000Z', 60),
      operationOf('P2', '2026-11-20T05:00:00.000Z', '2026-11-20T05:00:00.000Z', 5),
      operationOf('P3', '2026-11-26T05:00:00.000Z', '2026-11-26T13:00:00.000Z', 60),
    ];
    expect(workCenterLoad(machine(), orders, weeks('2026-11-23', '2026-11-30')).overdueMinutes).toBe(65);
  });
});

function machine(rest: Partial<WorkCenter> = {}): WorkCenterFacts {
  const workCenter: WorkCenter = {
    code: 'LATHE',
    name: 'Lathe',
    location: 'P100',
    level: 'WORK_UNIT',
    type: 'MACHINE',
    capacity: '1',
    capacityUnit: 'machine',
    timeZone: 'Europe/Berlin',
    recordTold: { system: 'erp', instance: 'P100', asOf: now },
    downtimes: [],
    ...rest,
  };
  return { workCenter };
}

function shift({
  days,
  ...rest
}: {
  name: string;
  days: readonly (typeof EVERY_DAY)[number][];
  startTime: string;
  endTime: string;
}) {
  return { ...rest, days: [...days] };
}

function exception(day: string, value: number) {
  return { from: `${day}T00:00:00`, to: `${dayAfter(day)}T00:00:00`, days: [...EVERY_DAY], value, priority: 0 };
}

function operationOf(
  id: string,
  scheduledStart: string,
  scheduledEnd: string,
  plannedMinutes: number,
  rest: Partial<Operation> = {},
): ProductionOrder {
  const none = { value: '0', unit: 'EA' };
  const operation: Operation = {
    sequence: 10,
    workCenter: 'LATHE',
    plannedMinutes,
    scheduledStart,
    scheduledEnd,
    reported: {},
    state: 'PLANNED',
    confirmed: { yield: none, scrap: none, rework: none },
    ...rest,
  };
  return productionOrder(id, '2026-12-01', 1, { operations: [operation] });
}

function weeks(from: string, to: string): WorkCenterLoadQuestion {
  return { from, to, granularity: 'WEEK', now };
}

function bucket(start: string, loadMinutes: number, availableMinutes: number, utilizationPercent: number, rest = {}) {
  const times = { bucketStart: start, bucketEnd: dayAfter(start, 7) };
  return { ...times, loadMinutes, availableMinutes, utilizationPercent, overloadMinutes: 0, critical: false, ...rest };
}
