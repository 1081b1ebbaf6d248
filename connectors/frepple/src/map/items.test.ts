import { describe, expect, it } from 'vitest';
import { imported, record } from '../write-fixture.ts';

const item = (name: string, fields: object = {}) => record('input.item', { name, ...fields });
const location = (name: string, fields: object = {}) => record('input.location', { name, ...fields });
const operation = (name: string, fields: object = {}) => record('input.operation', { name, ...fields });
const material = (operation: string, item: string, quantity: number | string | null, fields: object = {}) =>
  record('input.operationmaterial', { operation_id: operation, item_id: item, quantity, ...fields });
const each = (value: string) => ({ value, unit: 'EA' });

describe('items', () => {
  const plant = [
    location('factory'),
    location('shop'),
    record('input.customer', { name: 'Ann' }),
    record('input.supplier', { name: 'Bolt & Co' }),
    item('furniture'),
    item('chair', {
      owner_id: 'furniture',
      cost: 12.5,
      weight: '3.0',
      volume: 2,
      category: 'seat',
      subcategory: 'oak',
    }),
    item('leg', { owner_id: 'furniture' }),
    item('wood', { uom: 'KG' }),
    item('cushion', { owner_id: 'furniture' }),
    operation('assemble', { item_id: 'chair', location_id: 'factory' }),
    operation('turn', { item_id: 'leg', location_id: 'factory' }),
    material('assemble', 'leg', -4),
    material('turn', 'wood', '-0.250'),
    record('input.itemsupplier', { item_id: 'wood', supplier_id: 'Bolt & Co', location_id: 'factory' }),
    record('input.itemsupplier', { item_id: 'cushion', supplier_id: 'Bolt & Co' }),
    ...['chair', 'cushion'].map((sku) =>
      record('input.demand', {
        name: sku,
        item: sku,
        location: 'shop',
        customer: 'Ann',
        due: '2026-01-01',
        quantity: 1,
      }),
    ),
    record('input.buffer', { item_id: 'wood', location_id: 'factory', onhand: '1.50', minimum: 20 }),
  ];

  it('infers what an item is from what is done with it', () => {
    const products = imported('ProductReported', ...plant) as { sku: string; type: string; procurement?: string }[];
    expect(products.map(({ sku, type, procurement }) => [sku, type, procurement])).toEqual([
      ['furniture', 'FAMILY', undefined],
      ['chair', 'FINISHED', 'MAKE'],
      ['leg', 'SEMI_FINISHED', 'MAKE'],
      ['wood', 'RAW', 'BUY'],
      ['cushion', 'FINISHED', 'BUY'],
    ]);
    expect(products[1]).toMatchObject({
      baseUnit: 'EA',
      parent: 'furniture',
      category: 'seat',
      subcategory: 'oak',
      unitCost: '12.5',
      weight: '3',
      volume: '2',
    });
  });

  it('reports every item at every location that a record names them together at', () => {
    const itemLocations = imported('ItemLocationReported', ...plant);
    expect(itemLocations).toEqual([
      { sku: 'chair', location: 'factory', type: 'FINISHED' },
      { sku: 'leg', location: 'factory', type: 'SEMI_FINISHED' },
      { sku: 'wood', location: 'factory', type: 'RAW', safetyStock: { value: '20', unit: 'KG' } },
      { sku: 'chair', location: 'shop', type: 'FINISHED' },
      { sku: 'cushion', location: 'shop', type: 'FINISHED' },
    ]);
  });

  it('takes a buffer for stock on hand, in the unit of its item', () => {
    expect(imported('StockReported', ...plant)).toEqual([
      {
        sku: 'wood',
        location: 'factory',
        unit: 'KG',
        stock: [{ status: 'UNRESTRICTED', quantity: { value: '1.5', unit: 'KG' } }],
        safetyStock: { value: '20', unit: 'KG' },
      },
    ]);
  });

  it('takes the batches of an item at a location for the lots of one position', () => {
    const [position] = imported(
      'StockReported',
      item('milk'),
      location('shop'),
      ...['monday', 'tuesday'].map((batch) =>
        record('input.buffer', { item: 'milk', location: 'shop', batch, onhand: 3 }),
      ),
    );
    expect(position).toMatchObject({
      stock: [
        { lot: 'monday', status: 'UNRESTRICTED', quantity: each('3') },
        { lot: 'tuesday', status: 'UNRESTRICTED', quantity: each('3') },
      ],
    });
  });
});
