import { expect, it } from 'vitest';
import { formatReport } from './format-report.ts';
import { importRecords, record } from './write-fixture.ts';

it('shows what was read, what holds it and what has no place', () => {
  const result = importRecords(
    record('common.parameter', { name: 'currentdate', value: '2026-01-01 00:00:00' }),
    record('input.item', { name: 'chair', lft: 1, latedemandpenalty: 3, shelflife: null }),
    record('input.skill', { name: 'sawing' }),
    record('input.demand', { name: 'order 1', item: 'chair', due: '2026-01-01', quantity: 1, plan: { pegging: [1] } }),
    record('input.buffer', { id: 1, item: 'chair', location: 'shop', onhand: 1, min_interval: '0.0' }),
  );
  expect(result.ok && formatReport(result.report)).toBe(`As of 2026-01-01T00:00:00Z

plant.json
  model               read  held as
  common.parameter       1  NOT HELD 1: the graph has no such thing
  input.item             1  Product 1
                            no place for: latedemandpenalty (1)
                            default, nothing lost: lft (1), shelflife (1)
  input.skill            1  NOT HELD 1: no resource has it
  input.demand           1  NOT HELD 1: its location is not told
                            no place for: plan (1)
  input.buffer           1  InventoryPosition 1
                            default, nothing lost: id (1), min_interval (1)

Follows from the above: ItemLocation 1
Not in these files: 1 input.location that input.buffer.location refers to, e.g. "shop"`);
});

it('breaks a long list of fields over lines', () => {
  const fields = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`attribute_${String(index)}`, 'x']));
  const result = importRecords(record('input.item', { name: 'chair', ...fields }));
  const lines = result.ok ? formatReport(result.report).split('\n') : [];
  expect(lines.filter((line) => line.includes('attribute_')).length).toBeGreaterThan(1);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

it('lets nothing that a file holds move the cursor of the terminal', () => {
  const result = importRecords(record('in\u001b[2Jput\n', {}));
  expect(result.ok && formatReport(result.report)).toMatch(/\n {2}in\uFFFD\[2Jput\uFFFD +1 {2}NOT HELD 1/);
});
