import { describe, expect, it } from 'vitest';
import { formatFault } from './fault.ts';
import { readFixtures } from './read-fixtures.ts';
import { fixtureFile, importRecords, record } from './write-fixture.ts';

function faultsOf(...records: readonly unknown[]): string[] {
  const result = importRecords(...records);
  return result.ok ? [] : result.faults.map(formatFault);
}

function faultsOfText(text: string): string[] {
  const result = readFixtures([{ name: 'plant.json', text }], { run: 'test' });
  return result.ok ? [] : result.faults.map(formatFault);
}

const item = (name: string, fields: object = {}) => record('input.item', { name, ...fields });
const operation = (name: string, fields: object = {}) => record('input.operation', { name, ...fields });

describe('a file', () => {
  it.each([
    ['is empty', '', 'The JSON ends too early, at line 1, column 1: the file seems truncated'],
    [
      'is truncated',
      '[\n {"model": "input.item",',
      'The JSON ends too early, at line 2, column 25: the file seems truncated',
    ],
    ['is not JSON', '[\n {"model": input}]', 'Not JSON from line 2, column 12 on: "input}]"'],
    ['has more after its end', '[] []', 'Not JSON from line 1, column 4 on: "[]"'],
    ['is no list', '{"model": "input.item"}', 'Expected a list of records, received an object'],
  ])('that %s is a fault', (_what, text, problem) => {
    expect(faultsOfText(text)).toEqual([`plant.json: ${problem}`]);
  });

  it('may begin with a byte order mark', () => {
    expect(faultsOfText('\uFEFF[]')).toEqual([]);
  });

  it('is not used when another one has a fault', () => {
    const files = [fixtureFile([item('chair')], 'good.json'), { name: 'bad.json', text: '[' }];
    expect(readFixtures(files, { run: 'test' })).toMatchObject({ ok: false, faults: [{ file: 'bad.json' }] });
  });
});

describe('a record', () => {
  it.each([
    ['is no object', 7, 'record 1: Expected object, received 7'],
    ['has no model', { fields: {} }, 'record 1: model: Expected required property, received nothing'],
    ['has no fields', { model: 'input.item' }, 'record 1: fields: Expected required property, received nothing'],
    [
      'has a list for fields',
      { model: 'input.item', fields: [] },
      'record 1: fields: Expected object, received a list',
    ],
    ['has no name', record('input.item', { cost: 1 }), 'record 1 (input.item): name: Is missing'],
  ])('that %s is a fault', (_what, bad, expected) => {
    expect(faultsOf(bad)).toEqual([`plant.json: ${expected}`]);
  });

  it('that misses what its model needs is a fault for each field', () => {
    expect(faultsOf(record('input.demand', { name: 'order 1' }))).toEqual([
      'plant.json: record 1 (input.demand "order 1"): item: Is missing',
      'plant.json: record 1 (input.demand "order 1"): due: Is missing',
      'plant.json: record 1 (input.demand "order 1"): quantity: Is missing',
    ]);
  });

  it('that has more than its domain takes is a fault', () => {
    const [fault] = faultsOf(item('x'.repeat(300)));
    expect(fault).toMatch(/^plant\.json: record 1 \(input\.item "x{120}"\): ProductReported would not be valid: .*sku/);
  });
});

describe('a field', () => {
  it.each([
    ['text', item('chair', { category: 7 }), 'category: Expected text, received 7'],
    ['number', item('chair', { cost: 'cheap' }), 'cost: Expected a number, received "cheap"'],
    ['number', item('chair', { cost: '1e400' }), 'cost: Expected a number, received "1e400"'],
    ['number', item('chair', { cost: {} }), 'cost: Expected a number, received an object'],
    ['amount', operation('chair', { sizeminimum: -1 }), 'sizeminimum: Expected a number of 0 or more, received -1'],
    ['whole number', operation('chair', { priority: 1.5 }), 'priority: Expected a whole number, received 1.5'],
    [
      'duration',
      operation('chair', { duration: '1 hour' }),
      'duration: Expected a duration in seconds, received "1 hour"',
    ],
    [
      'duration',
      operation('chair', { duration: '-60.0' }),
      'duration: Expected a duration of 0 or more, received "-60.0"',
    ],
    ['unheld duration', operation('chair', { fence: '-1' }), 'fence: Expected a duration of 0 or more, received "-1"'],
    [
      'choice',
      operation('chair', { type: 'magic' }),
      'type: Expected one of fixed_time, time_per, routing, alternate, split; received "magic"',
    ],
    [
      'pair of names',
      item('chair', { owner: 'a', owner_id: 'b' }),
      'owner_id: Contradicts owner: a record has one or the other',
    ],
    [
      'validity',
      operation('chair', { effective_start: '2026-02-01', effective_end: '2026-01-01' }),
      'effective_end: 2026-01-01T00:00:00 lies before effective_start 2026-02-01T00:00:00',
    ],
  ])('that is no %s is a fault', (_what, bad, problem) => {
    const { model } = bad as { model: string };
    expect(faultsOf(bad)).toEqual([`plant.json: record 1 (${model} "chair"): ${problem}`]);
  });

  it.each([
    [
      'startdate',
      '2026-02-30 00:00:00',
      'Expected a date YYYY-MM-DD HH:MM:SS that exists, received "2026-02-30 00:00:00"',
    ],
    ['startdate', 'tomorrow', 'Expected a date YYYY-MM-DD HH:MM:SS that exists, received "tomorrow"'],
    ['starttime', '25:00:00', 'Expected a time HH:MM:SS, received "25:00:00"'],
    ['monday', 'yes', 'Expected true or false, received "yes"'],
    ['enddate', '2025-01-01', '2025-01-01T00:00:00 lies before startdate 2026-01-01T00:00:00'],
  ])('%s of a calendar that is %s is a fault', (field, value, problem) => {
    const bucket = { calendar: 'week', startdate: '2026-01-01', [field]: value };
    const faults = faultsOf(record('input.calendar', { name: 'week' }), record('input.calendarbucket', bucket));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`: ${field}: ${problem}`);
  });
});

describe('records together', () => {
  it('that say different things of the same are faults', () => {
    const files = [
      fixtureFile([item('chair', { cost: 10 })], 'a.json'),
      fixtureFile([item('table'), item('chair', { cost: '11', category: 'seat' })], 'b.json'),
    ];
    const result = readFixtures(files, { run: 'test' });
    expect(!result.ok && result.faults.map(formatFault)).toEqual([
      'b.json: record 2 (input.item "chair"): cost: "11" contradicts "10" of a.json, record 1',
      'b.json: record 2 (input.item "chair"): category: "seat" contradicts nothing of a.json, record 1',
    ]);
  });

  it('may not refer to what is missing from its model, but may refer to a model of which there is nothing', () => {
    const chair = item('chair', { owner: 'furniture' });
    expect(faultsOf(chair)).toEqual([
      'plant.json: record 1 (input.item "chair"): owner: No input.item "furniture" in the files',
    ]);
    const buffer = record('input.buffer', { item: 'chair', location: 'shop' });
    const result = importRecords(buffer);
    expect(result.ok && result.report.openReferences).toEqual([
      { model: 'input.buffer', field: 'item', refersTo: 'input.item', keys: ['chair'] },
      { model: 'input.buffer', field: 'location', refersTo: 'input.location', keys: ['shop'] },
    ]);
  });

  it('may not refer to what neither the files nor the graph know, if the graph can be asked', () => {
    const files = [fixtureFile([record('input.buffer', { item: 'chair', location: 'shop' })])];
    const known = (noun: string, key: string) => noun === 'Product' && key === 'chair';
    const result = readFixtures(files, { run: 'test', known });
    expect(!result.ok && result.faults.map(formatFault)).toEqual([
      'plant.json: record 1 (input.buffer "chair" / "shop"): location: No input.location "shop", neither in the files nor in the graph',
    ]);
  });

  it('may not be above themselves', () => {
    expect(faultsOf(item('a', { owner: 'b' }), item('b', { owner: 'a' }), item('c', { owner: 'b' }))).toEqual([
      'plant.json: record 1 (input.item "a"): owner: Is, over its owners, an owner of itself',
    ]);
  });

  it('may not have steps below an operation that has none', () => {
    expect(faultsOf(operation('make', { type: 'time_per' }), operation('cut', { owner: 'make' }))).toEqual([
      'plant.json: record 2 (input.operation "cut"): owner: "make" is of type time_per: only a routing, an alternate or a split has operations below it',
    ]);
  });

  it('that are orders have what their type needs', () => {
    const order = record('input.operationplan', {
      reference: 'PO 1',
      type: 'PO',
      quantity: 1,
      item: 'wood',
      location: 'factory',
    });
    expect(faultsOf(order)).toEqual([
      'plant.json: record 1 (input.operationplan "PO 1"): supplier: Is missing, and a PO needs it',
      'plant.json: record 1 (input.operationplan "PO 1"): startdate: Is missing, and so is enddate: an order needs one of them',
    ]);
  });

  it('whose numbers are too large to multiply are faults', () => {
    const huge = '9'.repeat(30);
    const faults = faultsOf(
      operation('make', { item: 'chair', location: 'factory' }),
      record('input.operationmaterial', { operation: 'make', item: 'wood', quantity: `-${huge}` }),
      record('input.operationplan', { reference: 'MO 1', operation: 'make', quantity: huge, startdate: '2026-01-01' }),
    );
    expect(faults).toEqual([
      'plant.json: record 3 (input.operationplan "MO 1"): quantity: Is too large or too precise to reckon with',
    ]);
  });
});
