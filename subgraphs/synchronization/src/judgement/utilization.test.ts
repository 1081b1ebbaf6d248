import type { RoutingRecord } from '@takt/products/contract';
import type { WorkCenter } from '@takt/work-centers/contract';
import { expect, it } from 'vitest';
import { pieces, productionOrder } from '../supply-demand/facts.fixture.ts';
import { loadView, MOST_PERCENT, utilizationAfter } from './utilization.ts';

const now = '2026-11-26T08:00:00.000Z';

it('counts what open orders take of a work center in a week, and what it can do then', () => {
  const none = { yield: pieces(0), scrap: pieces(0), rework: pieces(0) };
  const times = { scheduledStart: '2026-12-01T06:00:00Z', scheduledEnd: '2026-12-01T14:00:00Z', plannedMinutes: 400 };
  const operation = {
    sequence: 10,
    workCenter: 'MILL',
    ...times,
    state: 'PLANNED',
    reported: {},
    confirmed: none,
  } as const;
  const order = productionOrder('P1', '2026-12-01', 5, { operations: [operation], workCenters: ['MILL'] });
  const load = loadView(new Map([['MILL', { workCenter: mill() }]]), [order], now);
  expect(load('MILL', '2026-11-30')).toMatchObject({ loadMinutes: 400, availableMinutes: 7 * 24 * 60 });
  expect(load('MILL', '2026-12-07')).toMatchObject({ loadMinutes: 0 });
  expect(load('SAW', '2026-11-30')).toBeUndefined();
});

it('tells the work center that would be loaded most, of alternatives the preferred one', () => {
  const load = (code: string) => ({ loadMinutes: { MILL: 100, SAW: 850 }[code] ?? 0, availableMinutes: 1000 });
  const routings = [routing('SLOW', 2, 'LATHE', '6000'), routing('FAST', 1, 'MILL', '60', 'SAW')];
  expect(utilizationAfter(routings, 10, '2026-11-30', load)).toBe(86);
});

it('is loaded beyond measure where nobody works, and not at all where nothing is to be done', () => {
  const closed = () => ({ loadMinutes: 0, availableMinutes: 0 });
  const routings = [routing('R1', 1, 'MILL', '60')];
  expect(utilizationAfter(routings, 10, '2026-11-30', closed)).toBe(MOST_PERCENT);
  expect(utilizationAfter(routings, 0, '2026-11-30', closed)).toBe(0);
  expect(utilizationAfter([], 10, '2026-11-30', closed)).toBeUndefined();
});

function routing(
  id: string,
  priority: number,
  workCenter: string,
  secondsPerUnit: string,
  second?: string,
): RoutingRecord {
  const codes = second === undefined ? [workCenter] : [workCenter, second];
  const operations = codes.map((code, index) => {
    const sequence = (index + 1) * 10;
    return { id: `${id}/${sequence}`, sequence, name: code, secondsPerUnit, workCenters: [{ code, quantity: '1' }] };
  });
  return { id, name: id, sku: 'PUMP', location: 'P100', kind: 'SEQUENCE', priority, operations };
}

function mill(): WorkCenter {
  return {
    code: 'MILL',
    name: 'Mill',
    location: 'P100',
    level: 'WORK_CENTER',
    type: 'MACHINE',
    capacity: '1',
    capacityUnit: 'machine',
    timeZone: 'Europe/Berlin',
    recordTold: { system: 'mes', instance: 'p100', asOf: now },
    downtimes: [],
  };
}
