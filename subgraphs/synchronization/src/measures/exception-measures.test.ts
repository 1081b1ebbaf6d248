import { expect, it } from 'vitest';
import { groupsOf, resolutionOf } from './exception-measures.ts';

const now = new Date('2026-03-10T12:00:00Z');

function open(
  hoursAgo: number,
  rest: { readonly location?: string; readonly family?: string; readonly severity?: 'HIGH' } = {},
) {
  const raisedAt = new Date(now.getTime() - hoursAgo * 3_600_000).toISOString();
  const dueAt = new Date(now.getTime() - (hoursAgo - 8) * 3_600_000).toISOString();
  const about = { kind: 'FROZEN_CHANGE', severity: 'LOW', location: 'P100', region: 'EMEA', owner: 'Vera' } as const;
  return { ...about, raisedAt, dueAt, ...rest };
}

const EXCEPTIONS = [
  open(1, { family: 'PUMPS' }),
  open(10, { family: 'PUMPS' }),
  open(100, { family: 'PUMPS', location: 'P200' }),
  open(2, { severity: 'HIGH' }),
];
const UNGROUPED = { plant: null, family: null, region: null, owner: null, severity: null, kind: null };

it('counts open exceptions, and their age, by what is asked for', () => {
  const groups = groupsOf(EXCEPTIONS, ['FAMILY', 'REGION'], now);
  expect(groups).toMatchObject([
    { ...UNGROUPED, family: 'PUMPS', region: 'EMEA', open: 3, overdue: 2, maxAgeSeconds: 360_000 },
    {
      ...UNGROUPED,
      region: 'EMEA',
      open: 1,
      overdue: 0,
      maxAgeSeconds: 7_200,
      oldestRaisedAt: '2026-03-10T10:00:00.000Z',
    },
  ]);
  expect(Math.abs(groups[0]!.medianAgeSeconds - 36_000)).toBeLessThanOrEqual(360);
});

it('counts by plant, owner, severity and kind as well, and all in one where nothing is asked for', () => {
  const counted = (by: Parameters<typeof groupsOf>[1]) =>
    groupsOf(EXCEPTIONS, by, now).map(({ plant, owner, severity, kind, open }) => [plant, owner, severity, kind, open]);
  expect(counted(['PLANT', 'OWNER'])).toEqual([
    ['P100', 'Vera', null, null, 3],
    ['P200', 'Vera', null, null, 1],
  ]);
  expect(counted(['SEVERITY', 'KIND'])).toEqual([
    [null, null, 'LOW', 'FROZEN_CHANGE', 3],
    [null, null, 'HIGH', 'FROZEN_CHANGE', 1],
  ]);
  expect(counted([])).toEqual([[null, null, null, null, 4]]);
  expect(groupsOf([], ['PLANT'], now)).toEqual([]);
});

it('measures from raised to closed, of exceptions closed in the period by the plant’s calendar', () => {
  const closed = (raisedAt: string, closedAt?: string) => ({ raisedAt, ...(closedAt !== undefined && { closedAt }) });
  const exceptions = [
    closed('2026-03-09T22:30:00Z', '2026-03-09T23:30:00Z'),
    closed('2026-03-10T08:00:00Z', '2026-03-10T10:00:00Z'),
    closed('2026-03-01T08:00:00Z', '2026-03-10T08:00:00Z'),
    closed('2026-03-10T08:00:00Z', '2026-03-10T23:30:00Z'),
    closed('2026-03-10T08:00:00Z'),
  ];
  const resolution = resolutionOf(exceptions, { from: '2026-03-10', to: '2026-03-11' }, 'Europe/Berlin');
  expect(resolution).toMatchObject({ closed: 3, p90Seconds: 777_600 });
  expect(Math.abs(resolution!.medianSeconds - 7_200)).toBeLessThanOrEqual(72);
  expect(resolutionOf(exceptions, { from: '2026-03-12', to: '2026-03-13' }, 'Europe/Berlin')).toBeNull();
});
