import { describe, expect, it } from 'vitest';
import { imported, record } from '../write-fixture.ts';

const item = (name: string, fields: object = {}) => record('input.item', { name, ...fields });
const location = (name: string, fields: object = {}) => record('input.location', { name, ...fields });
const operation = (name: string, fields: object = {}) => record('input.operation', { name, ...fields });
const material = (operation: string, item: string, quantity: number | string | null, fields: object = {}) =>
  record('input.operationmaterial', { operation_id: operation, item_id: item, quantity, ...fields });
const resource = (name: string, fields: object = {}) => record('input.resource', { name, ...fields });
const each = (value: string) => ({ value, unit: 'EA' });

describe('routings', () => {
  const shop = [location('factory'), item('chair'), item('wood'), item('steel'), item('glue'), item('dust')];

  it('takes a stand-alone operation for a routing of one operation, with its resources, skills and lot sizes', () => {
    const [routing] = imported(
      'RoutingReported',
      ...shop,
      record('input.skill', { name: 'sawing' }),
      resource('saw', { location: 'factory' }),
      record('input.resourceskill', { resource: 'saw', skill: 'sawing' }),
      operation('cut', {
        type: 'time_per',
        item: 'chair',
        location: 'factory',
        duration: '600.0',
        duration_per: '0 00:01:30',
        sizeminimum: 5,
        sizemultiple: 5,
        sizemaximum: '50',
      }),
      record('input.operationresource', {
        operation: 'cut',
        resource: 'saw',
        skill: 'sawing',
        quantity: '0.5',
        priority: 2,
      }),
    );
    expect(routing).toEqual({
      id: 'cut',
      name: 'cut',
      sku: 'chair',
      location: 'factory',
      kind: 'SINGLE',
      lotSizeMinimum: each('5'),
      lotSizeMultiple: each('5'),
      lotSizeMaximum: each('50'),
      operations: [
        {
          id: 'cut',
          sequence: 1,
          name: 'cut',
          fixedSeconds: '600',
          secondsPerUnit: '90',
          workCenters: [{ code: 'saw', quantity: '0.5', skill: 'sawing', priority: 2 }],
        },
      ],
    });
  });

  it('takes a routing for a sequence by priority, and what its steps consume and yield for its bill of material', () => {
    const records = [
      ...shop,
      operation('make', { type: 'routing', item: 'chair', location: 'factory' }),
      operation('paint', { owner: 'make', location: 'factory', priority: 2 }),
      operation('cut', { owner_id: 'make', location: 'factory', priority: 1 }),
      material('cut', 'wood', '-2', { type: 'start', effective_end: '2026-06-30 00:00:00' }),
      material('cut', 'dust', 0.1, { type: 'end' }),
      material('paint', 'glue', null, { quantity_fixed: '-1', type: 'start' }),
      material('paint', 'chair', 1, { type: 'end' }),
    ];
    expect(imported('RoutingReported', ...records)).toMatchObject([
      {
        id: 'make',
        sku: 'chair',
        kind: 'SEQUENCE',
        operations: [
          { id: 'cut', sequence: 1 },
          { id: 'paint', sequence: 2 },
        ],
      },
    ]);
    expect(imported('BillOfMaterialReported', ...records)).toEqual([
      {
        id: 'make',
        sku: 'chair',
        location: 'factory',
        version: '1',
        routing: 'make',
        baseQuantity: each('1'),
        lines: [
          { position: 10, component: 'wood', quantity: each('2'), operation: 'cut', effectiveTo: '2026-06-30' },
          { position: 20, component: 'glue', quantity: each('1'), fixed: true, operation: 'paint' },
        ],
        outputs: [
          { sku: 'dust', quantity: each('0.1'), operation: 'cut' },
          { sku: 'chair', quantity: each('1'), operation: 'paint' },
        ],
      },
    ]);
  });

  it('keeps a bill of material for each alternate, and a routing of its own for an alternate that has steps', () => {
    const records = [
      ...shop,
      operation('make', { type: 'alternate', item: 'chair', location: 'factory' }),
      operation('by hand', { owner: 'make', type: 'routing', location: 'factory', priority: 2 }),
      operation('carve', { owner: 'by hand', location: 'factory' }),
      operation('by machine', { owner: 'make', location: 'factory', priority: 1 }),
      material('carve', 'wood', -1),
      material('by machine', 'steel', -1),
    ];
    expect(imported('RoutingReported', ...records)).toMatchObject([
      { id: 'make', kind: 'ALTERNATES', operations: [{ id: 'by machine' }, { id: 'by hand' }] },
      { id: 'by hand', kind: 'SEQUENCE', sku: 'chair', operations: [{ id: 'carve' }] },
    ]);
    expect(imported('BillOfMaterialReported', ...records)).toMatchObject([
      { id: 'by hand', sku: 'chair', routing: 'by hand', lines: [{ component: 'wood', operation: 'carve' }] },
      { id: 'by machine', sku: 'chair', routing: 'make', lines: [{ component: 'steel' }] },
    ]);
  });

  it('takes materials of one name for substitutes of the preferred one', () => {
    const [bill] = imported(
      'BillOfMaterialReported',
      ...shop,
      operation('make', { item: 'chair', location: 'factory' }),
      material('make', 'steel', -3, { name: 'frame', priority: 2 }),
      material('make', 'wood', -4, { name: 'frame', priority: 1 }),
    );
    const substitutes = [{ component: 'steel', group: 'frame', priority: 2, ratio: '0.75', approvalNeeded: false }];
    expect(bill).toMatchObject({ lines: [{ component: 'wood', quantity: each('4'), substitutes }] });
  });

  it('takes the quantity that an operation yields for the base quantity', () => {
    const [bill] = imported(
      'BillOfMaterialReported',
      ...shop,
      operation('make', { item: 'chair', location: 'factory' }),
      material('make', 'wood', -3),
      material('make', 'chair', 2),
    );
    expect(bill).toMatchObject({
      baseQuantity: each('2'),
      lines: [{ quantity: each('3') }],
      outputs: [{ quantity: each('2') }],
    });
  });

  it('gives a delivery a routing that makes nothing, and does not take what it delivers for consumed', () => {
    const records = [
      ...shop,
      operation('deliver', { location: 'factory', duration: 60 }),
      material('deliver', 'chair', -1),
    ];
    const [routing] = imported('RoutingReported', ...records);
    expect(routing).not.toHaveProperty('sku');
    const [bill] = imported('BillOfMaterialReported', ...records);
    expect(bill).toMatchObject({ lines: [{ component: 'chair' }] });
    expect(bill).not.toHaveProperty('sku');
    expect(imported('LocationReported', ...records)).toMatchObject([{ type: 'WAREHOUSE' }]);
  });
});
