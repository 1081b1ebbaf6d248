import { describe, expect, it } from 'vitest';
import { readFixtures } from '../read-fixtures.ts';
import { dataOf, fixtureFile, imported, messagesOf, record } from '../write-fixture.ts';

const item = (name: string, fields: object = {}) => record('input.item', { name, ...fields });
const location = (name: string, fields: object = {}) => record('input.location', { name, ...fields });
const operation = (name: string, fields: object = {}) => record('input.operation', { name, ...fields });
const material = (operation: string, item: string, quantity: number | string | null, fields: object = {}) =>
  record('input.operationmaterial', { operation_id: operation, item_id: item, quantity, ...fields });
const resource = (name: string, fields: object = {}) => record('input.resource', { name, ...fields });
const each = (value: string) => ({ value, unit: 'EA' });

describe('orders', () => {
  const plant = [
    item('chair'),
    item('wood'),
    location('factory'),
    location('shop'),
    record('input.customer', { name: 'Ann' }),
    record('input.supplier', { name: 'Bolt' }),
    operation('make', { item: 'chair', location: 'factory', duration: 3600, duration_per: '60' }),
    material('make', 'wood', '-2.5'),
    resource('saw', { location: 'factory' }),
    record('input.operationresource', { operation: 'make', resource: 'saw' }),
    record('input.itemsupplier', { item: 'wood', supplier: 'Bolt', location: 'factory' }),
  ];
  const order = (type: string, fields: object) =>
    record('input.operationplan', {
      reference: `${type} 1`,
      type,
      quantity: 10,
      startdate: '2026-01-05 06:00:00',
      ...fields,
    });

  it('takes a demand for a customer order, its due date in the time zone that is asked for', () => {
    const demand = record('input.demand', {
      name: 'order 1',
      item: 'chair',
      location: 'shop',
      customer: 'Ann',
      operation: 'make',
      due: '2026-07-01 18:00:00',
      quantity: '3',
      priority: 2,
      minshipment: 1,
    });
    const files = [fixtureFile([...plant, demand])];
    const messages = messagesOf(readFixtures(files, { run: 'test', timeZone: 'Europe/Brussels', unit: 'PC' }));
    expect(dataOf(messages, 'CustomerOrderReported')).toEqual([
      {
        id: 'order 1',
        sku: 'chair',
        location: 'shop',
        customer: 'Ann',
        dueAt: '2026-07-01T16:00:00Z',
        quantity: { value: '3', unit: 'PC' },
        priority: 2,
        status: 'OPEN',
        minimumShipment: { value: '1', unit: 'PC' },
        routing: 'make',
      },
    ]);
  });

  it('takes a confirmed purchase order for an accepted commitment under the agreement that applies', () => {
    const purchase = { item: 'wood', location: 'factory', supplier: 'Bolt', enddate: '2026-01-12 00:00:00' };
    const [confirmed] = imported(
      'SupplierCommitmentReported',
      ...plant,
      order('PO', { ...purchase, status: 'confirmed' }),
    );
    expect(confirmed).toEqual({
      id: 'PO 1',
      supplier: 'Bolt',
      sku: 'wood',
      location: 'factory',
      agreement: 'Bolt/wood@factory',
      document: 'PO 1',
      level: 'FIRM',
      required: each('10'),
      requiredOn: '2026-01-12',
      committed: each('10'),
      committedOn: '2026-01-12',
      confirmation: 'ACCEPTED',
      orderedOn: '2026-01-05',
    });
    const [proposed] = imported(
      'SupplierCommitmentReported',
      ...plant,
      order('PO', { ...purchase, status: 'proposed' }),
    );
    expect(proposed).toMatchObject({ level: 'PLANNED', confirmation: 'PENDING' });
    expect(proposed).not.toHaveProperty('committed');
  });

  it('takes a distribution order for a transfer order', () => {
    const transfer = order('DO', { item: 'chair', origin: 'factory', destination: 'shop', status: 'approved' });
    expect(imported('TransferOrderReported', ...plant, transfer)).toEqual([
      {
        id: 'DO 1',
        sku: 'chair',
        origin: 'factory',
        destination: 'shop',
        quantity: each('10'),
        shipAt: '2026-01-05T06:00:00Z',
        state: 'FIRMED',
      },
    ]);
  });

  it('takes a manufacturing order with its operations and components, and computes an end that is not told', () => {
    expect(
      imported('ProductionOrderReported', ...plant, order('MO', { operation: 'make', status: 'confirmed' })),
    ).toEqual([
      {
        id: 'MO 1',
        sku: 'chair',
        location: 'factory',
        quantity: each('10'),
        scheduledStart: '2026-01-05T06:00:00Z',
        scheduledEnd: '2026-01-05T07:10:00Z',
        routing: 'make',
        operations: [{ sequence: 10, name: 'make', workCenter: 'saw', plannedMinutes: 70 }],
        components: [{ position: 10, sku: 'wood', required: each('25'), operation: 10 }],
        state: 'RELEASED',
        sourceStatuses: ['confirmed'],
        frozen: true,
      },
    ]);
  });

  it.each([
    ['proposed', { state: 'PROPOSED', frozen: false }],
    ['approved', { state: 'FIRMED', frozen: false }],
    ['completed', { state: 'DELIVERED', delivered: each('10') }],
    ['closed', { state: 'CLOSED', delivered: each('10') }],
  ])('takes a manufacturing order that is %s', (status, expected) => {
    const [found] = imported('ProductionOrderReported', ...plant, order('MO', { operation: 'make', status }));
    expect(found).toMatchObject(expected);
  });
});
