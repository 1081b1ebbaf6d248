import fc from 'fast-check';
import { given } from '@takt/intake/testing';
import { describe, expect, it } from 'vitest';
import {
  DOWNTIMES_KEPT,
  WORK_CENTER_STATES,
  workCenter,
  type WorkCenter,
  type WorkCenterChange,
  type WorkCenterReport,
  type WorkCenterStateChange,
  type WorkCenterStateReport,
} from './work-center.ts';

const press: WorkCenterReport = {
  code: 'PRESS-1',
  name: 'Press 1',
  location: 'P100',
  level: 'WORK_UNIT',
  type: 'MACHINE',
  capacity: '1',
  capacityUnit: 'machine',
  timeZone: 'Europe/Berlin',
};
const erp = { system: 'erp', instance: 'plant-1' };
const mes = { system: 'mes', instance: 'plant-1' };
const at = (time: string, origin = mes) => ({ time: `2026-01-05T${time}:00Z`, origin });
const told = (time: string, origin = mes) => ({ ...origin, asOf: `2026-01-05T${time}:00Z` });

const recordChanged = (data: Partial<WorkCenterChange> = {}) => ({
  type: 'WorkCenterChanged' as const,
  data: { record: press, changed: Object.keys(press), told: told('06:00', erp), ...data },
});
const stateChanged = (data: Pick<WorkCenterStateChange, 'to' | 'since' | 'told'> & Partial<WorkCenterStateChange>) => ({
  type: 'WorkCenterStateChanged' as const,
  data: { code: 'PRESS-1', location: 'P100', ...data },
});
const stateReported = (data: Omit<WorkCenterStateReport, 'code'>) => ({
  type: 'WorkCenterStateReported' as const,
  data: { code: 'PRESS-1', ...data },
});
const down = stateChanged({ to: 'DOWN', reason: 'hydraulics', since: told('08:00').asOf, told: told('08:00') });

describe('the record of a work center', () => {
  it('is taken from the first report', () => {
    given(workCenter, []).when({ type: 'WorkCenterReported', data: press }, at('06:00', erp)).then([recordChanged()]);
  });

  it('causes an event with what differs, and none if nothing does', () => {
    const faster = { ...press, efficiencyPercent: 110 };
    given(workCenter, [recordChanged()])
      .when({ type: 'WorkCenterReported', data: faster }, at('07:00', erp))
      .then([recordChanged({ record: faster, changed: ['efficiencyPercent'], told: told('07:00', erp) })]);
    given(workCenter, [recordChanged(), down])
      .when({ type: 'WorkCenterReported', data: press }, at('09:00', erp))
      .then([]);
  });

  it('is not older because the machine has told its state since', () => {
    const named = { ...press, name: 'Big press' };
    const state = given(workCenter, [recordChanged(), down])
      .when({ type: 'WorkCenterReported', data: named }, at('07:00', erp))
      .then([recordChanged({ record: named, changed: ['name'], told: told('07:00', erp) })]);
    expect(state).toMatchObject({
      name: 'Big press',
      status: { state: 'DOWN' },
      downtimes: [{ reason: 'hydraulics' }],
    });
  });

  it('is refused when its source has told a later one before another source', () => {
    const pim = { system: 'pim', instance: 'eu' };
    const context = { ...at('05:00', erp), lastTold: told('06:00', erp).asOf };
    given(workCenter, [recordChanged(), recordChanged({ told: told('07:00', pim) })])
      .when({ type: 'WorkCenterReported', data: { ...press, name: 'Old press' } }, context)
      .thenRefused('OLDER_THAN_KNOWN');
  });

  it('is refused when its source has told a later one', () => {
    given(workCenter, [recordChanged()])
      .when({ type: 'WorkCenterReported', data: { ...press, name: 'Old press' } }, at('05:00', erp))
      .thenRefused('OLDER_THAN_KNOWN');
  });
});

describe('the state of a work center', () => {
  it('is not known before the first report', () => {
    expect(given(workCenter, [recordChanged()]).state).not.toHaveProperty('status');
  });

  it('changes with its reason and opens a downtime when the machine goes down', () => {
    const state = given(workCenter, [recordChanged()])
      .when(stateReported({ state: 'DOWN', reason: 'hydraulics' }), at('08:00'))
      .then([down]);
    expect(state?.downtimes).toEqual([{ state: 'DOWN', reason: 'hydraulics', from: told('08:00').asOf }]);
  });

  it('closes the downtime when the machine runs again', () => {
    const running = stateChanged({ from: 'DOWN', to: 'RUNNING', since: told('09:30').asOf, told: told('09:30') });
    const state = given(workCenter, [recordChanged(), down])
      .when(stateReported({ state: 'RUNNING' }), at('09:30'))
      .then([running]);
    expect(state?.status).toEqual({ state: 'RUNNING', since: told('09:30').asOf, told: told('09:30') });
    expect(state?.downtimes).toEqual([
      { state: 'DOWN', reason: 'hydraulics', from: told('08:00').asOf, to: told('09:30').asOf },
    ]);
  });

  it('ends a breakdown where maintenance begins', () => {
    const repair = stateChanged({ from: 'DOWN', to: 'MAINTENANCE', since: told('09:00').asOf, told: told('09:00') });
    const { state } = given(workCenter, [recordChanged(), down, repair]);
    expect(state?.downtimes).toEqual([
      { state: 'MAINTENANCE', from: told('09:00').asOf },
      { state: 'DOWN', reason: 'hydraulics', from: told('08:00').asOf, to: told('09:00').asOf },
    ]);
  });

  it('causes no event when it is reported again, whether or not the reason is repeated', () => {
    given(workCenter, [recordChanged(), down])
      .when(stateReported({ state: 'DOWN', reason: 'hydraulics' }), at('08:30'))
      .then([]);
    given(workCenter, [recordChanged(), down])
      .when(stateReported({ state: 'DOWN' }), at('08:30'))
      .then([]);
  });

  it('lasts since it began when its reason or its expected end becomes known', () => {
    const expectedEnd = '2026-01-05T15:00:00Z';
    const known = stateChanged({
      from: 'DOWN',
      to: 'DOWN',
      reason: 'pump broken',
      expectedEnd,
      since: told('08:00').asOf,
      told: told('08:30'),
    });
    const state = given(workCenter, [recordChanged(), down])
      .when(stateReported({ state: 'DOWN', reason: 'pump broken', expectedEnd }), at('08:30'))
      .then([known]);
    expect(state?.downtimes).toEqual([{ state: 'DOWN', reason: 'pump broken', from: told('08:00').asOf }]);
  });

  it('refuses what is older than what is known, whoever tells it, and what no source has a record of', () => {
    given(workCenter, [recordChanged(), down])
      .when(stateReported({ state: 'RUNNING' }), at('07:59'))
      .thenRefused('OLDER_THAN_KNOWN');
    given(workCenter, [recordChanged(), down])
      .when(stateReported({ state: 'RUNNING' }), at('07:59', erp))
      .thenRefused('OLDER_THAN_KNOWN');
    given(workCenter, [])
      .when(stateReported({ state: 'RUNNING' }))
      .thenRefused('UNKNOWN_WORK_CENTER');
  });

  it('keeps downtimes that neither overlap nor grow without bound, the open one first', () => {
    const reports = fc.array(fc.record({ state: fc.constantFrom(...WORK_CENTER_STATES), minute: fc.nat(5000) }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(reports, (reported) => {
        let state: WorkCenter | undefined = given(workCenter, [recordChanged()]).state;
        for (const { state: to, minute } of reported) {
          const time = new Date(Date.UTC(2026, 0, 5, 6, minute)).toISOString();
          const context = {
            now: new Date(time),
            time,
            cause: 'REPORTED' as const,
            origin: mes,
            known: undefined,
            lastTold: undefined,
          };
          const decision = workCenter.decide(state, stateReported({ state: to }), context);
          for (const event of 'events' in decision ? decision.events : []) state = workCenter.evolve(state, event);
        }
        const downtimes = state?.downtimes ?? [];
        expect(downtimes.length).toBeLessThanOrEqual(DOWNTIMES_KEPT);
        const standing = ['DOWN', 'MAINTENANCE'].includes(state?.status?.state ?? '');
        expect(downtimes.map(({ to }) => to === undefined)).toEqual(downtimes.map((_, i) => standing && i === 0));
        downtimes.forEach(({ from, to }, i) => {
          expect(to === undefined || from <= to).toBe(true);
          const before = downtimes[i + 1];
          if (before) expect(before.to !== undefined && before.to <= from).toBe(true);
        });
      }),
    );
  });
});
