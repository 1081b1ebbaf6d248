import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { UnitFacts } from '../picture/unit-facts.ts';
import { commitment, customerOrder, pump, stock, transfer } from './facts.fixture.ts';
import { pegging } from './pegging.ts';
import { supplyDemand } from './supply-demand.ts';

const folder = fileURLToPath(new URL('../../../../../shared/data/frepple-demo/', import.meta.url));
const isThere = existsSync(folder);
if (!isThere) console.warn(`Skipped supply and demand of frePPLe's public demos: ${folder} is not there.`);

describe.skipIf(!isThere)('frePPLe’s manufacturing demo', () => {
  const facts = (item: string, location: string) => factsOf('manufacturing_demo.json', item, location);
  const months = { from: '2021-01-01', to: '2021-05-01', granularity: 'MONTH', today: '2021-01-01' } as const;

  it('is short of chairs in shop 1 until a distribution order comes, and then still of 16', () => {
    // given 4 in stock, 40 due on 2 January and 10 on 3 February, and 30 on their way for 2 March
    expect(rowsOf(facts('chair', 'shop 1'), months)).toEqual([
      // demand, receipts, balance, shortage
      ['40', '0', '-36', '36'],
      ['10', '0', '-46', '10'],
      ['0', '30', '-16', '0'],
      ['0', '0', '-16', '0'],
    ]);
    expect(linksOf(facts('chair', 'shop 1'), months)).toEqual([
      'Demand 07: 4 of STOCK, 30 of DO#3 late, 6 uncovered',
      'Demand 06: 10 uncovered',
    ]);
  });

  it('gives what comes for square tables to the demand that waits longest', () => {
    // given 1 in stock, 30 due on 2 January and 30 on 3 March, and 20 on their way for 2 March
    expect(linksOf(facts('square table', 'shop 1'), months)).toEqual([
      'Demand 08: 1 of STOCK, 20 of DO#1 late, 9 uncovered',
      'Demand 04: 30 uncovered',
    ]);
  });

  it('sends from the warehouse more chairs than it has', () => {
    // given 10 in stock and 30 that are to leave on 1 March
    expect(rowsOf(facts('chair', 'warehouse'), months)).toEqual([
      ['0', '0', '10', '0'],
      ['0', '0', '10', '0'],
      ['30', '0', '-20', '20'],
      ['0', '0', '-20', '0'],
    ]);
  });

  it('can promise the cushions in stock at once, those that are bought when they come', () => {
    // given 40 in stock and 100 bought for 5 January
    const days = { ...months, from: '2021-01-03', to: '2021-01-07', granularity: 'DAY' } as const;
    const promised = supplyDemand(facts('cushion', 'factory'), days)?.buckets.map(
      (each) => each.availableToPromise.value,
    );
    expect(promised).toEqual(['40', '40', '140', '140']);
  });
});

describe.skipIf(!isThere)('frePPLe’s demo', () => {
  it('meets the first demand from stock as far as its own plan does', () => {
    // given 10 in stock at factory 2, and the plan that frePPLe publishes with it
    const facts = factsOf('demo.json', 'product', 'factory 2');
    const published = recordsOf('demo.json', 'input.demand').find(({ name }) => name === 'Demand 14');
    const links = pegging(facts, { from: '2014-01-01', to: '2014-12-01', granularity: 'WEEK', today: '2014-01-01' });
    const [first] = links?.demands ?? [];
    const deliveries = (published?.plan?.pegging ?? [])
      .filter(({ level }) => level === 0)
      .map(({ quantity }) => String(quantity));
    expect(first?.id).toBe('Demand 14');
    expect([first?.covers[0]?.quantity.value, first?.uncovered.value]).toEqual(deliveries);
    expect(deliveries).toEqual(['10', '90']);
  });

  it('needs of its product, month by month, what is ordered', () => {
    const facts = factsOf('demo.json', 'product', 'factory 2');
    const question = { from: '2014-01-01', to: '2014-04-01', granularity: 'MONTH', today: '2014-01-01' } as const;
    expect(rowsOf(facts, question)).toEqual([
      ['200', '0', '-190', '190'],
      ['500', '0', '-690', '500'],
      ['400', '0', '-1090', '400'],
    ]);
  });
});

interface FreppleRecord {
  readonly [name: string]: string;
}
type Fields = FreppleRecord & {
  readonly quantity: number;
  readonly onhand: number;
  readonly plan?: { readonly pegging: readonly { readonly quantity: number; readonly level: number }[] };
};

function recordsOf(file: string, model: string): Fields[] {
  const all = JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as { model: string; fields: Fields }[];
  return all.filter((each) => each.model === model).map(({ fields }) => fields);
}

/** What a demo says of an item at a location; frePPLe's days are without time zone. */
function factsOf(file: string, item: string, location: string): UnitFacts {
  const here = (each: Fields) => each['item_id'] === item && each['location_id'] === location;
  const plans = recordsOf(file, 'input.operationplan').filter((each) => each['item_id'] === item);
  const transfers = plans
    .filter(({ type }) => type === 'DO')
    .map((each) => {
      const [origin, destination] = [each['origin_id'] ?? '', each['destination_id'] ?? ''];
      const times = { shipAt: instant(each['startdate']), receiveAt: instant(each['enddate']) };
      return transfer(each['reference'] ?? '', '2021-01-01', each.quantity, { origin, destination, ...times });
    });
  return pump({
    place: { code: location, name: location, type: 'PLANT', timeZone: 'UTC' },
    stock: stock(recordsOf(file, 'input.buffer').find(here)?.onhand ?? 0),
    customerOrders: recordsOf(file, 'input.demand')
      .filter((each) => here(each) && each['status'] === 'open')
      .map((each) => customerOrder(each['name'] ?? '', instant(each['due']), each.quantity)),
    commitments: plans
      .filter((each) => each['type'] === 'PO' && here(each))
      .map((each) => commitment(each['reference'] ?? '', (each['enddate'] ?? '').slice(0, 10), each.quantity)),
    arriving: transfers.filter(({ destination }) => destination === location),
    leaving: transfers.filter(({ origin }) => origin === location),
  });
}

function instant(text = ''): string {
  return `${text.replace(' ', 'T')}Z`;
}

function rowsOf(facts: UnitFacts, question: Parameters<typeof supplyDemand>[1]) {
  return supplyDemand(facts, question)?.buckets.map((each) => [
    each.netDemand.value,
    each.scheduledReceipts.value,
    each.projectedAvailableBalance.value,
    each.shortage.value,
  ]);
}

function linksOf(facts: UnitFacts, question: Parameters<typeof pegging>[1]) {
  return pegging(facts, question)?.demands.map(({ id, covers, uncovered }) => {
    const links = covers.map(
      ({ kind, id: of, quantity, late }) => `${quantity.value} of ${of ?? kind}${late ? ' late' : ''}`,
    );
    return `${id}: ${[...links, ...(uncovered.value === '0' ? [] : [`${uncovered.value} uncovered`])].join(', ')}`;
  });
}
