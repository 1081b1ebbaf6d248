import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mappingFixture } from '@takt/mapping/testing';
import { expect, it } from 'vitest';
import { products } from './index.ts';

const MATERIALS = `
name: materials
version: 1
connector: files
units: { ST: PC }
rules:
  - name: product
    record: row
    emit: ProductReported
    data:
      sku: '$canonical("PRODUCT", $withoutZeros(MATNR))'
      name: MAKTX
      type: 'MTART = "FERT" ? "FINISHED" : "RAW"'
      baseUnit: $unit(MEINS)
  - name: location
    record: row
    when: '$exists(WERKS)'
    emit: CrossReferenceReported
    data: { system: '"erp"', instance: '"P100"', kind: '"LOCATION"', id: WERKS, canonicalId: '"P" & WERKS' }
`;

it('A mapping gives what this domain takes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'takt-products-mapping-'));
  try {
    const path = join(folder, 'materials.yml');
    await writeFile(path, MATERIALS);
    const { map } = await mappingFixture({
      file: pathToFileURL(path),
      connector: 'files',
      domains: [products],
      references: { PRODUCT: { '4711': 'PUMP' } },
    });
    const row = { MATNR: '000000000000004711', MAKTX: 'Pump', MTART: 'FERT', MEINS: 'ST', WERKS: '0100' };
    const { messages, faults } = await map([
      { place: 'line 2', type: 'row', data: row },
      { place: 'line 3', type: 'row', data: { ...row, MEINS: 'LB', WERKS: undefined } },
    ]);
    expect(messages.map(({ type, domain, data }) => ({ type, domain, data }))).toEqual([
      {
        type: 'ProductReported',
        domain: 'products',
        data: { sku: 'PUMP', name: 'Pump', type: 'FINISHED', baseUnit: 'PC' },
      },
      {
        type: 'CrossReferenceReported',
        domain: 'products',
        data: { system: 'erp', instance: 'P100', kind: 'LOCATION', id: '0100', canonicalId: 'P0100' },
      },
    ]);
    expect(faults).toEqual([
      expect.objectContaining({ code: 'UNKNOWN_UNIT', place: 'line 3', field: 'data.baseUnit' }),
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
