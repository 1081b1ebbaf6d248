import { expect, it } from 'vitest';
import { planningPlant, SAME } from '../planning-plant.ts';

const EA = (value: number) => ({ value: String(value), unit: 'EA' });

const SEEN = `{
  pump: itemLocation(sku: "PUMP", location: "P1") { pegging(from: "2026-11-30", to: "2026-12-07") { demands {
    kind quantity { value } uncovered { value }
    covers { kind productionOrder { id } components {
      itemLocation { product { sku } } quantity { value }
      covers { kind late availableOn quantity { value } supplierCommitment { id } }
    } }
  } } }
  motor: itemLocation(sku: "MOTOR", location: "P1") {
    supplyDemand(from: "2026-11-30", to: "2026-12-14", granularity: WEEK) { buckets { netDemand { value } shortage { value } } }
    pegging(from: "2026-11-30", to: "2026-12-07") { demands { productionOrder { id product { sku } } covers { late quantity { value } } } }
  }
}`;

it('tells the buyer which pumps wait for motors that come late, and takes it back when they come in time', async () => {
  // given 50 pumps to be made next Tuesday of 20 motors in stock and 50 that are promised for this Friday
  const plant = await planningPlant();
  await plant.stock('MOTOR', 20);
  await plant.stock('SEAL', 500);
  await plant.makeOrder('MO-1', { start: '2026-12-01T05:00:00Z', end: '2026-12-01T13:00:00Z' });
  await plant.customerOrder('CO-1', 50, '2026-12-04');
  await plant.tell('supplier-commitments', 'SupplierCommitmentReported', {
    ...{ id: 'SC-1', supplier: 'MOTORS-LTD', sku: 'MOTOR', location: 'P1', level: 'FIRM', confirmation: 'ACCEPTED' },
    ...{ required: EA(50), requiredOn: '2026-11-27', committed: EA(50), committedOn: '2026-11-27' },
  });
  await plant.settle();
  const promise = async (committedOn: string, confirmation: string, reason: string) => {
    await plant.advance(60);
    const data = { id: 'SC-1', confirmation, committed: EA(50), committedOn, reason };
    const outcome = await plant.tell('supplier-commitments', 'CommitSupply', data, { source: 'edi/motors-ltd' });
    expect(outcome).toMatchObject({ status: 'APPLIED' });
    await plant.settle();
  };

  // when the supplier promises them for two weeks later
  await promise('2026-12-11', 'ACCEPTED_WITH_CHANGE', 'Strike');

  // then planners see 30 motors short, pegged to the order and the pumps that are to be delivered
  expect(await plant.graph(SEEN)).toMatchObject({
    pump: {
      pegging: {
        demands: [
          {
            ...{ kind: 'CUSTOMER_ORDER', quantity: { value: '50' }, uncovered: { value: '0' } },
            covers: [
              {
                productionOrder: { id: 'MO-1' },
                components: [
                  {
                    itemLocation: { product: { sku: 'MOTOR' } },
                    covers: [
                      { kind: 'STOCK', late: false, quantity: { value: '20' } },
                      {
                        ...{ kind: 'SUPPLIER_COMMITMENT', late: true, availableOn: '2026-12-11' },
                        ...{ quantity: { value: '30' }, supplierCommitment: { id: 'SC-1' } },
                      },
                    ],
                  },
                  { itemLocation: { product: { sku: 'SEAL' } }, covers: [{ late: false }] },
                ],
              },
            ],
          },
        ],
      },
    },
    motor: {
      supplyDemand: {
        buckets: [{ netDemand: { value: '50' }, shortage: { value: '30' } }, { shortage: { value: '0' } }],
      },
      pegging: { demands: [{ productionOrder: { id: 'MO-1', product: { sku: 'PUMP' } } }] },
    },
  });

  // and the buyer has an alert that says why; nobody else is asked, and no order moves
  const alert = (await plant.decisions('MOTOR')).at(-1);
  expect(alert).toMatchObject({
    outcome: 'PROCUREMENT_ALERT',
    triggers: [{ type: 'SupplierCommitmentRevised' }],
    lines: [{ week: '2026-11-30', measure: 'SHORTAGE', baseline: '0', now: '30', rule: 'bought-shortage' }],
  });
  expect(alert?.explanation.join(' ')).toContain('the shortage rose from 0 to 30 EA');
  const exception = {
    id: 'PROCUREMENT:MOTOR@P1',
    kind: 'PROCUREMENT',
    owner: 'purchasing',
    summary: 'Shortage of MOTOR at P1 in the week of 2026-11-30, slushy zone: 0 → 30 EA.',
  };
  expect(await plant.exceptions('MOTOR')).toMatchObject([{ ...exception, status: 'OPEN', decisionIds: [alert?.id] }]);
  expect(await plant.exceptions('PUMP')).toEqual([]);
  expect(await plant.order('MO-1')).toMatchObject({ revision: 1 });

  // when they are promised for this Friday again
  await promise('2026-11-27', 'ACCEPTED', 'The strike is over');

  // then there is nothing left for the buyer to do
  expect(await plant.exceptions('MOTOR')).toMatchObject([
    { ...exception, status: 'SETTLED', settlement: { outcome: 'GONE' } },
  ]);

  // and who listens heard it raised and settled, and every decision once, also behind a cursor
  const news = await plant.exceptionsRaised(2);
  expect(news.map(({ kind }) => kind)).toEqual(['RAISED', 'SETTLED']);
  expect(await plant.exceptionsRaised(1, news[0]?.cursor)).toEqual(news.slice(1));
  const all = await plant.decisions();
  const heard = await plant.decisionsMade(all.length);
  expect(heard.map(({ decision }) => decision.id)).toEqual(all.map(({ id }) => id));
  expect(await plant.decisionsMade(1, heard.at(-2)?.cursor)).toEqual(heard.slice(-1));
  expect(await plant.replays()).toEqual(all.map(({ id }) => ({ id, ...SAME })));
});
