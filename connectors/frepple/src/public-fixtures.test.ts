import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EventSchemas } from '@takt/event-log';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONTRACTS } from './contracts.ts';
import { formatFault } from './fault.ts';
import { formatReport } from './format-report.ts';
import { expectedCounts } from './graph-counts.ts';
import type { Counter } from './graph-counts.ts';
import type { ImportMessage } from './read-fixtures.ts';
import { readFixtures } from './read-fixtures.ts';
import type { FixtureFile } from './read-records.ts';
import { messagesOf } from './write-fixture.ts';

const folder = fileURLToPath(new URL('../../../../shared/data/frepple-demo/', import.meta.url));
const isThere = existsSync(folder);
if (!isThere) console.warn(`Skipped the import of frePPLe's public fixtures: ${folder} is not there.`);

const read = (name: string): FixtureFile => ({ name, text: readFileSync(`${folder}${name}`, 'utf8') });

describe.skipIf(!isThere)('frePPLe’s public fixtures', () => {
  const alone = ['demo', 'distribution_demo', 'flow_line', 'forecast_distribution_demo', 'forecast_manufacturing_demo'];
  const sets = [
    ...[...alone, 'jobshop', 'manufacturing_demo'].map((name) => [`${name}.json`]),
    ['manufacturing_demo.json', 'forecast_manufacturing_demo.json'],
    ['distribution_demo.json', 'forecast_distribution_demo.json'],
    ['demo.json', 'jobshop.json'],
  ];

  it.each(sets)('%s %s give messages that hold every record', (...names) => {
    const files = names.map(read);
    const messages = messagesOf(readFixtures(files, { run: 'test' }));
    expect(countsOf(messages)).toEqual(expectedCounts(files));
  });

  it('contradict each other where two plants use one name, which is told record by record', () => {
    const result = readFixtures([read('manufacturing_demo.json'), read('distribution_demo.json')], { run: 'test' });
    expect(!result.ok && result.faults.map(formatFault)).toEqual([
      expect.stringMatching(/^distribution_demo\.json: record 4 \(input\.location "All locations"\): description: /),
      expect.stringMatching(/^distribution_demo\.json: record 6 \(input\.item "All items"\): description: /),
    ]);
  });

  it('leave nothing unsaid in the report', () => {
    const result = readFixtures([read('manufacturing_demo.json')], { run: 'test' });
    if (!result.ok) throw new Error('has faults');
    for (const { records, repeated, held, unheld } of result.report.models) {
      expect([...held, ...unheld].reduce((sum, { count }) => sum + count, repeated)).toBe(records);
    }
    expect(result.report.models.filter(({ unheld }) => unheld.length > 0).map(({ model }) => model)).toEqual([
      'common.parameter',
      'common.userpreference',
    ]);
    expect(formatReport(result.report)).toContain('input.demand');
  });

  describe('when damaged', () => {
    const texts = isThere ? ['demo.json', 'forecast_manufacturing_demo.json'].map((name) => read(name).text) : [];
    const schemas = new EventSchemas(Object.entries(CONTRACTS).map(([type, { schema }]) => ({ type, data: schema })));

    it('never throw when cut short, and always have a fault', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...texts),
          fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
          (text, part) => {
            const whole = text.trimEnd();
            const result = readFixtures([{ name: 'cut.json', text: whole.slice(0, Math.floor(part * whole.length)) }], {
              run: 'test',
            });
            expect(result.ok).toBe(false);
          },
        ),
        { numRuns: 20 },
      );
    });

    it('never throw when values change, and never give messages that are not valid', () => {
      const damage = fc.record({
        text: fc.constantFrom(...texts),
        places: fc.array(fc.tuple(fc.nat(), fc.nat(), anyValue), { minLength: 1, maxLength: 3 }),
      });
      fc.assert(
        fc.property(damage, ({ text, places }) => {
          const records = JSON.parse(text) as { fields: Record<string, unknown> }[];
          for (const [place, field, value] of places) {
            const fields = records[place % records.length]?.fields ?? {};
            const names = Object.keys(fields);
            fields[names[field % names.length] ?? 'name'] = value;
          }
          expectSound([{ name: 'changed.json', text: JSON.stringify(records) }], schemas);
        }),
        { numRuns: 40 },
      );
    });

    it('never throw when characters change', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...texts),
          fc.nat(),
          fc.constantFrom('"', '{', ']', ',', '-', '9', 'x', '\n'),
          (text, at, character) => {
            const place = at % text.length;
            expectSound(
              [{ name: 'changed.json', text: text.slice(0, place) + character + text.slice(place + 1) }],
              schemas,
            );
          },
        ),
        { numRuns: 40 },
      );
    });
  });
});

const anyValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    'default',
    -1,
    '-1',
    1e300,
    '1e30',
    '9'.repeat(34),
    true,
    [],
    {},
    '9999-12-31 23:59:59',
    '0001-01-01',
  ),
  fc.jsonValue(),
);

function expectSound(files: readonly FixtureFile[], schemas: EventSchemas): void {
  const result = readFixtures(files, { run: 'test' });
  if (result.ok) {
    for (const { message } of result.messages) expect(schemas.fault(message)).toBeUndefined();
  } else {
    expect(result.faults.length).toBeGreaterThan(0);
    expect(result).not.toHaveProperty('messages');
    for (const fault of result.faults) expect(formatFault(fault)).not.toContain('\n');
  }
}

interface Parts {
  readonly id?: string;
  readonly periods?: readonly unknown[];
  readonly operations?: readonly { readonly id: string; readonly workCenters: readonly unknown[] }[];
  readonly lines?: readonly { readonly substitutes?: readonly unknown[] }[];
  readonly outputs?: readonly unknown[];
  readonly stock?: readonly unknown[];
  readonly skills?: readonly { readonly name: string }[];
}

/** What the graph would count after these messages. */
function countsOf(messages: readonly ImportMessage[]): Record<Counter, number> {
  const of = (type: keyof typeof CONTRACTS) =>
    messages.filter(({ message }) => message.type === type).map(({ message }) => message.data as Parts);
  const routings = of('RoutingReported');
  const operations = routings.flatMap((routing) => routing.operations ?? []);
  const lines = of('BillOfMaterialReported').flatMap((bill) => bill.lines ?? []);
  const outputs = of('BillOfMaterialReported').flatMap((bill) => bill.outputs ?? []);
  const skills = of('WorkCenterReported').flatMap((workCenter) => workCenter.skills ?? []);
  return {
    locations: of('LocationReported').length,
    calendars: of('CalendarReported').length,
    calendarPeriods: of('CalendarReported').flatMap((calendar) => calendar.periods ?? []).length,
    customers: of('CustomerReported').length,
    products: of('ProductReported').length,
    operations: new Set([...routings, ...operations].map(({ id }) => id)).size,
    materials: lines.length + lines.flatMap((line) => line.substitutes ?? []).length + outputs.length,
    operationWorkCenters: operations.flatMap(({ workCenters }) => workCenters).length,
    inventoryPositions: of('StockReported').length,
    workCenters: of('WorkCenterReported').length,
    skills: new Set(skills.map(({ name }) => name)).size,
    workCenterSkills: skills.length,
    suppliers: of('SupplierReported').length,
    supplyAgreements: of('SupplyAgreementReported').length,
    distributionLanes: of('DistributionLaneReported').length,
    customerOrders: of('CustomerOrderReported').length,
    supplierCommitments: of('SupplierCommitmentReported').length,
    transferOrders: of('TransferOrderReported').length,
    productionOrders: of('ProductionOrderReported').length,
    forecasts: of('ForecastReported').length,
  };
}
