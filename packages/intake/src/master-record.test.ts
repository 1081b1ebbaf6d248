import { Type } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import { given } from './given-when-then.ts';
import { defineMasterRecord } from './master-record.ts';

const supplier = defineMasterRecord({
  noun: 'Supplier',
  collection: { name: 'suppliers', indexes: [['name']] },
  key: (record) => record.id,
  data: Type.Object({
    id: Type.String(),
    name: Type.String(),
    contacts: Type.Optional(Type.Array(Type.Object({ role: Type.String(), phone: Type.String() }))),
    sequence: Type.Optional(Type.Integer()),
  }),
  ignore: ['sequence'],
});

const record = { id: 'S1', name: 'Bolt & Nut', contacts: [{ role: 'Sales', phone: '1' }], sequence: 1 };
const known = { type: 'SupplierChanged', data: { record, changed: ['id', 'name', 'contacts'] } } as const;
const lastTold = '2026-01-05T12:00:00Z';

describe('A master record', () => {
  test('is known after its first report', () => {
    const state = given(supplier, []).when({ type: 'SupplierReported', data: record }).then([known]);
    expect(state).toEqual(record);
    expect(supplier.identify({ type: 'SupplierReported', data: record })).toBe('S1');
  });

  test('tells which fields changed', () => {
    const next = { id: 'S1', name: 'Bolt & Nut', contacts: [{ role: 'Sales', phone: '2' }], sequence: 2 };
    const state = given(supplier, [known])
      .when({ type: 'SupplierReported', data: next })
      .then([{ type: 'SupplierChanged', data: { record: next, changed: ['contacts'] } }]);
    expect(state).toEqual(next);
  });

  test('tells that a field is gone', () => {
    const next = { id: 'S1', name: 'Bolt & Nut' };
    given(supplier, [known])
      .when({ type: 'SupplierReported', data: next })
      .then([{ type: 'SupplierChanged', data: { record: next, changed: ['contacts'] } }]);
  });

  test('does not change by a report that says the same, whatever the order of its fields and of what is ignored', () => {
    const same = { sequence: 9, contacts: [{ phone: '1', role: 'Sales' }], name: 'Bolt & Nut', id: 'S1' };
    given(supplier, [known]).when({ type: 'SupplierReported', data: same }).then([]);
  });

  test('refuses a report that is older than what the same system has told', () => {
    const older = { type: 'SupplierReported', data: { ...record, name: 'Old' } } as const;
    const time = '2026-01-05T12:30:00+01:00';
    given(supplier, [known]).when(older, { time, lastTold }).thenRefused('OLDER_THAN_KNOWN');
    given(supplier, [known]).when({ type: 'SupplierReported', data: record }, { time, lastTold }).then([]);
  });

  test('takes a report of the same time, of a later one, and of another system', () => {
    const report = { type: 'SupplierReported', data: { ...record, name: 'New' } } as const;
    const changed = [{ type: 'SupplierChanged', data: { record: report.data, changed: ['name'] } }] as const;
    const whenKnown = given(supplier, [known]);
    whenKnown.when(report, { lastTold }).then(changed);
    whenKnown.when(report, { lastTold, time: '2026-01-05T12:00:01Z' }).then(changed);
    const origin = { system: 'portal', instance: 'eu' };
    whenKnown.when(report, { time: '2026-01-01T00:00:00Z', origin }).then(changed);
  });
});
